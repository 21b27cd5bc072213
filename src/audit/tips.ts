// Which entries of others nobody has named yet: what a writer's next entry names as seen.
//
// N1 Whatever was whole in the log when an entry was made is named by it or by an entry before it.
//    So nothing but entries of the same moment is without an order, and nothing in the middle of
//    the log can be taken out without breaking a link.

import type { AuditEntry } from "../policy/audit-entry.ts";

/** How many one entry names; what is left waits for the next. */
const MOST = 16;

/** Takes in entries as the log has them, and tells which are not named yet. */
export class Tips {
  readonly #unnamed = new Set<string>();

  /** An entry of another writer, in the log's order. */
  take(entry: AuditEntry): void {
    this.named(entry);
    this.#unnamed.add(entry.hash);
  }

  /** What an entry names needs no other to name it. */
  named({ previous, seen }: AuditEntry): void {
    this.#unnamed.delete(previous);
    for (const hash of seen) this.#unnamed.delete(hash);
  }

  /** The last entry of a chain that ends here. */
  add(hash: string): void {
    this.#unnamed.add(hash);
  }

  /** For the next entry, in the log's order. */
  next(): string[] {
    return [...this.#unnamed].slice(0, MOST);
  }
}
