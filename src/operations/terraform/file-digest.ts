// The digest of one file, and of one that need not be looked at again.

import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 1024 * 1024;

/** What stands where a file should. */
export class NotAFile extends Error {}

/** Its SHA-256, or its HMAC-SHA-256 where there is a key, hex, and its size. @throws NotAFile */
export function fileDigest(
  path: string,
  mostBytes: number,
  key?: Buffer,
): { readonly digest: string; readonly bytes: number } {
  return reading(path, (descriptor) => {
    if (fstatSync(descriptor).size > mostBytes) throw new NotAFile("it is too large");
    const hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
    return hashed(descriptor, hash, mostBytes);
  });
}

const known = new Map<string, string>();

/**
 * As `fileDigest`, of a program: a hundred megabytes that seldom change. It is read again when its
 * inode, its size or either of its times is another; nobody but root can set back the second.
 */
export function programDigest(path: string): string {
  return reading(path, (descriptor) => {
    const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(descriptor, { bigint: true });
    const identity = [path, dev, ino, size, mtimeNs, ctimeNs].join(" ");
    const before = known.get(identity);
    if (before !== undefined) return before;
    const { digest } = hashed(descriptor, createHash("sha256"), Number.MAX_SAFE_INTEGER);
    known.clear();
    known.set(identity, digest);
    return digest;
  });
}

function reading<T>(path: string, read: (descriptor: number) => T): T {
  // Without O_NONBLOCK a FIFO would hold us up for ever.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw new NotAFile(`${path} is not a regular file`);
    return read(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function hashed(descriptor: number, hash: Hash | Hmac, mostBytes: number) {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let bytes = 0;
  for (;;) {
    const length = readSync(descriptor, buffer);
    if (length === 0) return { digest: hash.digest("hex"), bytes };
    bytes += length;
    if (bytes > mostBytes) throw new NotAFile("it is too large");
    hash.update(buffer.subarray(0, length));
  }
}
