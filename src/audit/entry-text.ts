// One entry on one line, for people.

import type { AuditEntry } from "../policy/audit-entry.ts";
import { visible } from "../system/terminal-text.ts";

/** `2026-01-02 14:02:03`, UTC. */
export const entryTime = ({ at }: AuditEntry): string => visible(at.slice(0, 19).replace("T", " "));

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
    target === undefined || target === "" ? undefined : `on ${target}`,
    request === undefined ? undefined : `request ${request}`,
    by === undefined ? undefined : `by ${by}`,
    detail === undefined ? undefined : `: ${detail}`,
  ];
  return visible(
    parts
      .filter((part) => part !== undefined)
      .join(" ")
      .replace(/^: | (?=: )/, ""),
  );
}

/** The line. */
export function entryText(entry: AuditEntry): string {
  const session = visible(entry.session ?? "------");
  return `${entryTime(entry)}  ${session.padEnd(6)}  ${entry.event.padEnd(17)} ${entrySays(entry)}`;
}
