// What a session may still do, in the host's memory alone.
//
// B1 Reserved and spent items together never exceed the budget.
// B2 A reservation that is dropped before `sending` returns; after it, the items are spent. It is
//    good for one request.
// B3 Revoked and expired are final. Both are asked again at `sending`, not only at `reserve`.
// B4 The session ends when either clock says so: setting the wall clock back does not prolong it.
// B5 What a person said no to, what is being attempted and what may have happened is refused,
//    whatever the grant says; asked again at `sending`.
// B6 Widening adds one class by name while the session is live, and changes nothing else.

import { coverage, type LookUpNeed, type SessionGrant } from "../../policy/session-grant.ts";
import type { Reason } from "../../policy/reason.ts";
import {
  isResourceClass,
  RESOURCE_CLASSES,
  type ResourceClass,
} from "../../policy/resource-class.ts";
import type { Clock } from "../../system/clock.ts";
import type { Blocked } from "./blocks.ts";
import type { OperationSummary, Outcome, Widening } from "../protocol/messages.ts";
import type { Records } from "./records.ts";

export type Verdict =
  | { readonly verdict: "allowed"; readonly by: "name" | "wildcard" }
  | { readonly verdict: "look-up"; readonly needs: readonly LookUpNeed[] }
  | Refused;

/** A no: why, and the request that blocks the resource, where one does. */
export interface Refused {
  readonly verdict: "refused";
  readonly reason: Reason;
  readonly detail?: string;
  readonly request?: string;
}

/** One caller's claim on the budget. */
export interface Reservation {
  readonly operation: OperationSummary;
  state: "reserved" | "sending" | "settled";
}

const refused = (reason: Reason, detail?: string): Refused => ({
  verdict: "refused",
  reason,
  ...(detail === undefined ? {} : { detail }),
});

/** What a ledger tells of, and what it asks before it lets anything through. */
export interface LedgerPorts {
  readonly clock: Clock;
  readonly records: Pick<Records, "allowed" | "refused" | "settled" | "happened">;
  readonly blocks: { of(resource: string): Blocked | undefined };
}

/** The live state of one session. */
export class Ledger {
  readonly #records: LedgerPorts["records"];
  readonly #blocks: LedgerPorts["blocks"];
  readonly #clock: Clock;
  readonly #endWall: number;
  readonly #endBoot: number;
  readonly #widened: Widening[] = [];
  #grant: SessionGrant;
  #spent = 0;
  #reserved = 0;
  #revoked = false;

  /** `ttlMs`: how long from now the grant lasts. */
  constructor(grant: SessionGrant, ttlMs: number, { clock, records, blocks }: LedgerPorts) {
    this.#grant = grant;
    this.#records = records;
    this.#blocks = blocks;
    this.#clock = clock;
    this.#endWall = clock.wall() + ttlMs;
    this.#endBoot = clock.boot() + ttlMs;
  }

  /** What is granted now. */
  get grant(): SessionGrant {
    return this.#grant;
  }

  /** Every class that a person added since the start. */
  get widened(): readonly Widening[] {
    return this.#widened;
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

  /** Grants one more class, by name (B6). False where it does already, or grants nothing any more. */
  widen(resourceClass: ResourceClass, more: Pick<Widening, "request" | "by">): boolean {
    if (this.state !== "live" || this.grant.classes.includes(resourceClass)) return false;
    this.#grant = { ...this.grant, classes: [...this.grant.classes, resourceClass].sort() };
    const at = new Date(this.#clock.wall()).toISOString();
    this.#widened.push({ class: resourceClass, at, ...more });
    return true;
  }

  /** What the session says to an operation now; changes nothing. */
  judge(operation: OperationSummary): Verdict {
    const why = this.#whyNothing(operation);
    if (why !== undefined) return why;
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

  /** What is asked again at `sending` (B3, B5). */
  #whyNothing(operation: OperationSummary): Refused | undefined {
    const { state } = this;
    if (state !== "live") return refused(state);
    const blocked = this.#blocks.of(operation.resource);
    return blocked && { verdict: "refused", ...blocked };
  }

  #detail(reason: Reason, operation: OperationSummary): string | undefined {
    if (reason === "other-hostname") return this.grant.hostname;
    if (reason === "other-organization") return this.grant.organization;
    const { resourceClass } = operation;
    if (reason !== "not-reversible" || !isResourceClass(resourceClass)) return undefined;
    return operation.because ?? RESOURCE_CLASSES[resourceClass].because;
  }

  /** Takes the items out of the budget. Only after `judge` allowed it, in the same turn. */
  reserve(operation: OperationSummary): Reservation {
    this.#reserved += operation.items;
    return { operation, state: "reserved" };
  }

  /**
   * The last question before the request leaves: undefined when it may, else why not (B3, B5). What
   * cannot be recorded may not, and costs nothing.
   */
  startSending(reservation: Reservation): Refused | undefined {
    const { operation } = reservation;
    if (reservation.state !== "reserved") return refused("budget-spent", "it was used already");
    const why = this.#whyNothing(operation) ?? this.#whyUnrecorded(operation);
    if (why !== undefined) {
      this.drop(reservation);
      return why;
    }
    reservation.state = "sending";
    this.#reserved -= operation.items;
    this.#spent += operation.items;
    if (this.#spent === this.grant.maxDeletes)
      this.#records.happened({ event: "session-spent", items: this.#spent });
    return undefined;
  }

  #whyUnrecorded(operation: OperationSummary): Refused | undefined {
    const failure = this.#records.allowed(operation);
    return failure === undefined ? undefined : refused("store-refused", failure);
  }

  /** Records what became of what was sent. */
  settle(reservation: Reservation, outcome: Outcome, status?: number): void {
    if (reservation.state !== "sending") return;
    reservation.state = "settled";
    this.#records.settled(reservation.operation, outcome, status);
  }

  /** The caller is gone: before `sending` the items return, after it they are spent (B2). */
  drop(reservation: Reservation): void {
    if (reservation.state === "reserved") {
      reservation.state = "settled";
      this.#reserved -= reservation.operation.items;
    } else this.settle(reservation, "unknown");
  }

  /** Records a refusal. */
  refuse(operation: OperationSummary, reason: Reason): void {
    this.#records.refused(operation, reason);
  }
}
