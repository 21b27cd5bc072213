// One entry on one line, for people.

import type { AuditEntry } from "../policy/audit-entry.ts";
import { visible } from "../system/terminal-text.ts";

const SESSION_WIDTH = "SESSION".length;
const EVENT_WIDTH = 17;

/** `2026-01-02 14:02:03Z`: UTC, as the log has it. */
export const entryTime = ({ at }: AuditEntry): string =>
  visible(`${at.slice(0, 19).replace("T", " ")}Z`);

/** The store has host, organization and path apart: `host/path (organization)`. */
function targetText(target: string): string {
  const [, host, organization, path] = /^(\S+) (?:([^\s/]\S*) )?(\/.*)$/s.exec(target) ?? [];
  if (host === undefined || path === undefined) return target;
  return `${host}${path}${organization === undefined ? "" : ` (${organization})`}`;
}

/** What was counted and came to no more than the entry itself says. */
const ONCE = /^1 times?$/;

/** What it says besides when, which session and which event. */
export function entrySays(entry: AuditEntry): string {
  const { effect, outcome, operation, status, reason, items, request, target, by, detail } = entry;
  const parts = [
    effect,
    outcome?.replaceAll("_", " "),
    operation ?? entry.class,
    items !== undefined && items > 1 ? `(${items} items)` : undefined,
    status === undefined ? undefined : `(${status})`,
    reason === undefined ? undefined : `[${reason}]`,
    target === undefined || target === "" ? undefined : `on ${targetText(target)}`,
    request === undefined ? undefined : `request ${request}`,
    by === undefined ? undefined : `by ${by}`,
    detail === undefined || ONCE.test(detail) ? undefined : `: ${detail}`,
  ];
  return visible(
    parts
      .filter((part) => part !== undefined)
      .join(" ")
      .replace(/^: | (?=: )/, ""),
  );
}

/** What stands above the lines. */
export const ENTRY_HEADS = `${"TIME".padEnd(20)}  ${"SESSION".padEnd(SESSION_WIDTH)}  ${"EVENT".padEnd(EVENT_WIDTH)} WHAT`;

/** The line. */
export function entryText(entry: AuditEntry): string {
  const session = visible(entry.session ?? "------");
  return `${entryTime(entry)}  ${session.padEnd(SESSION_WIDTH)}  ${entry.event.padEnd(EVENT_WIDTH)} ${entrySays(entry)}`;
}
