// Kept connections for many reads in a row. A single request goes without one.

import { Agent, type AgentOptions } from "node:http";
import type { Duplex } from "node:stream";
import { openSocket, type RoutedOptions } from "./http-connect.ts";

/** An agent that connects as http-connect.ts does. `destroy()` ends what it holds open. */
export function createHttpPool(options: AgentOptions = {}): Agent {
  return new RoutedAgent({ keepAlive: true, maxSockets: 8, ...options });
}

class RoutedAgent extends Agent {
  readonly #opening = new Set<{ destroy(error?: Error): unknown }>();

  // A connection is shared only where scheme, host, port and proxy are all the same.
  override getName(options: RoutedOptions): string {
    return `${options.route.url.origin} ${options.route.proxy?.href ?? ""}`;
  }

  override createConnection(
    options: RoutedOptions,
    done: (error: Error | null, stream?: Duplex) => void,
  ): undefined {
    const mine = new Set<{ destroy(error?: Error): unknown }>();
    const over = () => {
      for (const socket of mine) this.#opening.delete(socket);
    };
    const track = (socket: { destroy(error?: Error): unknown }) => {
      mine.add(socket);
      this.#opening.add(socket);
    };
    openSocket(options.route, track).then(
      (socket) => {
        over();
        done(null, socket);
      },
      (error: Error) => {
        over();
        done(error);
      },
    );
    return undefined;
  }

  // Node's own destroy does not know of connections that are still being made: one to a host that
  // never answers would hold the process up for minutes.
  override destroy(): void {
    for (const socket of this.#opening) socket.destroy();
    super.destroy();
  }
}
