// The lines of a receipt, as they come about, and their counts.

import type { AuditEntry } from "../policy/audit-entry.ts";
import type { ReceiptLine, ReceiptResult } from "./receipt.ts";
import { type Answer, type Attempt, isCommand } from "./receipt-attempts.ts";

/** More lines than a person reads; the counts go on. */
const MOST = 1000;

const RESULTS: Readonly<Record<string, ReceiptResult>> = {
  succeeded: "deleted",
  failed_no_effect: "failed",
};

/** A command that ran to its end: what it deleted, if anything, nobody knows (K3). */
function resultOf(entry: AuditEntry, outcome: string | undefined): ReceiptResult {
  const result = RESULTS[outcome ?? ""] ?? "unknown";
  return result === "deleted" && isCommand(entry) ? "ran" : result;
}

function lineOf(
  entry: AuditEntry,
  result: ReceiptResult,
  { line, ...answer }: Answer,
): ReceiptLine {
  const { at, operation = "", target, class: name, items = 1, reason, status } = entry;
  return {
    at,
    result,
    operation: line ?? operation,
    ...(target === undefined ? {} : { target }),
    ...(name === undefined ? {} : { class: name }),
    items,
    ...(reason === undefined ? {} : { reason }),
    ...(status === undefined ? {} : { status }),
    ...answer,
  };
}

export class ReceiptLines {
  readonly #counts: Record<ReceiptResult, number> = {
    deleted: 0,
    ran: 0,
    failed: 0,
    unknown: 0,
    refused: 0,
    "under way": 0,
  };
  readonly #lines: ReceiptLine[] = [];
  readonly #open = new Map<string, AuditEntry[]>();
  readonly #refusals = new Set<string>();
  #earlier = 0;
  #spent = 0;

  /** The host let it through. */
  begun(entry: AuditEntry): void {
    const { operation = "" } = entry;
    this.#open.set(operation, [...(this.#open.get(operation) ?? []), entry]);
  }

  /** What became of what the host let through. */
  settled(outcome: AuditEntry, answer: Answer): void {
    const { operation = "" } = outcome;
    const [, ...later] = this.#open.get(operation) ?? [];
    if (later.length === 0) this.#open.delete(operation);
    else this.#open.set(operation, later);
    this.#spent += outcome.items ?? 1;
    this.#add(lineOf(outcome, resultOf(outcome, outcome.outcome), answer));
  }

  refused(entry: AuditEntry): void {
    this.#refusals.add(refusalKey(entry));
    this.#add(lineOf(entry, "refused", {}));
  }

  /** Refused by the session, and let through after all: the refusal gives way. */
  reported(outcome: AuditEntry, answer: Answer): void {
    const { operation = "", items = 1 } = outcome;
    const at = this.#lines.findLastIndex(
      (line) => line.result === "refused" && line.operation === operation,
    );
    const line = this.#lines[at];
    if (line !== undefined) {
      this.#lines.splice(at, 1);
      this.#counts.refused -= Math.min(items, line.items);
      if (line.items > items) this.#lines.splice(at, 0, { ...line, items: line.items - items });
    }
    this.#add(lineOf(outcome, resultOf(outcome, outcome.outcome), answer));
  }

  /** Something that the host has nothing of. */
  addOthers({ decided, reason, answer, outcome }: Attempt): void {
    const named = reason === undefined ? decided : { ...decided, reason };
    if (decided.effect === "deny") {
      if (!this.#refusals.has(refusalKey(decided))) this.#add(lineOf(named, "refused", {}));
      return;
    }
    const status = outcome?.status === undefined ? {} : { status: outcome.status };
    const result = outcome === undefined ? "under way" : resultOf(decided, outcome.outcome);
    this.#add(lineOf({ ...named, ...status }, result, answer));
  }

  #add(line: ReceiptLine): void {
    this.#counts[line.result] += line.items;
    this.#lines.push(line);
    if (this.#lines.length <= MOST) return;
    const refused = this.#lines.findIndex(({ result }) => result === "refused");
    this.#lines.splice(Math.max(0, refused), 1);
    this.#earlier += 1;
  }

  /** `isLive`: what has no outcome may get one yet (K2). */
  finish(isLive: boolean): {
    readonly lines: readonly ReceiptLine[];
    readonly counts: Readonly<Record<ReceiptResult, number>>;
    readonly earlier: number;
    readonly spent: number;
  } {
    for (const entry of [...this.#open.values()].flat()) {
      this.#spent += entry.items ?? 1;
      this.#add(lineOf(entry, "under way", {}));
    }
    const counts = { ...this.#counts };
    const more = { earlier: this.#earlier, spent: this.#spent };
    if (isLive) return { lines: this.#lines, counts, ...more };
    counts.unknown += counts["under way"];
    counts["under way"] = 0;
    const lines = this.#lines.map((line) =>
      line.result === "under way" ? { ...line, result: "unknown" as const } : line,
    );
    return { lines, counts, ...more };
  }
}

/** A query is no part of how the host names a request. */
const refusalKey = ({ operation = "", reason = "" }: AuditEntry): string =>
  `${reason} ${operation.split("?")[0]}`;
