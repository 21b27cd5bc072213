// Entries of the allowlist as people read them. How much an entry covers is never left out.

import { type AllowlistEntry, ANY_AGENT, type ListedEntry } from "../policy/allowlist.ts";
import { describeBreadth, isDigest } from "../policy/allowlist-arguments.ts";
import { isCurrent } from "../policy/allowlist-match.ts";
import { cellWidth } from "../system/cell-width.ts";
import { visible } from "../system/terminal-text.ts";
import type { Grid } from "./api/columns.ts";
import { markdownTable } from "./api/markdown.ts";
import { table } from "./api/table.ts";

const HEADS = ["id", "agent", "pattern", "covers", "origin", "last use", "expires"] as const;

/** RFC 3339 as `2026-03-01 12:00Z`. */
const minute = (instant: string): string => visible(`${instant.slice(0, 16).replace("T", " ")}Z`);

function gridOf(entries: readonly ListedEntry[], now: Date): Grid {
  const rows = entries.map((entry) => [
    entry.id,
    entry.agent,
    visible(entry.pattern),
    visible(coverText(entry)),
    entry.origin,
    entry.lastUsedAt === undefined ? "-" : minute(entry.lastUsedAt),
    expiryText(entry, now),
  ]);
  return { heads: HEADS, rows };
}

/** What it covers; where that is a digest, also what was approved: nobody can read a digest. */
function coverText(entry: Pick<AllowlistEntry, "origin" | "argPattern" | "note">): string {
  const { argPattern, note } = entry;
  const breadth = describeBreadth(entry);
  const isDigestOf = note !== undefined && argPattern !== undefined && isDigest(argPattern);
  return isDigestOf ? `${breadth}: ${note}` : breadth;
}

function expiryText(entry: AllowlistEntry, now: Date): string {
  if (entry.expiresAt === undefined) return "never";
  return isCurrent(entry, now) ? minute(entry.expiresAt) : "expired";
}

/**
 * A table; where the terminal is too narrow for it, a few lines for each entry.
 *
 * @param columns the terminal's width, in cells; undefined: no terminal, and no limit
 */
export function entriesText(
  entries: readonly ListedEntry[],
  now: Date,
  columns: number | undefined,
  color: boolean,
): string {
  const grid = gridOf(entries, now);
  const wide = table(grid, Number.MAX_SAFE_INTEGER, color);
  const width = Math.max(...table(grid, Number.MAX_SAFE_INTEGER, false).split("\n").map(cellWidth));
  if (columns === undefined || width <= columns) return `${wide}\n`;
  return grid.rows.map(blockOf).join("");
}

function blockOf([id = "", agent = "", pattern = "", ...rest]: readonly string[]): string {
  const [covers = "", origin = "", lastUse = "", expires = ""] = rest;
  const used = lastUse === "-" ? "not used lately" : `last used ${lastUse}`;
  const end = expires === "expired" ? expires : `expires ${expires}`;
  return `${id}  ${agent}  ${pattern}\n    covers   ${covers}\n    ${origin}, ${used}, ${end}\n`;
}

/** A Markdown table. */
export function entriesMarkdown(entries: readonly ListedEntry[], now: Date): string {
  return entries.length === 0 ? "No entries.\n" : `${markdownTable(gridOf(entries, now))}\n`;
}

/** An entry for --json. */
export function entryJson(entry: ListedEntry, now: Date): object {
  return { ...entry, covers: describeBreadth(entry), expired: !isCurrent(entry, now) };
}

/** One clause: whose commands it covers, and which. */
export function entryLine(agent: string, entry: Omit<AllowlistEntry, "id" | "createdAt">): string {
  const whose = agent === ANY_AGENT ? "every agent" : agent;
  const until = entry.expiresAt === undefined ? "" : `, until ${minute(entry.expiresAt)}`;
  return visible(`${whose}: ${entry.pattern} with ${coverText(entry)}${until}`);
}
