// Taking an approval for one attempt, and saying what came of it (P2).

import type { ApprovalRequest } from "../../policy/approval.ts";
import { bounded, LONGEST, whole } from "./bounds.ts";
import { Taken } from "./database.ts";
import { idFrom } from "./ids.ts";
import type { Change, Journal } from "./journal.ts";
import { insteadOf, move, moveDue, nameOf } from "./moves.ts";
import { IS_BLOCKING } from "./schema.ts";
import { raw, sql } from "./sql.ts";
import type { Changed, ClaimQuery } from "./store.ts";

function whyNot(query: ClaimQuery, request: ApprovalRequest): string {
  const { id, state } = request;
  if (state !== "approved") return `request ${id} is ${state}`;
  if (request.digest !== query.digest || request.resourceKey !== query.resourceKey)
    return `request ${id} was approved for another operation`;
  if (request.requester.scope !== query.scope)
    return `request ${id} was approved for another session or process`;
  if (request.policyDigest !== query.policyDigest)
    return `request ${id} was approved under another policy`;
  return `request ${id} is approved, but another request about the same resource stands in its way`;
}

async function tryClaim(change: Change, journal: Journal, id: string, query: ClaimQuery) {
  const { place, database } = journal;
  await moveDue(change, place, sql`id = ${id}`);
  return move(change, place, {
    from: "approved",
    to: "executing",
    // Everything that an approval is bound to, in the statement that uses it up.
    where: sql`id = ${id} AND digest = ${query.digest} AND resource_key = ${query.resourceKey}
      AND scope = ${query.scope} AND policy_digest = ${query.policyDigest} AND expires_at > {now}
      AND NOT EXISTS (SELECT 1 FROM {request} AS other WHERE other.resource_key = ${query.resourceKey}
        AND other.${raw(IS_BLOCKING)})`,
    set: sql`attempt_id = ${whole(query.attempt, LONGEST.name, "attempt")},
      attempt_machine = ${bounded(query.machine, LONGEST.name)}, attempt_pid = ${query.pid},
      attempt_since = {now}, lease_until = {now} + ${Math.round(query.leaseMs)}`,
    say: ({ requester }) => ({
      event: "claimed",
      by: nameOf({ user: database.user ?? requester.user, machine: query.machine }),
    }),
  });
}

export async function claim(journal: Journal, query: ClaimQuery): Promise<Changed> {
  const id = idFrom(query.id);
  if (id === undefined) return { done: false, request: undefined, why: "there is no such request" };
  const { place } = journal;
  const instead = (change: Change) =>
    insteadOf(change, place, id, (request) => whyNot(query, request));
  try {
    return await journal.change(async (change) => {
      const request = await tryClaim(change, journal, id, query);
      return request === undefined ? instead(change) : { done: true, request };
    });
  } catch (error) {
    // Two approvals of one resource were used at once, and the other was first (P6).
    if (!(error instanceof Taken)) throw error;
    return journal.change(instead);
  }
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
