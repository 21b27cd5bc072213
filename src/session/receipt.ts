// What a session allowed and refused: kept by the host, shown when it ends.

import type { Reason } from "../policy/reason.ts";
import type { OperationSummary, ReceiptEntry } from "./protocol.ts";

/** More entries than a person reads; the counts go on. */
const MAX_ENTRIES = 1000;

export type ReceiptResult = ReceiptEntry["result"];

/** Collects entries in the order in which they were settled. */
export class Receipt {
  readonly #entries: ReceiptEntry[] = [];
  readonly #now: () => number;
  readonly counts: Record<ReceiptResult, number> = {
    deleted: 0,
    failed: 0,
    unknown: 0,
    refused: 0,
  };

  /** `now`: the wall clock, in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The latest entries, the newest last. */
  get entries(): readonly ReceiptEntry[] {
    return this.#entries;
  }

  /** The latest `most` entries that take no more than `characters` as JSON, the newest last. */
  latest(most: number, characters: number): ReceiptEntry[] {
    const latest = this.#entries.slice(-most);
    let left = characters;
    const from = latest.findLastIndex((entry) => {
      left -= JSON.stringify(entry).length;
      return left < 0;
    });
    return latest.slice(from + 1);
  }

  add(
    operation: OperationSummary,
    result: ReceiptResult,
    more: { readonly reason?: Reason; readonly status?: number } = {},
  ): void {
    this.counts[result] += operation.items;
    this.#entries.push({
      at: new Date(this.#now()).toISOString(),
      title: operation.title,
      method: operation.method,
      path: operation.path,
      resourceClass: operation.resourceClass,
      items: operation.items,
      result,
      ...more,
    });
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
  }
}
