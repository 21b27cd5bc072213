// What becomes of what the session decides: a line on the receipt, and an entry in the audit log.
//
// D1 What is let through, and what a person adds to a session, is logged before it happens; what
//    cannot be logged does not happen.
// D2 An outcome that cannot be logged is unknown, on the receipt too.
// D3 A refusal stands whether or not it can be logged; that it cannot is said once.
// D5 Whatever is on the receipt is in the log, in the same numbers: but what D2 and D3 say was lost.

import type { AuditFacts } from "../../policy/audit-entry.ts";
import { typedPath } from "../../policy/operation.ts";
import type { Reason } from "../../policy/reason.ts";
import type { OperationSummary, Outcome } from "../protocol/messages.ts";
import type { Receipt, ReceiptResult } from "./receipt.ts";
import { RepeatedRefusals } from "./repeated-refusals.ts";

/** Keeps one entry, or throws. */
export type AuditPort = (facts: AuditFacts) => void;

export interface RecordsOptions {
  /** The session's public id. */
  readonly id: string;
  readonly receipt: Receipt;
  readonly audit: AuditPort;
  /** Told once, in one clause, when something could not be logged. */
  readonly onEvent: (event: string) => void;
}

const RESULTS = { succeeded: "deleted", failed_no_effect: "failed", unknown: "unknown" } as const;

/** The receipt and the log of one session. */
export class Records {
  readonly receipt: Receipt;
  readonly #options: RecordsOptions;
  readonly #refusals: RepeatedRefusals;
  #hasComplained = false;
  #isOver = false;

  constructor(options: RecordsOptions) {
    this.#options = options;
    this.receipt = options.receipt;
    this.#refusals = new RepeatedRefusals((facts) => void this.#tryToKeep(facts));
  }

  /** Logs that something is let through now; why it cannot be, in one line, where it cannot (D1). */
  allowed(operation: OperationSummary): string | undefined {
    return this.#keep({
      event: "decided",
      ...about(operation),
      effect: "allow",
      reason: "granted",
    });
  }

  /** Logs what a person adds now; why it cannot be, in one line, where it cannot (D1). */
  added(facts: AuditFacts): string | undefined {
    return this.#keep(facts);
  }

  refused(operation: OperationSummary, reason: Reason): void {
    if (this.#isOver) return;
    this.receipt.add(operation, "refused", { reason });
    this.#refusals.add({ event: "decided", ...about(operation), effect: "deny", reason });
  }

  /** What became of something that the session let through (D2). */
  settled(operation: OperationSummary, outcome: Outcome, status?: number): void {
    const { result, more } = this.#outcome(operation, "granted", outcome, status);
    this.receipt.add(operation, result, more);
  }

  /**
   * What became of something that an approval or an allowlist entry let through. The session had
   * refused it first: the last such refusal gives way to it on the receipt.
   */
  reported(operation: OperationSummary, reason: Reason, outcome: Outcome, status?: number): void {
    this.receipt.takeRefusalBack(operation);
    // A refusal that is only counted so far belongs before it.
    this.#refusals.flush();
    const { result, more } = this.#outcome(operation, reason, outcome, status);
    this.receipt.add(operation, result, { ...more, reason });
  }

  /** Logs that the session was started. @throws whatever the log throws */
  started(facts: Omit<AuditFacts, "event" | "session">): void {
    this.#options.audit({ event: "session-started", session: this.#options.id, ...facts });
  }

  /** Logs an event in the session's life (D3). */
  happened(facts: AuditFacts): void {
    this.#tryToKeep(facts);
  }

  /** Logs what is still counted, and how the session ended. Nothing more comes after it. */
  ended(how: string): void {
    if (this.#isOver) return;
    this.#refusals.end();
    this.#tryToKeep({ event: "session-ended", detail: how });
    this.#isOver = true;
  }

  #outcome(
    operation: OperationSummary,
    reason: Reason,
    outcome: Outcome,
    status: number | undefined,
  ): { readonly result: ReceiptResult; readonly more: { readonly status?: number } } {
    const more = status === undefined ? {} : { status };
    const isKept = this.#tryToKeep({
      event: "outcome",
      ...about(operation),
      outcome,
      reason,
      ...more,
    });
    return { result: isKept ? RESULTS[outcome] : "unknown", more };
  }

  #tryToKeep(facts: AuditFacts): boolean {
    const why = this.#keep(facts);
    if (why === undefined) return true;
    if (!this.#hasComplained) this.#options.onEvent(`the audit log cannot be written: ${why}`);
    this.#hasComplained = true;
    return false;
  }

  #keep(facts: AuditFacts): string | undefined {
    if (this.#isOver) return "the session has ended";
    try {
      this.#options.audit({ session: this.#options.id, ...facts });
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

/** An operation as the log names it. */
function about({ method, path, resourceClass, hostname, organization, items }: OperationSummary) {
  const target = organization === undefined ? hostname : `${organization} on ${hostname}`;
  return { class: resourceClass, operation: `${method} ${typedPath(path)}`, target, items };
}
