// SHA-256 of files that decide what kubectl does.
//
// Q1 A program of many megabytes is not read again while its size and its times of change are the same:
//    nobody but root can set when a file's inode changed.

import { createHash } from "node:crypto";
import { type BigIntStats, readFileSync, statSync } from "node:fs";

const known = new Map<string, { readonly stamp: string; readonly digest: string }>();

/** The digest, hex; undefined: no regular file that can be read. */
export function fileDigest(path: string): string | undefined {
  try {
    const found = statSync(path, { bigint: true });
    if (!found.isFile()) return undefined;
    const stamp = stampOf(found);
    const before = known.get(path);
    if (before?.stamp === stamp) return before.digest;
    const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
    if (stampOf(statSync(path, { bigint: true })) !== stamp) return fileDigest(path);
    // What changed just now may change again within the same tick of the clock.
    if (Date.now() - Number(found.ctimeMs) > SETTLED_MS) known.set(path, { stamp, digest });
    return digest;
  } catch {
    return undefined;
  }
}

const SETTLED_MS = 2_000;

const stampOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(" ");
