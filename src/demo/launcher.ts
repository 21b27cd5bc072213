// `holdfast` as a program of that name, wherever this very holdfast lies: for the demo's own commands,
// and for people who try theirs from a clone.

import { accessSync, chmodSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why a directory cannot be used; the message is one line, `fix` says what to do. */
export class UnusableDirectory extends Error {
  override readonly name = "UnusableDirectory";
  readonly fix = "TMPDIR=/a/directory/for/programs holdfast demo";

  /** With the system's own code for why. */
  static because(what: string, error: unknown): UnusableDirectory {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return new UnusableDirectory(`${what} (${code})`);
  }
}

/**
 * Lets commands say `holdfast`, as people do, and mean the one that runs the demo.
 *
 * @param executable the words that start it: Node and the script
 * @throws UnusableDirectory where no program may run from `directory`
 */
export function writeLauncher(directory: string, executable: readonly string[]): void {
  const file = join(directory, "holdfast");
  const words = executable.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  writeFileSync(file, `#!/bin/sh\nexec ${words} "$@"\n`);
  chmodSync(file, 0o755);
  try {
    accessSync(file, constants.X_OK);
  } catch (error) {
    throw UnusableDirectory.because("no program may run from the temporary directory", error);
  }
}

/** A directory for PATH in which `holdfast` is found. */
export interface Launcher {
  readonly directory: string;
  /** Removes it. Safe to call twice. */
  close(): void;
}

/** Makes one that lasts until it is closed. @throws UnusableDirectory, and then leaves nothing behind */
export function openLauncher(executable: readonly string[]): Launcher {
  let directory: string;
  try {
    directory = mkdtempSync(join(tmpdir(), "holdfast-demo-"));
  } catch (error) {
    throw UnusableDirectory.because(`no temporary directory can be made in ${tmpdir()}`, error);
  }
  const close = () => rmSync(directory, { recursive: true, force: true });
  try {
    writeLauncher(directory, executable);
  } catch (error) {
    close();
    throw error;
  }
  return { directory, close };
}
