// Rows as requests.

import {
  type ApprovalRequest,
  type Attempt,
  type Decider,
  REQUEST_STATES,
  type RequestDecision,
  type RequestState,
} from "../../policy/approval.ts";
import { readBody } from "./body.ts";
import { LONGEST, bounded } from "./bounds.ts";
import { malformed } from "./failures.ts";
import { DECISION } from "./schema.ts";
import { joined, raw, type Row, type Run, type Sql, sql } from "./sql.ts";

/** A column's milliseconds as RFC 3339. */
export const timeOf = (milliseconds: unknown): string => {
  const date = new Date(Number(milliseconds));
  return Number.isNaN(date.getTime()) ? "unknown" : date.toISOString();
};

const textOf = (value: unknown): string | undefined =>
  value === null || value === undefined ? undefined : String(value);

/** Properties that have a value. */
function some<Key extends string, Value>(key: Key, value: Value | undefined) {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
}

const deciderOf = (row: Row, prefix: "by" | "ended"): Decider => ({
  user: String(row[`${prefix}_user`]),
  machine: String(row[`${prefix}_machine`]),
  pid: Number(row[`${prefix}_pid`]),
  proof: row[`${prefix}_proof`] === "code" ? "code" : "terminal",
});

function attemptOf(row: Row): Attempt | undefined {
  if (row.attempt_id === null) return undefined;
  return {
    id: String(row.attempt_id),
    machine: String(row.attempt_machine),
    pid: Number(row.attempt_pid),
    since: timeOf(row.attempt_since),
    leaseUntil: timeOf(row.lease_until),
  };
}

export function stateOf(row: Row, place: string): RequestState {
  const state = REQUEST_STATES.find((known) => known === row.state);
  if (state === undefined) throw malformed(place, `request ${row.id} has no known state`);
  return state;
}

function requestOf(row: Row, decisions: readonly RequestDecision[], place: string) {
  const id = String(row.id);
  const { requester, recorded: _, ...asked } = readBody(row.body, place, id);
  return {
    id,
    digest: String(row.digest),
    resourceKey: String(row.resource_key),
    policyDigest: String(row.policy_digest),
    approvers: Number(row.approvers),
    ...asked,
    requester: {
      ...requester,
      scope: String(row.scope),
      ...some("session", textOf(row.session)),
    },
    state: stateOf(row, place),
    createdAt: timeOf(row.created_at),
    expiresAt: timeOf(row.expires_at),
    decisions,
    ...some("attempt", attemptOf(row)),
    ...some("note", textOf(row.note)),
    ...(row.ended_user === null
      ? {}
      : { endedBy: deciderOf(row, "ended"), endedAt: timeOf(row.ended_at) }),
  } satisfies ApprovalRequest;
}

const decisionOf = (row: Row): RequestDecision => ({
  verdict: row.verdict === "approve" ? "approve" : "deny",
  by: deciderOf(row, "by"),
  at: timeOf(row.at),
});

/** The requests of rows of {request}, with their decisions. @throws Failure `approvals-malformed` */
export async function requestsOf(
  run: Run,
  rows: readonly Row[],
  place: string,
): Promise<ApprovalRequest[]> {
  if (rows.length === 0) return [];
  const ids = joined(
    rows.map((row) => String(row.id)),
    ", ",
  );
  const found = await run(
    sql`SELECT ${raw(DECISION)} FROM {decision} WHERE request IN (${ids}) ORDER BY {decision}.at`,
  );
  return rows.map((row) => {
    const own = found.filter((decision) => decision.request === row.id);
    return requestOf(row, own.map(decisionOf), place);
  });
}

/** The columns that say who ended a request by hand, for an UPDATE. */
export const endedBy = ({ user, machine, pid, proof }: Decider): Sql => sql`
  ended_user = ${bounded(user, LONGEST.name)}, ended_machine = ${bounded(machine, LONGEST.name)},
  ended_pid = ${pid}, ended_proof = ${proof}, ended_at = {now}`;
