// Which file a command's first word means, and what kind of file it is.
//
// G1 Only absolute entries of PATH count: what `.` or nothing means changes with the directory.
// G2 What is found is a regular file that may be executed, with every symbolic link followed.

import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { namesOf } from "./known-programs.ts";

/** A program that can be run. */
export interface Program {
  /** Absolute, symbolic links followed (G2). */
  readonly executable: string;
  /** Where it was found, where that is a symbolic link itself: programs may act by that name. */
  readonly calledAs?: string;
}

/** The absolute entries of PATH, and the others (G1). */
export function pathEntries(path: string | undefined): { kept: string[]; skipped: string[] } {
  const entries = path === undefined || path === "" ? [] : path.split(delimiter);
  return {
    kept: entries.filter((each) => isAbsolute(each)),
    skipped: entries.filter((each) => !isAbsolute(each)),
  };
}

/** Finds what `typed` means: a path, or a name on PATH. Undefined: nothing that can be run. */
export function findProgram(
  typed: string,
  cwd: string,
  directories: readonly string[],
): Program | undefined {
  if (typed.includes("/")) return programAt(resolve(cwd, typed), typed.endsWith("/"));
  for (const directory of directories) {
    const found = programAt(join(directory, typed));
    if (found !== undefined) return found;
  }
  return undefined;
}

function programAt(path: string, isDirectoryMeant = false): Program | undefined {
  if (isDirectoryMeant) return undefined;
  try {
    if (!statSync(path).isFile()) return undefined;
    accessSync(path, constants.X_OK);
    const executable = realpathSync.native(path);
    if (!lstatSync(path).isSymbolicLink()) return { executable };
    return { executable, calledAs: join(realpathSync.native(dirname(path)), basename(path)) };
  } catch {
    return undefined;
  }
}

/** Whether the link's name is another program's than the file's: one file may be many programs. */
export function isCalledOtherwise({ executable, calledAs }: Program): boolean {
  if (calledAs === undefined) return false;
  const names = namesOf(executable);
  return !namesOf(calledAs).some((each) => names.includes(each));
}

/** What the kernel makes of a file. */
export type ProgramKind =
  | { readonly kind: "binary" }
  /** The rest of the first line, after `#!`. */
  | { readonly kind: "script"; readonly interpreter: string }
  /** Neither: the C library would hand it to the system's shell. */
  | { readonly kind: "shell-text" }
  | { readonly kind: "unreadable" };

const BINARY = new Set(["7f454c46", "feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe"]);

/** Looks at the beginning of the file. */
export function kindOf(executable: string): ProgramKind {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(executable, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(descriptor).isFile()) return { kind: "unreadable" };
    const head = Buffer.alloc(256);
    const length = readSync(descriptor, head, 0, head.length, 0);
    const text = head.toString("latin1", 0, length);
    if (text.startsWith("#!"))
      return { kind: "script", interpreter: text.slice(2).split("\n")[0]?.trim() ?? "" };
    return { kind: BINARY.has(head.toString("hex", 0, 4)) ? "binary" : "shell-text" };
  } catch {
    return { kind: "unreadable" };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Whether this user could put something else there: the file or a directory above it is theirs, or
 * open to them. Then so could the agent, who runs as this user.
 */
export function isChangeable(path: string): boolean {
  for (let each = path; ; each = dirname(each)) {
    if (isWritable(each)) return true;
    if (dirname(each) === each) return false;
  }
}

function isWritable(path: string): boolean {
  try {
    if (statSync(path).uid === process.geteuid?.()) return true;
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where systems keep programs that they, or who manages them, have installed. */
const INSTALLED =
  /^\/(?:usr|bin|sbin|lib\d*|opt|nix\/store|gnu\/store|snap|System|Library|Applications)\//;

/**
 * Whether an agent that runs as this user could put another program there, so that its path says
 * nothing of what it is. Root can put one anywhere: for root it is so outside the directories that
 * hold what was installed, and wherever somebody else could, too.
 */
export function isReplaceable(path: string): boolean {
  if (process.geteuid?.() !== 0) return isChangeable(path);
  return !INSTALLED.test(path) || isOpenToOthers(path);
}

/** Whether anybody but root could write to the file or a directory above it. */
function isOpenToOthers(path: string): boolean {
  for (let each = path; ; each = dirname(each)) {
    try {
      const { uid, mode } = statSync(each);
      if (uid !== 0 || (mode & 0o022) !== 0) return true;
    } catch {
      return true;
    }
    if (dirname(each) === each) return false;
  }
}
