// Entries of a session, as its host and others write them.

import { AuditChain, type AuditEntry, type AuditFacts } from "../../src/policy/audit-entry.ts";

export const SESSION = "7KQF2M";

/** Writers of one story: each call of one of them is a second later than the last. */
export class Story {
  readonly entries: AuditEntry[] = [];
  readonly host = this.#writer();
  readonly gate = this.#writer();
  readonly store = this.#writer();
  #now = Date.parse("2026-01-02T10:00:00Z");

  #writer(): (facts: AuditFacts) => void {
    const chain = new AuditChain();
    return (facts) => {
      const entry = chain.next({ session: SESSION, ...facts }, new Date(this.#now), []);
      chain.keep(entry);
      this.entries.push(entry);
      this.#now += 1000;
    };
  }

  started(): void {
    this.host({
      event: "session-started",
      detail: "workspaces (at most 10), on app.terraform.io, any organization",
      by: "ana@laptop (claude)",
    });
  }

  /** Something that the session granted. */
  granted(path: string, outcome?: string, items = 1): void {
    const about = { class: "workspaces", operation: `DELETE ${path}`, items };
    this.host({ event: "decided", ...about, effect: "allow", reason: "granted" });
    if (outcome === undefined) return;
    this.host({ event: "outcome", ...about, outcome, reason: "granted", status: 204 });
  }

  refused(path: string, reason: string, items = 1, detail?: string): void {
    const about = { class: "projects", operation: `DELETE ${path}`, items };
    const more = detail === undefined ? {} : { detail };
    this.host({ event: "decided", ...about, effect: "deny", reason, ...more });
  }
}
