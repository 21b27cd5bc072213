// What a session said to its audit log, in a test's hands.

import type { AuditFacts } from "../../src/policy/audit-entry.ts";
import { Receipt } from "../../src/session/host/receipt.ts";
import { Records } from "../../src/session/host/records.ts";

/** Records over a log that a test reads, and breaks. */
export class HandRecords {
  readonly kept: AuditFacts[] = [];
  readonly said: string[] = [];
  readonly receipt: Receipt;
  readonly records: Records;
  /** Thrown instead of keeping anything. */
  failure: Error | undefined;

  constructor(now: () => number = () => 0) {
    this.receipt = new Receipt(now);
    this.records = new Records({
      id: "7KQF2M",
      receipt: this.receipt,
      audit: (facts) => {
        if (this.failure !== undefined) throw this.failure;
        this.kept.push(facts);
      },
      onEvent: (event) => this.said.push(event),
    });
  }
}
