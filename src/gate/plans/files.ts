// The files of one saved plan, each written once.

import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readSync,
  unlinkSync,
} from "node:fs";
import type * as z from "zod";
import { createPrivateFile, UnsafeFile } from "../../system/safe-file.ts";

const MOST_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** Kept of either end of an output. */
const END_BYTES = 4 * 1024 * 1024;

/** The names in a plan's directory. */
export const FILES = {
  /** As terraform wrote it: it holds sensitive values, and is removed once it cannot be applied. */
  plan: "plan.tfplan",
  /** Where the output of an apply goes while it runs; `output` has it without what is secret. */
  raw: "output.raw",
  output: "output.txt",
  /** `terraform show -json`, sensitive values masked. */
  masked: "plan.json",
  record: "record.json",
  claim: "claim.json",
  outcome: "outcome.json",
  maker: "maker.json",
} as const;

/** Reads JSON of ours; undefined where there is none. @throws UnsafeFile, or what the schema throws */
export function readJson<T extends z.ZodType>(path: string, schema: T): z.output<T> | undefined {
  const text = readText(path);
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}

/** Reads a text of ours; undefined where there is none. @throws UnsafeFile */
export function readText(path: string): string | undefined {
  return readingOurs(path, (descriptor, size) => {
    if (size > MOST_BYTES)
      throw new UnsafeFile("too-large", path, "is too large to be one of ours");
    return piece(descriptor, 0, size);
  });
}

/** As `readText`, of what may be of any length: its beginning and its end, in whole lines. */
export function readEnds(path: string): string | undefined {
  return readingOurs(path, (descriptor, size) => {
    if (size <= 2 * END_BYTES) return piece(descriptor, 0, size);
    const first = piece(descriptor, 0, END_BYTES);
    const last = piece(descriptor, size - END_BYTES, END_BYTES);
    const head = first.slice(0, first.lastIndexOf("\n") + 1);
    return `${head}[... left out ...]${last.slice(Math.max(0, last.indexOf("\n")))}`;
  });
}

function piece(descriptor: number, from: number, bytes: number): string {
  const buffer = Buffer.alloc(bytes);
  let length = 0;
  for (;;) {
    const read = readSync(descriptor, buffer, length, bytes - length, from + length);
    if (read === 0) return buffer.toString("utf8", 0, length);
    length += read;
  }
}

/** Writes `path` whole or not at all. Whether this was the first to do so. @throws UnsafeFile */
export function writeOnce(path: string, text: string): boolean {
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  createPrivateFile(draft, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/** SHA-256 of a file of ours, hex. @throws UnsafeFile */
export function privateDigest(path: string): string {
  const digest = readingOurs(path, (descriptor) => {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const length = readSync(descriptor, buffer);
      if (length === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, length));
    }
  });
  if (digest === undefined) throw new UnsafeFile("missing", path, "is missing");
  return digest;
}

/**
 * Opens what only we could have put there. It may have a second name for a moment (writeOnce), and it
 * may have been made with another mode, in a directory that nobody else can enter.
 */
function readingOurs<T>(
  path: string,
  read: (descriptor: number, size: number) => T,
): T | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    const isLink = code === "ELOOP" || code === "EMLINK";
    throw isLink
      ? new UnsafeFile("linked", path, "is a symbolic link")
      : new UnsafeFile("unusable", path, `cannot be read: ${message}`);
  }
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw new UnsafeFile("wrong-kind", path, "is not a regular file");
    if (found.uid !== process.getuid?.())
      throw new UnsafeFile("not-ours", path, "belongs to another user");
    return read(descriptor, found.size);
  } finally {
    closeSync(descriptor);
  }
}

/** Whatever the umask: nobody else reads it, and we can. */
export const makePrivate = (path: string): void => chmodSync(path, 0o600);
