// The log, for whoever reads it: oldest first, in bounded memory, however long it is.

import { join } from "node:path";
import type { AuditEntry, AuditEvent } from "../policy/audit-entry.ts";
import { checkPrivateDirectory, UnsafeFile } from "../system/safe-file.ts";
import { gluedBytes, parseLine } from "./line.ts";
import { LineReader } from "./lines.ts";
import { LOG_FILE } from "./places.ts";
import { auditFailure, openPrivate } from "./private-descriptor.ts";

/** Which entries are wanted. What is not said is not asked. */
export interface AuditQuery {
  readonly since?: Date;
  /** The session's public id, in upper case. */
  readonly session?: string;
  readonly class?: string;
  readonly events?: readonly AuditEvent[];
  /** Only so many, the newest. */
  readonly limit?: number;
}

/** Whether an entry is wanted; `limit` is not asked here. */
export function isWanted(entry: AuditEntry, query: AuditQuery): boolean {
  const { since, session, events } = query;
  return (
    (since === undefined || Date.parse(entry.at) >= since.getTime()) &&
    (session === undefined || entry.session === session) &&
    (query.class === undefined || entry.class === query.class) &&
    (events === undefined || events.includes(entry.event))
  );
}

/**
 * The entries of the log in `directory` that `query` wants, oldest first. What is no entry is passed
 * over, and no hash is checked: `verifyAudit` does. No log is an empty one.
 *
 * @throws Failure `audit-unsafe` or `audit-unwritable` (it cannot be read either)
 */
export async function* readAudit(directory: string, query: AuditQuery): AsyncIterable<AuditEntry> {
  const reader = openLog(directory);
  if (reader === undefined) return;
  try {
    yield* newest(entriesOf(reader, query), query.limit);
  } finally {
    reader.close();
  }
}

/** A reader of the log in `directory`; undefined where there is none. @throws Failure */
export function openLog(directory: string): LineReader | undefined {
  const path = join(directory, LOG_FILE);
  try {
    checkPrivateDirectory(directory);
    return new LineReader(openPrivate(path, "read"));
  } catch (error) {
    if (error instanceof UnsafeFile && error.code === "missing") return undefined;
    throw auditFailure(error, path);
  }
}

function* entriesOf(reader: LineReader, query: AuditQuery): Generator<AuditEntry> {
  // Most lines are of other sessions: to look for the id takes less than to parse.
  const mark = query.session === undefined ? undefined : `"session":"${query.session}"`;
  for (const { bytes } of reader.lines()) {
    if (mark !== undefined && !bytes.includes(mark)) continue;
    const entry = parseLine(bytes.toString("utf8", gluedBytes(bytes)));
    if (typeof entry !== "string" && isWanted(entry, query)) yield entry;
  }
}

/** The last `limit` of them, in their order; all of them without one. */
export async function* newest<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  limit: number | undefined,
): AsyncIterable<Item> {
  if (limit === undefined) {
    yield* items;
    return;
  }
  const kept: Item[] = [];
  let next = 0;
  for await (const item of items) {
    if (limit === 0) continue;
    kept[next] = item;
    next = (next + 1) % limit;
  }
  yield* kept.slice(next);
  yield* kept.slice(0, next);
}
