// When entries were last used: a file beside the allowlist, for people who look through it.
//
// Q1 It grants nothing. Recording a use never changes the allowlist, never fails and never throws; a
//    use that is not recorded is no harm.

import { lstatSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { readPublished } from "../../system/publish.ts";
import { createPrivateFile } from "../../system/safe-file.ts";

/** The last use of one entry. */
export interface Usage {
  /** RFC 3339, UTC. */
  readonly lastUsedAt: string;
  readonly lastResolvedPath: string;
}

/** How many entries have their last use kept: those that were used latest. */
const MOST_KEPT = 1000;
/** How long a use may take to be written, in milliseconds. */
const MOST_WRITING_MS = 5000;
const MAX_USAGE_BYTES = 8 * 1024 * 1024;

const schema = z.strictObject({
  version: z.literal(1),
  entries: z.record(
    z.string(),
    z.strictObject({ lastUsedAt: z.string(), lastResolvedPath: z.string() }),
  ),
});

const usageFile = (directory: string): string => join(directory, "allowlist-usage.json");

/** The last uses, by entry id, the latest last; empty where they cannot be read. */
export function readUsage(directory: string): Map<string, Usage> {
  try {
    return new Map(Object.entries(read(usageFile(directory))));
  } catch {
    return new Map();
  }
}

function read(file: string): Record<string, Usage> {
  const text = readPublished(file, MAX_USAGE_BYTES);
  return text === undefined ? {} : schema.parse(JSON.parse(text)).entries;
}

/** Records that an entry allowed a command just now (Q1). Returns whether it could. */
export function recordUse(directory: string, id: string, resolvedPath: string): boolean {
  const file = usageFile(directory);
  const fresh = `${file}.new`;
  try {
    if (isLeftOver(fresh)) rmSync(fresh);
    // What is not ours to read is not ours to replace.
    const { [id]: _, ...others } = read(file);
    const use: Usage = { lastUsedAt: new Date().toISOString(), lastResolvedPath: resolvedPath };
    const latest = [...Object.entries(others).slice(1 - MOST_KEPT), [id, use]];
    const text = JSON.stringify({ version: 1, entries: Object.fromEntries(latest) }, null, 1);
    createPrivateFile(fresh, `${text}\n`);
    renameSync(fresh, file);
    return true;
  } catch {
    return false;
  }
}

/** Whether whoever was writing there was killed: it takes no time. */
function isLeftOver(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found !== undefined && Math.abs(Date.now() - found.mtimeMs) > MOST_WRITING_MS;
}
