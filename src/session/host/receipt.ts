// What a session allowed and refused: kept by the host, shown when it ends.

import type { Reason } from "../../policy/reason.ts";
import type { OperationSummary, ReceiptEntry } from "../protocol/messages.ts";

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

  /**
   * The latest entries, the newest last: at most `most`, and no more than `characters` as JSON. What
   * was let through comes before what was refused, which a command can have as often as it likes.
   */
  latest(most: number, characters: number): ReceiptEntry[] {
    const chosen = new Set<ReceiptEntry>();
    let left = characters;
    for (const entry of this.#byWeight()) {
      left -= JSON.stringify(entry).length;
      if (left < 0 || chosen.size >= most) break;
      chosen.add(entry);
    }
    return this.#entries.filter((entry) => chosen.has(entry));
  }

  #byWeight(): ReceiptEntry[] {
    const newest = [...this.#entries].reverse();
    const isRefused = (entry: ReceiptEntry) => entry.result === "refused";
    return [...newest.filter((entry) => !isRefused(entry)), ...newest.filter(isRefused)];
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
    if (this.#entries.length > MAX_ENTRIES) this.#forgetOne();
  }

  /** Takes the last refusal of the same request off again, if there is one. */
  takeRefusalBack({ method, path }: Pick<OperationSummary, "method" | "path">): void {
    const index = this.#entries.findLastIndex(
      (entry) => entry.result === "refused" && entry.method === method && entry.path === path,
    );
    const [taken] = index < 0 ? [] : this.#entries.splice(index, 1);
    this.counts.refused -= taken?.items ?? 0;
  }

  #forgetOne(): void {
    const refused = this.#entries.findIndex((entry) => entry.result === "refused");
    this.#entries.splice(Math.max(0, refused), 1);
  }
}
