// A place for real runs of the real executable: an API stand-in, a configuration of its own, and an
// environment that says nothing of whoever runs the tests.

import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type StandIn, startStandIn } from "../../src/demo/stand-in/server.ts";

/** The executable as it ships. */
export const HOLDFAST = resolve("dist/holdfast.cjs");

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Stage {
  readonly api: StandIn;
  /** A directory of this stage alone, with a short path. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** The path of the store: `<config>/exec`. */
  readonly sessions: string;
  /** Starts `holdfast WORDS` and leaves it running. */
  start(words: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Runs `holdfast WORDS` to its end. */
  run(words: readonly string[], options?: SpawnOptions): Promise<Finished>;
  close(): Promise<void>;
}

/** Collects what a child prints and how it ends. */
export function finished(child: ChildProcess): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code, signal) => done({ code, signal, stdout, stderr }));
  });
}

/**
 * Sets a stage. Close it when done.
 *
 * @param asks whether a person could be asked: without it this is a CI machine, where refusals are final
 */
export async function setStage({ asks = false } = {}): Promise<Stage> {
  const api = await startStandIn({});
  const directory = mkdtempSync(join(tmpdir(), "hf-"));
  const env = {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    HOME: directory,
    LANG: "C.UTF-8",
    ...(asks ? {} : { CI: "true" }),
    TFE_ADDRESS: api.url,
    TFE_TOKEN: api.token,
    HOLDFAST_CONFIG_DIR: join(directory, "c"),
    HOLDFAST_RUNTIME_DIR: join(directory, "r"),
  };
  const start = (words: readonly string[], options: SpawnOptions = {}): ChildProcess =>
    spawn(process.execPath, [HOLDFAST, ...words], {
      cwd: directory,
      stdio: ["ignore", "pipe", "pipe"],
      env,
      ...options,
    });
  return {
    api,
    directory,
    env,
    sessions: join(directory, "c", "exec"),
    start,
    run: (words, options) => finished(start(words, options)),
    close: async () => {
      await api.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
