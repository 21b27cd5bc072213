// One attempt that rests on an approval, from the claim to its outcome.
//
// T1 Claimed before anything happens, in the store; renewed while it goes on; concluded once. Whoever
//    dies in between leaves an attempt that becomes unknown, and is never tried again.
// T2 An outcome that the store does not take stays what the store has: unknown, once the lease lapses.

import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { ApprovalStore, ClaimQuery } from "../grants/approvals/store.ts";
import type { ApprovalRequest } from "../policy/approval.ts";
import type { Begun } from "./stores.ts";

/** How long an attempt counts as going on without a sign of life, in milliseconds. */
const LEASE_MS = 30_000;
const RENEW_MS = 10_000;

/** What is claimed, and for whom. */
export type Wanted = Omit<ClaimQuery, "id" | "attempt" | "machine" | "pid" | "leaseMs">;

/** The attempt; or the request as it stands instead, where somebody else was sooner. */
export async function beginAttempt(
  store: ApprovalStore,
  id: string,
  wanted: Wanted,
): Promise<Begun | { readonly lost: ApprovalRequest | undefined; readonly why: string }> {
  const attempt = randomBytes(8).toString("hex");
  const claimed = await store.claim({
    ...wanted,
    id,
    attempt,
    machine: hostname(),
    pid: process.pid,
    leaseMs: LEASE_MS,
  });
  if (!claimed.done) return { lost: claimed.request, why: claimed.why };
  const renewing = setInterval(() => {
    store.renew(id, attempt, LEASE_MS).catch(() => {});
  }, RENEW_MS);
  renewing.unref();
  return {
    end: async (outcome, status) => {
      clearInterval(renewing);
      const note = status === undefined ? undefined : `answered ${status}`;
      // T2
      await store.conclude(id, attempt, outcome, note).catch(() => {});
    },
  };
}
