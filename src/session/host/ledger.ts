// What a session may still do, in the host's memory alone.
//
// B1 Reserved and spent items together never exceed the budget.
// B2 A reservation that is dropped before `sending` returns; after it, the items are spent. It is
//    good for one request.
// B3 Revoked and expired are final. Both are asked again at `sending`, not only at `reserve`.
// B4 The session ends when either clock says so: setting the wall clock back does not prolong it.

import { coverage, type LookUpNeed, type SessionGrant } from "../../policy/session-grant.ts";
import type { Reason } from "../../policy/reason.ts";
import { RESOURCE_CLASSES } from "../../policy/resource-class.ts";
import type { Clock } from "../../system/clock.ts";
import type { OperationSummary, Outcome } from "../protocol/messages.ts";
import type { Receipt } from "./receipt.ts";

export type Verdict =
  | { readonly verdict: "allowed"; readonly by: "name" | "wildcard" }
  | { readonly verdict: "look-up"; readonly needs: readonly LookUpNeed[] }
  | { readonly verdict: "refused"; readonly reason: Reason; readonly detail?: string };

/** One caller's claim on the budget. */
export interface Reservation {
  readonly operation: OperationSummary;
  state: "reserved" | "sending" | "settled";
}

const refused = (reason: Reason, detail?: string): Verdict => ({
  verdict: "refused",
  reason,
  ...(detail === undefined ? {} : { detail }),
});

/** The live state of one session. */
export class Ledger {
  readonly grant: SessionGrant;
  readonly #receipt: Receipt;
  readonly #clock: Clock;
  readonly #endWall: number;
  readonly #endBoot: number;
  #spent = 0;
  #reserved = 0;
  #revoked = false;

  /** `ttlMs`: how long from now the grant lasts. */
  constructor(grant: SessionGrant, ttlMs: number, clock: Clock, receipt: Receipt) {
    this.grant = grant;
    this.#receipt = receipt;
    this.#clock = clock;
    this.#endWall = clock.wall() + ttlMs;
    this.#endBoot = clock.boot() + ttlMs;
  }

  get state(): "live" | "expired" | "revoked" {
    if (this.#revoked) return "revoked";
    const isOver = this.#clock.wall() >= this.#endWall || this.#clock.boot() >= this.#endBoot;
    return isOver ? "expired" : "live";
  }

  get expiresAt(): Date {
    return new Date(this.#endWall);
  }

  get spent(): number {
    return this.#spent;
  }

  get reserved(): number {
    return this.#reserved;
  }

  /** How many more items may be reserved; undefined: no limit. */
  get remaining(): number | undefined {
    const { maxDeletes } = this.grant;
    return maxDeletes === undefined ? undefined : maxDeletes - this.#spent - this.#reserved;
  }

  revoke(): void {
    this.#revoked = true;
  }

  /** What the session says to an operation now; changes nothing. */
  judge(operation: OperationSummary): Verdict {
    const { state } = this;
    if (state !== "live") return refused(state);
    const covered = coverage(this.grant, operation);
    if (covered.covered === "no")
      return refused(covered.reason, this.#detail(covered.reason, operation));
    if (covered.covered === "look-up") return { verdict: "look-up", needs: covered.needs };
    if (this.remaining !== undefined && operation.items > this.remaining)
      return refused(
        "budget-spent",
        `${this.remaining} of ${this.grant.maxDeletes} left, ${operation.items} asked for`,
      );
    return { verdict: "allowed", by: covered.by };
  }

  #detail(reason: Reason, operation: OperationSummary): string | undefined {
    if (reason === "other-hostname") return this.grant.hostname;
    if (reason === "other-organization") return this.grant.organization;
    if (reason !== "not-reversible" || operation.resourceClass === "unknown") return undefined;
    if (operation.resourceClass === "commands") return undefined;
    return operation.because ?? RESOURCE_CLASSES[operation.resourceClass].because;
  }

  /** Takes the items out of the budget. Only after `judge` allowed it, in the same turn. */
  reserve(operation: OperationSummary): Reservation {
    this.#reserved += operation.items;
    return { operation, state: "reserved" };
  }

  /** The last question before the request leaves: undefined when it may, else why not (B3). */
  startSending(reservation: Reservation): Verdict | undefined {
    if (reservation.state !== "reserved") return refused("budget-spent", "it was used already");
    const { state } = this;
    if (state !== "live") {
      this.drop(reservation);
      return refused(state);
    }
    reservation.state = "sending";
    this.#reserved -= reservation.operation.items;
    this.#spent += reservation.operation.items;
    return undefined;
  }

  /** Records what became of what was sent. */
  settle(reservation: Reservation, outcome: Outcome, status?: number): void {
    if (reservation.state !== "sending") return;
    reservation.state = "settled";
    const result =
      outcome === "succeeded" ? "deleted" : outcome === "unknown" ? "unknown" : "failed";
    this.#receipt.add(reservation.operation, result, status === undefined ? {} : { status });
  }

  /** The caller is gone: before `sending` the items return, after it they are spent (B2). */
  drop(reservation: Reservation): void {
    if (reservation.state === "reserved") {
      reservation.state = "settled";
      this.#reserved -= reservation.operation.items;
    } else this.settle(reservation, "unknown");
  }

  /** Puts a refusal on the receipt. */
  refuse(operation: OperationSummary, reason: Reason): void {
    this.#receipt.add(operation, "refused", { reason });
  }
}
