// A refusal becomes a question to a person, once.
//
// F1 What no person can answer, or may answer, is not asked: it is refused, and says why.
// F2 The same lineage asking for the same operation again finds its request; nobody is told twice.
// F3 A request that cannot be filed leaves the refusal as it was.

import type { ApprovalStore } from "../grants/approvals/store.ts";
import { answersTo, approvability } from "../policy/approvable.ts";
import type { Card } from "../policy/card.ts";
import type { Decision, Facts } from "../policy/decide.ts";
import { operationDigest } from "../policy/digest.ts";
import { Failure } from "../policy/failure.ts";
import type { Policy } from "../policy/policy.ts";
import { resourceKey } from "../policy/resource-key.ts";
import { rulingOn } from "../policy/ruling.ts";
import type { StandingWorld } from "../session/caller/standing.ts";
import { isCi } from "../system/ci.ts";
import { withWholeRequest } from "./approval-card.ts";
import { askOf } from "./answerable.ts";
import { noticesOf } from "./courier.ts";
import { requesterOf } from "./requester.ts";
import { withRuling } from "./ruling-card.ts";
import type { Unasked, Waiting } from "./stores.ts";

export interface Filing {
  readonly world: StandingWorld;
  readonly policy: Policy;
  /** Opens the store, making it where it is missing. */
  readonly store: () => Promise<ApprovalStore>;
  readonly startCourier: () => void;
  /** --reason: the agent's own words. */
  readonly said?: string;
}

/** Files it, or finds the one that waits (F2). Never throws Failure (F3). */
export async function fileRequest(
  decision: Decision,
  facts: Facts,
  describe: () => Promise<Card>,
  filing: Filing,
): Promise<Waiting | Unasked> {
  const { policy, world } = filing;
  // F1: a store of this machine alone dies with a CI machine; a shared one is reached from elsewhere.
  if (policy.approvals.store.kind === "sqlite" && isCi(world.env))
    return { unasked: "no person can reach this machine's approvals (CI)" };
  try {
    const { operation } = decision;
    const ruled = withRuling(await describe(), operation, rulingOn(operation, policy));
    const card = withWholeRequest(ruled, operation);
    const row = approvability(decision.operation, card);
    if (!row.approvable) return { unasked: row.because };
    return await file(decision, facts, card, filing);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { unasked: `nobody could be asked: ${error.message}` };
  }
}

async function file(
  { operation, reason }: Decision,
  { session }: Facts,
  card: Card,
  { world, policy, store, startCourier, said }: Filing,
): Promise<Waiting> {
  const row = approvability(operation, card);
  const { pendingMs, usableMs, webhooks } = policy.approvals;
  const { approvers } = rulingOn(operation, policy);
  const opened = await store();
  const { request, isNew } = await opened.file(
    {
      digest: operationDigest(operation),
      resourceKey: resourceKey(operation),
      operation,
      card,
      requester: await requesterOf(world, session, said),
      reason,
      policyDigest: policy.digest,
      pendingMs: Math.min(row.pendingMs, pendingMs ?? row.pendingMs),
      usableMs: Math.min(row.usableMs, usableMs ?? row.usableMs),
      approvers,
    },
    noticesOf(policy),
  );
  if (isNew && webhooks.length > 0) startCourier();
  const { id, state, expiresAt } = request;
  return {
    request: { id, state, expiresAt },
    answers: answersTo(request, askOf(operation, policy)),
    isNew,
  };
}
