// `holdfast audit list | verify | export`.

import { once } from "node:events";
import { ENTRY_HEADS, entrySays, entryText, entryTime } from "../audit/entry-text.ts";
import { inertCode } from "../audit/inert-code.ts";
import { mergeByTime } from "../audit/merge.ts";

import { type AuditQuery, isWanted, newest, readAudit } from "../audit/read.ts";
import { type AuditVerdict, verifyAudit } from "../audit/verify.ts";
import type { AuditEntry } from "../policy/audit-entry.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { auditDirectory } from "../system/places.ts";
import { visible } from "../system/terminal-text.ts";
import { type AuditFlags, auditQuery } from "./audit-query.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

/** The approvals store's entries, oldest first; undefined where there is no store. */
export type StoreEntries = () => Promise<AsyncIterable<AuditEntry> | undefined>;

/** How many entries are listed where nobody says. */
const LISTED = 100;

/** The log's entries and the store's that `query` wants, oldest first; `limit` counts both. */
export async function* auditEntries(
  query: AuditQuery,
  context: CliContext,
  storeEntries: StoreEntries,
): AsyncIterable<AuditEntry> {
  const { limit, ...rest } = query;
  const log = readAudit(auditDirectory(context.env, context.home), rest);
  const store = await storeEntries();
  const wanted = store === undefined ? undefined : filtered(store, rest);
  yield* newest(mergeByTime(log, wanted), limit);
}

async function* filtered(
  entries: AsyncIterable<AuditEntry>,
  query: AuditQuery,
): AsyncIterable<AuditEntry> {
  for await (const entry of entries) if (isWanted(entry, query)) yield entry;
}

/** Lists the newest entries, oldest first. */
export async function runAuditList(
  flags: AuditFlags,
  globals: GlobalOptions,
  context: CliContext,
  storeEntries: StoreEntries,
): Promise<ExitCode> {
  const query = { limit: LISTED, ...auditQuery(flags, new Date()) };
  const entries: AuditEntry[] = [];
  for await (const entry of auditEntries(query, context, storeEntries)) entries.push(entry);
  if (globals.json) context.stdout.write(`${JSON.stringify({ entries }, null, 2)}\n`);
  else if (globals.markdown) context.stdout.write(listMarkdown(entries));
  else if (entries.length === 0) context.stderr.write("holdfast: no entries\n");
  else context.stdout.write(`${[ENTRY_HEADS, ...entries.map(entryText)].join("\n")}\n`);
  return EXIT.ok;
}

function listMarkdown(entries: readonly AuditEntry[]): string {
  if (entries.length === 0) return "No entries.\n";
  const rows = entries.map((entry) => {
    const session = entry.session === undefined ? "" : inertCode(entry.session);
    return `| ${entryTime(entry)} | ${session} | ${entry.event} | ${inertCode(entrySays(entry))} |`;
  });
  const heads = ["| time | session | event | what |", "| --- | --- | --- | --- |"];
  return `${[...heads, ...rows].join("\n")}\n`;
}

/** Prints entries as they are kept, one on each line: for a place that the agent cannot write. */
export async function runAuditExport(
  flags: AuditFlags,
  context: CliContext,
  storeEntries: StoreEntries,
): Promise<ExitCode> {
  const query = auditQuery(flags, new Date());
  for await (const entry of auditEntries(query, context, storeEntries))
    if (!context.stdout.write(`${JSON.stringify(entry)}\n`)) await drained(context.stdout);
  return EXIT.ok;
}

/** A reader that went away never drains. */
async function drained(stdout: CliContext["stdout"]): Promise<void> {
  if (stdout.destroyed) return;
  const gone = new AbortController();
  const { signal } = gone;
  try {
    await Promise.race([once(stdout, "drain", { signal }), once(stdout, "close", { signal })]);
  } catch {
    // It failed; whoever started us listens to its errors.
  } finally {
    gone.abort();
  }
}

/** Verifies the chains. Exit 1 where there is a problem. */
export async function runAuditVerify(
  globals: GlobalOptions,
  context: CliContext,
  storeEntries: StoreEntries,
): Promise<ExitCode> {
  const directory = auditDirectory(context.env, context.home);
  const verdict = await verifyAudit(directory, await storeEntries());
  if (globals.json) context.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
  else {
    const text = verdictText(verdict);
    context.stdout.write(globals.markdown ? verdictMarkdown(text) : text);
  }
  return verdict.problemCount === 0 ? EXIT.ok : EXIT.usage;
}

const counted = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

function verdictText(verdict: AuditVerdict): string {
  const { entries, writers, storeEntries, problems, problemCount, setAside, last } = verdict;
  const size = `${counted(entries, "entry", "entries")} in the log, ${storeEntries} in the approvals store, ${counted(writers, "writer", "writers")}`;
  const heading =
    problemCount === 0
      ? `holdfast: the audit log is whole, as far as it can tell: ${size}`
      : `holdfast: the audit log is not what was written: ${counted(problemCount, "problem", "problems")} (${size})`;
  const hidden = problemCount - problems.length;
  return [
    heading,
    ...problems.map(({ kind, message }) => `  ${kind.padEnd(10)} ${visible(message)}`),
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
    ...setAside.map(
      ({ line, from, to }) =>
        `  set aside  line ${line}, ${to - from} bytes at byte ${from}: a torn write`,
    ),
    ...(last === undefined ? [] : [`  last       ${last}`]),
    "",
  ].join("\n");
}

/** A message may quote what others wrote. */
const verdictMarkdown = (text: string): string =>
  `${text
    .trimEnd()
    .split("\n")
    .map((line) => `- ${inertCode(line.trim())}`)
    .join("\n")}\n`;
