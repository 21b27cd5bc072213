// Printed commands in real shells, with `holdfast` on their PATH.

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../../src/policy/command-line.ts";

/** The shells of this machine that people paste commands into. */
export const SHELLS = ["sh", "bash", "zsh"].filter(
  (shell) => spawnSync(shell, ["-c", "true"]).status === 0,
);

/** What keeps a shell from reading a person's own settings. */
const PLAIN: Readonly<Record<string, string[]>> = { bash: ["--norc"], zsh: ["-f"] };

export interface FakeHoldfast {
  /** A directory for PATH. */
  readonly directory: string;
  /** What `holdfast` was called with when `shell` ran `line`, and what was on its stdin. */
  heard(shell: string, line: string): { words: string[]; stdin: string };
  remove(): void;
}

/** Makes a `holdfast` that only says what it heard. */
export function fakeHoldfast(): FakeHoldfast {
  const directory = mkdtempSync(join(tmpdir(), "hf-"));
  const script = `#!/bin/sh
if [ "$1" = harness ]; then while [ "$1" != -- ]; do shift; done; shift; exec "$@"; fi
printf '%s\\0' "$@"; printf 'STDIN\\0'; cat
`;
  writeFileSync(join(directory, "holdfast"), script);
  chmodSync(join(directory, "holdfast"), 0o755);
  return {
    directory,
    heard: (shell, line) => {
      const env = { PATH: `${directory}:${process.env.PATH}`, LANG: "C.UTF-8" };
      const said = execFileSync(shell, [...(PLAIN[shell] ?? []), "-c", line], {
        env,
        input: "",
        encoding: "utf8",
      });
      const [words = "", ...stdin] = said.split("\0STDIN\0");
      return { words: words.split("\0"), stdin: stdin.join("\0STDIN\0") };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Puts the real executable into a directory for PATH, and returns how to remove it. */
export function putOnPath(directory: string, executable: string): void {
  const line = commandLine(["exec", process.execPath, executable]);
  writeFileSync(join(directory, "holdfast"), `#!/bin/sh\n${line} "$@"\n`);
  chmodSync(join(directory, "holdfast"), 0o755);
}
