// Shells to try the completion scripts in.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { spawn as spawnTerminal } from "@lydell/node-pty";
import type { Command } from "commander";
import { type Shell, SHELLS } from "../../src/cli/completion/words.ts";
import { runCompletion } from "../../src/cli/completion-command.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { HOLDFAST } from "../support/stage.ts";

/** The real command tree. */
export function realProgram(): Command {
  const { env, stdin, stdout, stderr } = process;
  const outside = { env, stdin, stdout, stderr, cwd: "/", home: "/", version: "0.0.0" };
  return buildProgram(outside, () => {});
}

/** A command and everything below it, in the order of the tree. */
export function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** What `holdfast completion SHELL` prints. */
export async function scriptOf(shell: string): Promise<string> {
  let script = "";
  const stdout = new Writable({
    write(chunk, _, done) {
      script += chunk;
      done();
    },
  });
  await runCompletion(shell, realProgram(), { stdout });
  return script;
}

export const isInstalled = (shell: Shell): boolean =>
  spawnSync(shell, ["-c", "exit 0"]).status === 0;

export interface Booth {
  readonly directory: string;
  /** With `holdfast` on PATH, and nothing of whoever runs the tests. */
  readonly env: Readonly<Record<string, string>>;
  readonly script: (shell: Shell) => string;
  remove(): void;
}

/** A directory with the three scripts, and `holdfast` as a command. */
export async function makeBooth(): Promise<Booth> {
  const directory = mkdtempSync(join(tmpdir(), "hf-"));
  for (const shell of SHELLS) writeFileSync(join(directory, `c.${shell}`), await scriptOf(shell));
  symlinkSync(HOLDFAST, join(directory, "holdfast"));
  return {
    directory,
    env: {
      PATH: `${directory}:${process.env.PATH}`,
      HOME: directory,
      TERM: "dumb",
      LANG: "C.UTF-8",
      HOLDFAST_CONFIG_DIR: join(directory, "c"),
      HOLDFAST_RUNTIME_DIR: join(directory, "r"),
    },
    script: (shell) => join(directory, `c.${shell}`),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

const BASH = `
source "$0"
COMP_WORDS=("$@")
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
_holdfast holdfast
(( \${#COMPREPLY[@]} )) && printf '%s\\n' "\${COMPREPLY[@]}"
exit 0`;

/** The command that prints what bash offers for these words, a line each. */
export function inBashCommand(booth: Booth, words: readonly string[]): string[] {
  return ["bash", "--norc", "--noprofile", "-c", BASH, booth.script("bash"), ...words];
}

/** What bash offers for these words, as bash itself breaks them; the last one is being typed. */
export function inBash(booth: Booth, words: readonly string[]): string[] {
  const [bash = "", ...rest] = inBashCommand(booth, words);
  const text = execFileSync(bash, rest, { env: booth.env, cwd: booth.directory });
  return lines(text.toString());
}

/** What fish offers for a line. */
export function inFish(booth: Booth, line: string): string[] {
  const script = `source ${booth.script("fish")}; complete -C ${JSON.stringify(line)}`;
  const { env, directory: cwd } = booth;
  const text = execFileSync("fish", ["--no-config", "-c", script], { env, cwd });
  return lines(text.toString()).map((each) => each.split("\t")[0] ?? "");
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

const INTERACTIVE = {
  bash: { words: ["--norc", "--noprofile", "-i"], prepare: "" },
  zsh: { words: ["-f", "-i"], prepare: "autoload -Uz compinit && compinit -u -D; " },
};

/** Types keys into a real terminal, and waits until the line shows what is expected. */
export async function typed(
  shell: keyof typeof INTERACTIVE,
  booth: Booth,
  keys: string,
  expected: string,
): Promise<string> {
  const { words, prepare } = INTERACTIVE[shell];
  const { env, directory: cwd } = booth;
  const terminal = spawnTerminal(shell, words, { cols: 200, rows: 50, cwd, env: { ...env } });
  let screen = "";
  terminal.onData((data) => {
    screen += data.replace(/\x1b\[[0-9;?]*[A-Za-z]|[\x07\r]/g, "");
  });
  try {
    // The quotes keep the echo of what is typed from looking like its output.
    terminal.write(`${prepare}PS1='> '; source ${booth.script(shell)}; echo rea''dy\r`);
    await until(() => screen.includes("ready\n"));
    screen = "";
    terminal.write(keys);
    await until(() => screen.includes(expected));
    return screen;
  } catch {
    return screen;
  } finally {
    terminal.kill("SIGKILL");
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 20) {
    if (holds()) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error("waited in vain");
}
