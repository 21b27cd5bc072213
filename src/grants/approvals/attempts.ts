// Taking an approval for one attempt, and saying what came of it (P2).

import type { ApprovalRequest } from "../../policy/approval.ts";
import type { AuditFacts } from "../../policy/audit-entry.ts";
import { operationDigest } from "../../policy/digest.ts";
import { bounded, LONGEST, whole } from "./bounds.ts";
import { Taken } from "./database.ts";
import { factsOf } from "./facts.ts";
import { idFrom } from "./ids.ts";
import type { Journal } from "./journal.ts";
import { insteadOf, move, moveDue, nameOf } from "./moves.ts";
import { IS_BLOCKING } from "./schema.ts";
import { raw, type Sql, sql } from "./sql.ts";
import type { Changed, Claimed, ClaimQuery } from "./store.ts";

const isItsOwn = ({ operation, digest }: ClaimQuery): boolean =>
  operationDigest(operation) === digest;

function whyNot(query: ClaimQuery, request: ApprovalRequest): string {
  const { id, state, requester } = request;
  if (state !== "approved") return `request ${id} is ${state}`;
  const isSame = request.digest === query.digest && request.resourceKey === query.resourceKey;
  if (!isSame || !isItsOwn(query)) return `request ${id} was approved for another operation`;
  if (requester.scope !== query.scope || requester.session !== query.session)
    return `request ${id} was approved for another session or process`;
  if (request.policyDigest !== query.policyDigest)
    return `request ${id} was approved under another policy`;
  return `request ${id} is approved, but another request about the same resource stands in its way`;
}

/** The one statement that uses an approval up, with everything in it that the approval is bound to. */
export function claimStatement(query: ClaimQuery, id: string): Sql {
  return sql`UPDATE {request} SET state = 'executing', changed_at = {now},
      attempt_id = ${whole(query.attempt, LONGEST.name, "attempt")},
      attempt_machine = ${bounded(query.machine, LONGEST.name)}, attempt_pid = ${query.pid},
      attempt_since = {now}, lease_until = {now} + ${Math.round(query.leaseMs)}
    WHERE id = ${id} AND state = 'approved' AND digest = ${query.digest}
      AND resource_key = ${query.resourceKey} AND scope = ${query.scope}
      AND session IS NOT DISTINCT FROM ${query.session ?? null}
      AND policy_digest = ${query.policyDigest} AND expires_at > {now}
      AND NOT EXISTS (SELECT 1 FROM {request} AS other WHERE other.resource_key = ${query.resourceKey}
        AND other.${raw(IS_BLOCKING)})`;
}

function factsOfClaim({ database }: Journal, query: ClaimQuery, id: string): AuditFacts {
  const by = nameOf({ user: database.user ?? query.user, machine: query.machine });
  return factsOf({ ...query, id }, { event: "claimed", by });
}

async function take(journal: Journal, query: ClaimQuery, id: string): Promise<boolean> {
  try {
    return await journal.changeKnown(claimStatement(query, id), factsOfClaim(journal, query, id));
  } catch (error) {
    // Two approvals of one resource were used at once, and the other was first (P6).
    if (error instanceof Taken) return false;
    throw error;
  }
}

export async function claim(journal: Journal, query: ClaimQuery): Promise<Claimed> {
  const id = idFrom(query.id);
  if (id === undefined) return { done: false, request: undefined, why: "there is no such request" };
  if (isItsOwn(query) && (await take(journal, query, id))) return { done: true };
  // What a clock has ended is moved only here: the claim itself looks at the time.
  return journal.change((change) =>
    insteadOf(change, journal.place, id, (request) => whyNot(query, request)),
  );
}

/** No entry: that an attempt goes on is not news. */
export async function renew(
  journal: Journal,
  id: string,
  attempt: string,
  leaseMs: number,
): Promise<boolean> {
  return journal.change(async ({ run }) => {
    const rows = await run(sql`UPDATE {request} SET lease_until = {now} + ${Math.round(leaseMs)}
      WHERE id = ${id.toUpperCase()} AND attempt_id = ${attempt} AND state = 'executing'
        AND lease_until > {now} RETURNING id`);
    return rows.length === 1;
  });
}

export async function conclude(
  journal: Journal,
  text: string,
  attempt: string,
  outcome: "succeeded" | "failed_no_effect" | "unknown",
  note?: string,
): Promise<Changed> {
  const id = idFrom(text);
  if (id === undefined) return { done: false, request: undefined, why: "there is no such request" };
  const { place } = journal;
  return journal.change(async (change) => {
    await moveDue(change, place, sql`id = ${id}`);
    const request = await move(change, place, {
      from: "executing",
      to: outcome,
      where: sql`id = ${id} AND attempt_id = ${attempt} AND lease_until > {now}`,
      ...(note === undefined ? {} : { set: sql`note = ${bounded(note)}` }),
      say: () => ({
        event: "concluded",
        outcome,
        ...(note === undefined ? {} : { detail: note }),
      }),
    });
    if (request !== undefined) return { done: true, request };
    return insteadOf(change, place, id, (found) =>
      found.state === "executing"
        ? `request ${id} is executing by another attempt`
        : `request ${id} is ${found.state}`,
    );
  });
}
