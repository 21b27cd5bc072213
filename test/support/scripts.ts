// Shell scripts for what runs inside sessions, and how tests talk to them: through fifos and files,
// so that nothing waits for a length of time.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { HOLDFAST, type Stage } from "./stage.ts";

const DEADLINE_MS = 20_000;

/** The words that run `script` with /bin/sh; in it, `holdfast` is the executable under test. */
export function shell(script: string): string[] {
  const holdfast = `holdfast() { '${process.execPath}' '${HOLDFAST}' "$@"; }`;
  return ["/bin/sh", "-c", `${holdfast}\n${script}`];
}

/** Words as a shell takes them. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

/** Whether this machine has a program; what needs one that it lacks is skipped by name. */
export function has(program: string): boolean {
  return spawnSync("/bin/sh", ["-c", 'command -v "$0"', program]).status === 0;
}

/** The words of a session around `command`. */
export function exec(flags: readonly string[], command: readonly string[]): string[] {
  return ["harness", "exec", ...flags, "--", ...command];
}

/** The id of one of acme's workspaces. */
export function workspace(stage: Stage, name: string): string {
  const found = stage.api.state.named("workspaces", name, "acme");
  if (found === undefined) throw new Error(`there is no workspace ${name}`);
  return found.id;
}

/** Whether the workspace is still there. */
export function exists(stage: Stage, id: string): boolean {
  return stage.api.state.has({ type: "workspaces", id });
}

/** Resolves with what `test` finds, as soon as it finds anything. */
export async function eventually<T>(
  what: string,
  test: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await test();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`too late: ${what}`);
    await setTimeout(10);
  }
}

/** Resolves with the text of a file whose last line has been ended. */
export function written(file: string): Promise<string> {
  return eventually(`${file} is written`, () => {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    return text.endsWith("\n") ? text : undefined;
  });
}

/** Resolves when there is no process with this pid (a zombie is one that is gone). */
export function gone(pid: number): Promise<true> {
  return eventually(`process ${pid} is gone`, () => {
    const file = `/proc/${pid}/stat`;
    try {
      return /\) [ZX] /.test(readFileSync(file, "utf8")) ? true : undefined;
    } catch {
      return true;
    }
  });
}

/** A fifo that a script reads from to wait for us: `read line < gate`. */
export interface StartingGate {
  readonly path: string;
  /** Lets it go on; waits until it reads. */
  open(): void;
}

/** Makes one in the stage's directory. */
export function startingGate(stage: Stage, name: string): StartingGate {
  const path = join(stage.directory, name);
  execFileSync("mkfifo", [path]);
  return { path, open: () => writeFileSync(path, "go\n") };
}
