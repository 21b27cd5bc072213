// A request in whatever state a test needs, reached by the store's own methods only.

import { setTimeout as sleep } from "node:timers/promises";
import type { ApprovalStore } from "../../src/grants/approvals/store.ts";
import type { ApprovalRequest, NewRequest, RequestState } from "../../src/policy/approval.ts";
import { type Asked, asked, claimOf, PERSON } from "./approval-requests.ts";

/** The stores as the gate and as a person open them: two database users on PostgreSQL. */
export interface Both {
  readonly gate: ApprovalStore;
  readonly person: ApprovalStore;
}

export interface Reached {
  readonly request: NewRequest;
  readonly id: string;
}

let count = 0;
/** A name that no other test has. */
export const uniqueName = (): string => `thing${String(++count).padStart(4, "0")}`;

async function filed({ gate }: Both, more: Asked): Promise<Reached> {
  const request = asked(uniqueName(), { scope: `session:${count}`, ...more });
  const { request: kept } = await gate.file(request, []);
  return { request, id: kept.id };
}

async function answered(both: Both, verdict: "approve" | "deny", more: Asked): Promise<Reached> {
  const reached = await filed(both, more);
  await both.person.decide(reached.id, reached.request.digest, verdict, PERSON);
  return reached;
}

async function claimed(both: Both, more: Asked): Promise<Reached> {
  const reached = await answered(both, "approve", more);
  await both.gate.claim(claimOf(reached.request, reached.id));
  return reached;
}

const concluded =
  (outcome: "succeeded" | "failed_no_effect" | "unknown") => async (both: Both, more: Asked) => {
    const reached = await claimed(both, more);
    await both.gate.conclude(reached.id, "attempt-1", outcome);
    return reached;
  };

const WAYS: Record<RequestState, (both: Both, more: Asked) => Promise<Reached>> = {
  pending: filed,
  approved: (both, more) => answered(both, "approve", more),
  denied: (both, more) => answered(both, "deny", more),
  expired: async (both, more) => {
    const reached = await filed(both, { ...more, pendingMs: 1 });
    await sleep(5);
    await both.gate.find(reached.id);
    return reached;
  },
  withdrawn: async (both, more) => {
    const reached = await filed(both, more);
    await both.gate.withdraw(reached.id, PERSON);
    return reached;
  },
  revoked: async (both, more) => {
    const reached = await answered(both, "approve", more);
    await both.person.revoke(reached.id, PERSON);
    return reached;
  },
  executing: claimed,
  succeeded: concluded("succeeded"),
  failed_no_effect: concluded("failed_no_effect"),
  unknown: concluded("unknown"),
};

/** Brings a new request into `state`. */
export async function reach(both: Both, state: RequestState, more: Asked = {}): Promise<Reached> {
  const reached = await WAYS[state](both, more);
  const found: ApprovalRequest | undefined = await both.gate.find(reached.id);
  if (found?.state !== state) throw new Error(`${reached.id} is ${found?.state}, not ${state}`);
  return reached;
}
