// The person at whose terminal the demo runs. Whether they are one, and what they are asked, is for
// the real `holdfast approve` to say.
//
// D8 Only a command that asks the person is at their terminal, one at a time. Whatever they do, and
//    if they do nothing, it ends, and the demo goes on.

import { type ChildProcess, spawn } from "node:child_process";
import type { Playground } from "./playground.ts";

/** How long a person may think, in milliseconds (D8). */
export const PATIENCE_MS = 60_000;

/** How long a command that was told to end may take, in milliseconds. */
const GRACE_MS = 2_000;

const INTERRUPTED = 130;

/** How a question ended. */
export interface Asked {
  /** Undefined where nobody answered in time. */
  readonly code: number | undefined;
  /** What the command printed beside the question. */
  readonly output: string;
}

export class Person {
  readonly #playground: Playground;
  readonly #interrupted: () => void;
  readonly patienceMs: number;
  #asking: { readonly child: ChildProcess; readonly over: Promise<unknown> } | undefined;
  /** A person who let one question pass is not there for the next. */
  hasLeft = false;

  /** `interrupted`: told when the person pressed Ctrl-C at a question, which only the command sees. */
  constructor(playground: Playground, interrupted: () => void, patienceMs = PATIENCE_MS) {
    this.#playground = playground;
    this.#interrupted = interrupted;
    this.patienceMs = patienceMs;
  }

  /** Runs a command that asks at the terminal. @throws Error when the person pressed Ctrl-C */
  async ask(command: string): Promise<Asked> {
    const { directory, env } = this.#playground;
    // In the demo's own process group: another would not be in the terminal's foreground.
    const child = spawn("/bin/sh", ["-c", `exec 2>&1; exec ${command}`], {
      cwd: directory,
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const over = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    this.#asking = { child, over };
    const tooLate = setTimeout(() => {
      this.hasLeft = true;
      endGently(child);
    }, this.patienceMs);
    try {
      const code = await over;
      if (code === INTERRUPTED) this.#stopDemo();
      // Ended by a signal: ours, or somebody's who is not there any more either.
      return { code: code ?? undefined, output };
    } finally {
      clearTimeout(tooLate);
      this.#asking = undefined;
    }
  }

  #stopDemo(): never {
    this.#interrupted();
    throw new Error("stopped at the question");
  }

  /** Ends the question. Resolves when the terminal is the person's own again. */
  async stop(): Promise<void> {
    this.stopNow();
    await this.#asking?.over.catch(() => {});
  }

  /** The same without waiting. */
  stopNow(): void {
    if (this.#asking !== undefined) endGently(this.#asking.child);
  }
}

/** By SIGTERM first: on it a command gives the terminal back as it found it. */
function endGently(child: ChildProcess): void {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), GRACE_MS).unref();
}
