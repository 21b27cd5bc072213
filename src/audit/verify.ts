// `holdfast audit verify`: whether the log is what was written, as far as that can be told.
//
// W1 Every entry has the hash of what it says, follows its writer's entry before, and what it names
//    as seen is there, before it and in that order.
// W2 The log goes at least as far as its head says, and what ends there is what the head names.
// W3 The log that others go on writing meanwhile is no problem.

import { join } from "node:path";
import { closeSync } from "node:fs";
import { type AuditEntry, entryHash } from "../policy/audit-entry.ts";
import { UnsafeFile } from "../system/safe-file.ts";
import { type Head, readHead } from "./head.ts";
import { EndCheck } from "./verify-end.ts";
import { entryProblem } from "./line.ts";
import type { LineReader } from "./lines.ts";
import { HEAD_FILE, LOG_FILE } from "./places.ts";
import { auditFailure, openPrivate } from "./private-descriptor.ts";
import { type AuditProblem, entryText, type Place, Problems } from "./problem.ts";
import { openLog } from "./read.ts";
import { ChainCheck } from "./verify-chains.ts";
import { LineCheck, type SetAside } from "./verify-lines.ts";

export type { AuditProblem, ProblemKind } from "./problem.ts";
export type { SetAside } from "./verify-lines.ts";

export interface AuditVerdict {
  /** At most a thousand of them; `problemCount` counts all. */
  readonly problems: readonly AuditProblem[];
  readonly problemCount: number;
  /** In the log. */
  readonly lines: number;
  readonly entries: number;
  readonly writers: number;
  /** In the approvals store. */
  readonly storeEntries: number;
  /** Pieces that torn writes left. */
  readonly setAside: readonly SetAside[];
  /** The hash of the log's last entry: kept elsewhere, it proves later what was there now. */
  readonly last?: string;
}

/**
 * Verifies the log in `directory` together with the entries of the approvals store.
 *
 * @param store undefined where there is no store
 * @throws Failure `audit-unsafe` or `audit-unwritable` where the log cannot be read
 */
export async function verifyAudit(
  directory: string,
  store: AsyncIterable<AuditEntry> | undefined,
): Promise<AuditVerdict> {
  const problems = new Problems();
  const chains = new ChainCheck(problems);
  const lines = new LineCheck(problems, chains);
  // The head first: the log only grows meanwhile (W3).
  const head = headOf(directory);
  const reader = openLog(directory);
  const end = new EndCheck(head);
  let storeEntries = 0;
  try {
    if (reader !== undefined) takeLines(reader, lines, end, false);
    const logReferences = chains.openReferences();
    storeEntries = await takeStore(store, chains, problems);
    const open = new Set([...logReferences, ...chains.openReferences()]);
    // Its entries may name what was written since, and nothing that is later is asked for.
    if (reader !== undefined) takeLines(reader, lines, end, true);
    lines.finish();
    chains.finish(open);
    end.tell(reader?.offset ?? 0, lines.lines, chains, problems);
  } finally {
    reader?.close();
  }
  const { list, count } = problems;
  return {
    problems: list,
    problemCount: count,
    lines: lines.lines,
    entries: lines.entries,
    writers: chains.writers,
    storeEntries,
    setAside: lines.setAside,
    ...(end.last === undefined ? {} : { last: end.last }),
  };
}

/** `isLast`: what has no line end by now is torn. */
function takeLines(reader: LineReader, lines: LineCheck, end: EndCheck, isLast: boolean): void {
  for (const line of reader.lines()) if (line.isWhole || isLast) end.note(line, lines.take(line));
}

async function takeStore(
  store: AsyncIterable<AuditEntry> | undefined,
  chains: ChainCheck,
  problems: Problems,
): Promise<number> {
  let row = 0;
  if (store === undefined) return row;
  for await (const entry of store) {
    row += 1;
    const place: Place = { source: "store", line: row };
    const why = entryProblem({ ...entry });
    const { writer, seq, hash } = entry;
    if (why === undefined && entryHash(entry) === hash) {
      chains.take(entry, place);
      continue;
    }
    const message = `row ${row} of the store (${entryText(String(writer), seq)}) does not have the hash of what it says`;
    problems.add({
      kind: why === undefined ? "changed" : "unreadable",
      ...place,
      message: why === undefined ? message : `row ${row} of the store is no entry: ${why}`,
    });
    if (why === undefined) chains.takeBad({ writer, seq, hashes: [hash, entryHash(entry)] }, place);
  }
  return row;
}

/** The head of the log in `directory`; undefined where there is none. @throws Failure */
function headOf(directory: string): Head | undefined {
  const path = join(directory, HEAD_FILE);
  try {
    const descriptor = openPrivate(path, "read");
    try {
      return readHead(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof UnsafeFile && error.code === "missing") return undefined;
    throw auditFailure(error, join(directory, LOG_FILE));
  }
}
