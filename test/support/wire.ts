// JSON lines over a socket, between a test and its agents, and to session hosts.

import type { Socket } from "node:net";

/** Calls `onLine` for each whole line that arrives. */
export function eachLine(socket: Socket, onLine: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8").on("data", (text) => {
    rest += text;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      onLine(rest.slice(0, end));
      rest = rest.slice(end + 1);
    }
  });
}

/** What a raw caller says to introduce itself, and how it proves its pid. */
export interface Introduction {
  /** The host's socket. */
  readonly socket: string;
  /** Instead of the agent's own. */
  readonly pid?: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** More members of `hello`, or others. */
  readonly hello?: object;
  /** What is done with the proof file; `open` when absent. */
  readonly proof?: "open" | "open-and-close" | "nothing";
}

/** What a host answered to one message: an envelope's inside, or why there is none. */
export interface Answer {
  readonly message?: Readonly<Record<string, unknown>>;
  /** The line as it came. */
  readonly line?: string;
  readonly ended?: true;
}

/** How a false host behaves. */
export interface FalseHost {
  readonly path: string;
  /**
   * `sign`: with a key of its own; `borrow`: names `publicKey` and signs with its own; `replay`: says
   * `lines` in turn; `relay`: passes everything on to `to`; `mute`: accepts, and never speaks.
   */
  readonly manner: "sign" | "borrow" | "replay" | "relay" | "mute";
  readonly publicKey?: string;
  readonly lines?: readonly string[];
  readonly to?: string;
}
