// One caller's claim, from `reserve` to `result`, over one connection. The end of the connection is
// an answer too: before `sending` nothing was sent; after it, it may have happened.

import type { Blocks } from "./blocks.ts";
import type { Ledger, Refused, Reservation, Verdict } from "./ledger.ts";
import type { OuterClaim, OuterSession } from "./outer.ts";
import type { OperationSummary, SessionAnswer, SessionRequest } from "../protocol/messages.ts";

interface DialogueOptions {
  readonly id: string;
  readonly ledger: Ledger;
  readonly blocks: Pick<Blocks, "current">;
  readonly outer?: OuterSession;
}

type Question = Extract<SessionRequest, { type: "peek" | "reserve" }>;
type Step = Extract<SessionRequest, { type: "sending" | "result" }>;

/** Keeps at most one reservation. `end` must be called when the connection ends. */
export class ClaimDialogue {
  readonly #options: DialogueOptions;
  #reservation: Reservation | undefined;
  #outerClaim: OuterClaim | undefined;

  constructor(options: DialogueOptions) {
    this.#options = options;
  }

  /** Whether something was sent of which the outcome is not known yet. */
  get isSending(): boolean {
    return this.#reservation?.state === "sending";
  }

  /** Judges an operation here and at the outer session; takes the budget for `reserve`. */
  async ask({ type, operation }: Question): Promise<SessionAnswer> {
    const { ledger, blocks } = this.#options;
    this.end();
    await blocks.current();
    const isPeek = type === "peek";
    const verdict = ledger.judge(operation);
    if (verdict.verdict !== "allowed") return this.#say(verdict, operation, isPeek);
    const outer = await this.#askOuter(operation, isPeek);
    if (outer !== undefined && outer.type !== "allowed") {
      if (outer.type === "refused" && !isPeek) ledger.refuse(operation, outer.reason);
      return outer;
    }
    // The outer host was asked in between: the budget may be gone by now (host.ts, H3).
    const again = ledger.judge(operation);
    if (again.verdict === "allowed" && !isPeek) this.#reservation = ledger.reserve(operation);
    else this.#outerClaim?.drop();
    return this.#say(again, operation, isPeek);
  }

  /** Moves the claim on: `sending` once after `reserve`, `result` once after that. */
  async go(step: Step): Promise<SessionAnswer> {
    const reservation = this.#reservation;
    const expected = step.type === "sending" ? "reserved" : "sending";
    if (reservation?.state !== expected)
      return { type: "error", message: `nothing is ${expected}` };
    if (step.type === "sending") return this.#send(reservation);
    this.#options.ledger.settle(reservation, step.outcome, step.status);
    this.#outerClaim?.result(step.outcome, step.status);
    this.#outerClaim = undefined;
    return { type: "recorded" };
  }

  async #send(reservation: Reservation): Promise<SessionAnswer> {
    const { ledger, blocks } = this.#options;
    const outer = await this.#outerClaim?.sending();
    if (outer !== undefined && outer.type !== "go") {
      ledger.drop(reservation);
      if (outer.type === "refused") ledger.refuse(reservation.operation, outer.reason);
      return outer;
    }
    await blocks.current();
    const refused = ledger.startSending(reservation);
    if (refused === undefined) return { type: "go" };
    // The outer session has let it go; it is told that nothing came of it.
    this.#outerClaim?.result("failed_no_effect");
    this.#outerClaim = undefined;
    ledger.refuse(reservation.operation, refused.reason);
    return this.#refusal(refused);
  }

  #refusal({ verdict: _, ...why }: Refused): SessionAnswer {
    return { type: "refused", session: this.#options.id, ...why };
  }

  /** The connection ended. */
  end(): void {
    if (this.#reservation !== undefined) this.#options.ledger.drop(this.#reservation);
    this.#outerClaim?.drop();
    this.#reservation = undefined;
    this.#outerClaim = undefined;
  }

  async #askOuter(
    operation: OperationSummary,
    isPeek: boolean,
  ): Promise<SessionAnswer | undefined> {
    const { outer } = this.#options;
    if (outer === undefined) return undefined;
    if (isPeek) return outer.peek(operation);
    this.#outerClaim = await outer.reserve(operation);
    return this.#outerClaim.answer;
  }

  #say(verdict: Verdict, operation: OperationSummary, isPeek: boolean): SessionAnswer {
    const { id, ledger } = this.#options;
    if (verdict.verdict === "look-up") return { type: "look-up", needs: [...verdict.needs] };
    if (verdict.verdict === "allowed") {
      const { remaining } = ledger;
      return {
        type: "allowed",
        session: id,
        by: verdict.by,
        ...(remaining === undefined ? {} : { remaining }),
      };
    }
    if (!isPeek) {
      ledger.refuse(operation, verdict.reason);
      void this.#options.outer?.tellRefusal(operation, verdict.reason);
    }
    return this.#refusal(verdict);
  }
}
