// The same refusal again and again: an agent in a loop would fill the log with it.
//
// D4 The first one of a kind is kept at once. Those that follow are counted, and kept once a second
//    at most and at the end, as one with their number; none is left out of the count.

import type { AuditFacts } from "../../policy/audit-entry.ts";

/** How long repetitions are counted before they are kept, in milliseconds. */
const COUNTING_MS = 1000;

/** A refusal, with how many items it was about. */
export type Refused = AuditFacts & { readonly items: number };

interface Repetition {
  readonly facts: Refused;
  times: number;
  items: number;
}

/** Passes refusals on to `keep`, by D4. */
export class RepeatedRefusals {
  readonly #keep: (facts: AuditFacts) => void;
  readonly #recent = new Map<string, Repetition>();
  #timer: NodeJS.Timeout | undefined;

  constructor(keep: (facts: AuditFacts) => void) {
    this.#keep = keep;
  }

  add(facts: Refused): void {
    const key = JSON.stringify([facts.operation, facts.reason]);
    const repetition = this.#recent.get(key);
    if (repetition !== undefined) {
      repetition.times += 1;
      repetition.items += facts.items;
      return;
    }
    this.#recent.set(key, { facts, times: 0, items: 0 });
    this.#timer ??= setInterval(() => this.flush(), COUNTING_MS).unref();
    this.#keep(facts);
  }

  /** Keeps what was counted; what was not repeated for a while is forgotten. */
  flush(): void {
    for (const [key, repetition] of this.#recent) {
      const { facts, times, items } = repetition;
      if (times === 0) this.#recent.delete(key);
      else this.#keep({ ...facts, items, detail: `${times} times` });
      repetition.times = 0;
      repetition.items = 0;
    }
    if (this.#recent.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Keeps what was counted, and counts no more. */
  end(): void {
    this.flush();
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#recent.clear();
  }
}
