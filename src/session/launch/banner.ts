// What the person who starts a session reads, before and after. Survives --quiet where it says what
// may be deleted. Everything that others wrote is made visible first.

import { basename } from "node:path";
import { typedPath } from "../../policy/operation.ts";
import type { SessionGrant } from "../../policy/session-grant.ts";
import { visible } from "../../system/terminal-text.ts";
import type { ReceiptEntry, SessionDescription } from "../protocol/messages.ts";

/** The command's short name: what people call it. */
export function commandName(command: readonly string[]): string {
  return visible(basename(command[0] ?? ""));
}

/** `workspaces, vars (at most 10), on app.terraform.io, any organization`. */
export function grantText(
  grant: Pick<SessionGrant, "classes" | "wildcard" | "hostname" | "organization" | "maxDeletes">,
): string {
  const names = [...grant.classes, ...(grant.wildcard ? ["anything reversible"] : [])];
  const limit = grant.maxDeletes === undefined ? "" : ` (at most ${grant.maxDeletes})`;
  const organization =
    grant.organization === undefined
      ? "any organization"
      : `organization ${visible(grant.organization)}`;
  const classes = names.length === 0 ? "none" : names.join(", ");
  return `${classes}${limit}, on ${visible(grant.hostname)}, ${organization}`;
}

/** `18:02`, with the date where that is not today. */
export function clockTime(at: Date, now: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

export interface BannerFacts {
  readonly id: string;
  readonly command: readonly string[];
  readonly grant: SessionGrant;
  readonly expiresAt: Date;
  readonly now: Date;
  /** Shown only where a person, and not a log, reads it. */
  readonly code?: string;
  /** The id of the session that this one is inside. */
  readonly inside?: string;
  /** Classes that were asked for and that the outer session does not grant. */
  readonly dropped?: readonly string[];
}

/** The lines printed before the command starts. */
export function bannerText(facts: BannerFacts): string {
  const { id, grant } = facts;
  const name = commandName(facts.command);
  const grantsAny = grant.classes.length > 0 || grant.wildcard;
  const may = grantsAny ? "may delete without asking" : "may delete nothing";
  const rows: [string, string][] = [["classes", grantText(grant)]];
  if (facts.inside !== undefined)
    rows.push(["inside", `session ${facts.inside}, which must allow each deletion too`]);
  if (facts.dropped !== undefined && facts.dropped.length > 0)
    rows.push([
      "left out",
      `${facts.dropped.join(", ")}: session ${facts.inside} does not grant them`,
    ]);
  rows.push(
    ["others", "refused; answer from another terminal: holdfast approve"],
    [
      "ends",
      `with ${name}, at ${clockTime(facts.expiresAt, facts.now)}, or by: holdfast session revoke ${id}`,
    ],
  );
  if (facts.code !== undefined)
    rows.push(["code", `${facts.code} proves a newer terminal yours; never give it to an agent`]);
  return [
    `holdfast: session ${id}: ${name} ${may}`,
    ...rows.map(([label, text]) => `  ${label.padEnd(8)} ${text}`),
    `  A safety rail, not a wall: ${name} runs as you. The token's own scope is the limit.`,
    "",
  ].join("\n");
}

const SHOWN_PER_RESULT = 5;

function resultRow(
  result: ReceiptEntry["result"],
  count: number,
  entries: readonly ReceiptEntry[],
  label: string = result,
): string[] {
  if (count === 0) return [];
  const matching = entries.filter((entry) => entry.result === result);
  const shown = matching.slice(-SHOWN_PER_RESULT).map((entry) => {
    const why = entry.reason === undefined ? "" : ` [${entry.reason}]`;
    const status = entry.status === undefined || result === "deleted" ? "" : ` (${entry.status})`;
    return `           ${visible(entry.method)} ${visible(typedPath(entry.path))}${status}${why}`;
  });
  const hidden = matching.length - shown.length;
  const more = hidden > 0 ? [`           and ${hidden} before`] : [];
  return [`  ${label.padEnd(8)} ${count}`, ...more, ...shown];
}

/** Whether an entry is a command's, which ran; the rest deleted something. */
const isCommand = ({ method }: ReceiptEntry): boolean => method === "RUN";

/** What was let through: deletions, and commands. The entries are the latest; the count is of all. */
function ranRows(count: number, entries: readonly ReceiptEntry[]): string[] {
  const ran = entries.filter((entry) => isCommand(entry) && entry.result === "deleted");
  const ranCount = Math.min(count, ran.length);
  const deleted = entries.filter((entry) => !isCommand(entry));
  return [
    ...resultRow("deleted", count - ranCount, deleted),
    ...resultRow("deleted", ranCount, ran, "ran"),
  ];
}

/** `widened  projects, at 14:02, for request K7QF, by ana@laptop (process 4711 (zsh))`. */
function wideningRows({ widened }: SessionDescription, now: Date): string[] {
  return widened.map((each) => {
    const at = clockTime(new Date(each.at), now);
    return `  widened  ${each.class}, at ${at}, for request ${each.request}, by ${visible(each.by)}`;
  });
}

/** The receipt as text. `ending` says how the command ended: `exited with 0`. */
export function receiptText(session: SessionDescription, ending: string): string {
  const { counts, entries } = session;
  const total = counts.deleted + counts.failed + counts.unknown + counts.refused;
  const heading = `holdfast: session ${session.id} ended: ${visible(session.command)} ${ending}`;
  if (total === 0 && session.widened.length === 0)
    return `${heading}; it allowed nothing and refused nothing\n`;
  return [
    heading,
    `  granted  ${grantText(session)}${session.state === "live" ? "" : `, ${session.state}`}`,
    ...wideningRows(session, new Date()),
    ...ranRows(counts.deleted, entries),
    ...resultRow("failed", counts.failed, entries),
    ...resultRow("unknown", counts.unknown, entries),
    ...resultRow("refused", counts.refused, entries),
    "",
  ].join("\n");
}
