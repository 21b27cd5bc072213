// Files that others must not have touched.
//
// F1 A private directory is a real directory of ours with mode 0700; it is never reached through a
//    symlink as its last step.
// F2 A private file is created, never opened: O_EXCL and O_NOFOLLOW, mode 0600.
// F3 A private file is read only if it is a regular file of ours, mode 0600 or stricter, with one
//    name, and no larger than its reader allows; all of that is asked of the open descriptor.

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Why a file or directory cannot be trusted or used. `code` is stable; the message names the path. */
export class UnsafeFile extends Error {
  override readonly name = "UnsafeFile";
  readonly code:
    | "missing"
    | "not-ours"
    | "wrong-kind"
    | "too-open"
    | "linked"
    | "too-large"
    | "unusable";
  readonly path: string;
  /** A command that mends it, where one does. */
  readonly fix: string | undefined;

  constructor(code: UnsafeFile["code"], path: string, message: string, fix?: string) {
    super(`${path} ${message}`);
    this.code = code;
    this.path = path;
    this.fix = fix;
  }
}

/** The path as one word of a command line. */
export const quoted = (path: string): string =>
  /^[A-Za-z0-9_@%+:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;

const ourUid = (): number | undefined => process.getuid?.();

/** Makes `path` (0700, with parents) unless it is there, and checks it by F1. Throws UnsafeFile. */
export function ensurePrivateDirectory(path: string): void {
  try {
    makeDirectories(path);
  } catch (error) {
    throw new UnsafeFile("unusable", path, `cannot be made: ${(error as Error).message}`);
  }
  checkPrivateDirectory(path);
}

/** Node's own way of doing this never ends where a directory is there and takes no other (/proc). */
function makeDirectories(path: string): void {
  const missing: string[] = [];
  for (let each = path; !existsSync(each) && dirname(each) !== each; each = dirname(each))
    missing.unshift(each);
  for (const each of missing) {
    try {
      mkdirSync(each, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Checks a directory by F1 without making it. Throws UnsafeFile. */
export function checkPrivateDirectory(path: string): void {
  let found: ReturnType<typeof lstatSync>;
  try {
    found = lstatSync(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UnsafeFile(
      missing ? "missing" : "unusable",
      path,
      missing ? "is missing" : "cannot be read",
    );
  }
  if (found === undefined || !found.isDirectory())
    throw new UnsafeFile("wrong-kind", path, "is not a directory of its own (a link or a file)");
  if (found.uid !== ourUid()) throw new UnsafeFile("not-ours", path, "belongs to another user");
  if ((found.mode & 0o077) !== 0)
    throw new UnsafeFile("too-open", path, "is open to other users", `chmod 700 ${quoted(path)}`);
}

/** What stands where a directory should: `path`, or one above it, that is something else. */
export function fileInTheWay(path: string): string | undefined {
  for (let at = path; ; at = dirname(at))
    try {
      return statSync(at).isDirectory() ? undefined : at;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== "ENOENT" && code !== "ENOTDIR") || at === dirname(at)) return undefined;
    }
}

/** Creates `path` with `text` by F2. Throws UnsafeFile when it exists or cannot be made. */
export function createPrivateFile(path: string, text: string): void {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
    writeSync(descriptor, text);
  } catch (error) {
    throw new UnsafeFile("unusable", path, `cannot be written: ${(error as Error).message}`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Reads `path` by F3 as UTF-8. `maxBytes`: a larger file is refused. Throws UnsafeFile. */
export function readPrivateFile(path: string, maxBytes: number): string {
  const descriptor = openForReading(path);
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw new UnsafeFile("wrong-kind", path, "is not a regular file");
    if (found.uid !== ourUid()) throw new UnsafeFile("not-ours", path, "belongs to another user");
    if ((found.mode & 0o077) !== 0)
      throw new UnsafeFile("too-open", path, "is open to other users", `chmod 600 ${quoted(path)}`);
    if (found.nlink !== 1)
      throw new UnsafeFile("linked", path, "has more than one name (a hard link)");
    if (found.size > maxBytes)
      throw new UnsafeFile("too-large", path, "is too large to be one of ours");
    const buffer = Buffer.alloc(maxBytes + 1);
    const length = readSync(descriptor, buffer, 0, maxBytes + 1, 0);
    if (length > maxBytes)
      throw new UnsafeFile("too-large", path, "is too large to be one of ours");
    return buffer.toString("utf8", 0, length);
  } finally {
    closeSync(descriptor);
  }
}

function openForReading(path: string): number {
  try {
    // Without O_NONBLOCK a FIFO planted at the path would hold us up for ever.
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new UnsafeFile("missing", path, "is missing");
    if (code === "ELOOP" || code === "EMLINK")
      throw new UnsafeFile("linked", path, "is a symbolic link");
    throw new UnsafeFile("unusable", path, `cannot be read: ${message}`);
  }
}
