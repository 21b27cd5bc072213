// Starts approvals-worker.ts, as often as a test likes.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { buildSync } from "esbuild";

export interface Worker {
  /** Calls a method; its value, or `{failure}`. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the method returns, as JSON
  call(method: string, ...args: readonly unknown[]): Promise<any>;
  /** SIGKILL, and gone. */
  kill(): Promise<void>;
}

export interface Workers {
  start(): Worker;
  remove(): Promise<void>;
}

class StartedWorker implements Worker {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: ((line: string) => void)[] = [];

  constructor(program: string) {
    this.#child = spawn(process.execPath, [program], {
      // The bundle is outside the project, and its native libraries are inside.
      env: { ...process.env, NODE_PATH: resolve("node_modules") },
      stdio: ["pipe", "pipe", "inherit"],
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) =>
      this.#waiting.shift()?.(line),
    );
  }

  async call(method: string, ...args: readonly unknown[]) {
    const line = new Promise<string>((done) => this.#waiting.push(done));
    this.#child.stdin.write(`${JSON.stringify({ method, args })}\n`);
    const answer = JSON.parse(await line);
    return answer.failure === undefined ? answer.value : { failure: answer.failure };
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }
}

/** Builds the worker once. */
export function buildWorkers(): Workers {
  const directory = mkdtempSync(join(tmpdir(), "hfw-"));
  const program = join(directory, "worker.cjs");
  buildSync({
    entryPoints: ["test/support/approvals-worker.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["libsql", "postgres"],
    supported: { "dynamic-import": false },
    logLevel: "error",
  });
  const started: Worker[] = [];
  return {
    start() {
      const worker = new StartedWorker(program);
      started.push(worker);
      return worker;
    },
    async remove() {
      await Promise.all(started.map((worker) => worker.kill()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
