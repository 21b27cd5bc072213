// Files of other programs, read and replaced without harming them.
//
// K1 A symbolic link is followed, and what it points to is replaced: dotfile managers link.
// K2 A file is replaced in one step, with its mode; one that others have changed meanwhile is not
//    replaced at all. No copy is left behind: such files hold secrets.
// K3 What is not a regular file of ours, with one name, in UTF-8 and of a reasonable size is left alone.

import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  constants,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { isUtf8 } from "node:buffer";
import { basename, dirname, join } from "node:path";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { visible } from "../system/terminal-text.ts";

const MOST_BYTES = 32 * 1024 * 1024;

function unusable(path: string, what: string, fix: string): Failure {
  return new Failure("unreadable-config", `${visible(path)}: ${what}`, {
    exitCode: EXIT.usage,
    fix,
  });
}

/** What a path stands for: the file behind its links (K1). */
export interface ConfigFile {
  /** As it was asked for. */
  readonly path: string;
  /** Where it really is. */
  readonly real: string;
  /** Undefined: there is none yet. */
  readonly text: string | undefined;
  readonly mode: number | undefined;
}

/** Reads it. @throws Failure for what must be left alone (K3) */
export function readConfig(path: string): ConfigFile {
  const real = resolved(path);
  let descriptor: number;
  try {
    descriptor = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { path, real, text: undefined, mode: undefined };
    throw unusable(path, `cannot be read: ${message}`, "make it a file that you can read");
  }
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw unusable(path, "is not a regular file", "move it away");
    if (found.uid !== process.getuid?.())
      throw unusable(path, "belongs to another user", "run this as its owner");
    if (found.nlink > 1)
      throw unusable(
        path,
        "has a second name (a hard link), which would be left behind",
        "make it one file, or a symbolic link",
      );
    if (found.size > MOST_BYTES)
      throw unusable(path, "is larger than any configuration", "move it away");
    const bytes = readFileSync(descriptor);
    if (!isUtf8(bytes)) throw unusable(path, "is not UTF-8", "save it as UTF-8");
    return { path, real, text: bytes.toString("utf8"), mode: found.mode & 0o7777 };
  } finally {
    closeSync(descriptor);
  }
}

function resolved(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT")
      throw unusable(
        path,
        `cannot be reached: ${message}`,
        "make its directory one that you can enter",
      );
  }
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    throw unusable(path, "is a symbolic link to nothing", "remove it, or make what it points to");
  return path;
}

/** Replaces it, or removes it where `text` is undefined (K2). @throws Failure */
export function replaceConfig(file: ConfigFile, text: string | undefined, newMode: number): void {
  const now = readConfig(file.path);
  if (now.text !== file.text || now.real !== file.real)
    throw unusable(file.path, "was changed by somebody else meanwhile", "run this again");
  try {
    if (text === undefined) unlinkSync(file.real);
    else write(file, text, file.mode ?? newMode);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unusable(
      file.path,
      `cannot be written: ${(error as Error).message}`,
      "make it writable, then run this again",
    );
  }
}

function write({ real }: ConfigFile, text: string, mode: number): void {
  mkdirSync(dirname(real), { recursive: true });
  const fresh = join(dirname(real), `.${basename(real)}.${randomBytes(6).toString("hex")}`);
  const descriptor = openSync(fresh, "wx", mode);
  try {
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    chmodSync(fresh, mode);
    renameSync(fresh, real);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** Removes a directory of ours that nothing is in any more. */
export function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Something of somebody else's is in it, or it is gone.
  }
}
