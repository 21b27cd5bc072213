// What a session's entries in the audit log come to: the receipt's numbers, read from the log alone.

import type { AuditEntry } from "../../src/policy/audit-entry.ts";

const RESULTS: Readonly<Record<string, "deleted" | "failed" | "unknown">> = {
  succeeded: "deleted",
  failed_no_effect: "failed",
  unknown: "unknown",
};

/**
 * Counts items, in the order of the log. What was carried out although the session had refused it
 * (an approval, an allowlist entry) takes one such refusal back.
 */
export function countsInLog(entries: readonly AuditEntry[]) {
  const counts = { deleted: 0, failed: 0, unknown: 0, refused: 0 };
  const refused = new Map<string, number>();
  for (const { event, effect, outcome, reason, operation = "", items = 0 } of entries) {
    if (event === "decided" && effect === "deny") {
      counts.refused += items;
      refused.set(operation, (refused.get(operation) ?? 0) + items);
    }
    if (event !== "outcome") continue;
    counts[RESULTS[outcome ?? ""] ?? "unknown"] += items;
    const before = refused.get(operation) ?? 0;
    if (reason === "granted" || before === 0) continue;
    counts.refused -= items;
    refused.set(operation, before - items);
  }
  return counts;
}
