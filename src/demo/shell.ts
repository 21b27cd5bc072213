// Runs command lines as a person would type them, each as real processes of its own.
//
// D3 Each line has a process group and no terminal: nothing of it can ask the person who watches
//    (person.ts does), and all of it can be ended together. Only groups that this shell started are
//    ever signalled.
// D4 No line outlives its deadline or the shell.

import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Playground } from "./playground.ts";

/** How long one line may take, in milliseconds (D4). The slowest takes about one second. */
const DEADLINE_MS = 10_000;

/** A command line that runs, or ran. */
export interface TypedLine {
  readonly pid: number;
  /** What it printed since the last call, stdout and stderr in their true order. */
  read(): string;
  /** Resolves with `performance.now()` when `text` was printed; rejects when it ends before. */
  printed(text: string): Promise<number>;
  /** Gives it one line, empty if nothing else is said, and the end of its input. */
  pressEnter(text?: string): void;
  /** Kills the first process of the line, and no other. */
  kill(): void;
  /** Its exit code, 128+n for signal n, as soon as its first process has ended. */
  readonly exited: Promise<{ readonly code: number; readonly at: number }>;
  /** Resolves when everything that it started has let go of its output. */
  readonly ended: Promise<void>;
}

export class Shell {
  readonly #playground: Playground;
  readonly #running = new Map<ChildProcess, Promise<void>>();

  constructor(playground: Playground) {
    this.#playground = playground;
  }

  /**
   * Starts a line. Its input is empty, or open until `pressEnter` or until its first process ends.
   *
   * @param moreMs how much longer than others it may take, in milliseconds: it waits for a person
   */
  start(line: string, input: "empty" | "open" = "empty", moreMs = 0): TypedLine {
    const { directory, env } = this.#playground;
    const child = spawn("/bin/sh", ["-c", `exec 2>&1; ${asOneProcess(line)}`], {
      cwd: directory,
      env,
      detached: true,
      stdio: [input === "open" ? "pipe" : "ignore", "pipe", "ignore"],
    });
    const typed = follow(child);
    const deadline = setTimeout(() => killGroup(child), DEADLINE_MS + moreMs);
    const ended = typed.ended.finally(() => {
      clearTimeout(deadline);
      this.#running.delete(child);
    });
    this.#running.set(child, ended);
    return typed;
  }

  /** Ends every line that still runs (D4), at once. Resolves when they are gone. */
  async stop(): Promise<void> {
    const endings = [...this.#running.values()];
    this.stopNow();
    await Promise.all(endings);
  }

  /** The same without waiting, for the moment at which this process itself ends. */
  stopNow(): void {
    for (const child of this.#running.keys()) killGroup(child);
  }
}

/** So that the pid of a line is that of its command; a line of several parts stays as it is. */
function asOneProcess(line: string): string {
  return line.startsWith("holdfast ") ? `exec ${line}` : line;
}

/** A group exists as long as anything of it holds the output, so its number is still ours (D3). */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}

function follow(child: ChildProcess): TypedLine {
  let output = "";
  let seen = 0;
  const listeners = new Set<() => void>();
  child.stdin?.on("error", () => {});
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    for (const listener of [...listeners]) listener();
  });
  const exited = new Promise<{ code: number; at: number }>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      resolve({ code: codeOf(code, signal), at: performance.now() }),
    );
  });
  // Whoever needs the code waits for it and sees the failure; nobody else has to.
  exited.catch(() => {});
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    pid: child.pid ?? 0,
    read() {
      const more = output.slice(seen);
      seen = output.length;
      return more;
    },
    printed(text) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (!output.includes(text)) return;
          listeners.delete(look);
          resolve(performance.now());
        };
        listeners.add(look);
        look();
        void ended.then(() =>
          reject(new Error(`it ended without printing ${JSON.stringify(text)}`)),
        );
      });
    },
    pressEnter: (text = "") => child.stdin?.end(`${text}\n`),
    kill: () => child.kill("SIGKILL"),
    exited,
    ended,
  };
}

function codeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return signal === null ? (code ?? 0) : 128 + constants.signals[signal];
}
