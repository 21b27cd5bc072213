// What people do with a request: yes, no, and taking either back.

import type { ApprovalRequest, Decider } from "../../policy/approval.ts";
import { operationDigest } from "../../policy/digest.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { resourceKey } from "../../policy/resource-key.ts";
import { bounded, LONGEST } from "./bounds.ts";
import { knownAs, Overtaken } from "./database.ts";
import { idFrom } from "./ids.ts";
import type { Change, Journal } from "./journal.ts";
import { insteadOf, type Move, move, moveDue, nameOf, recordEach, rowOf } from "./moves.ts";
import { endedBy, requestsOf } from "./rows.ts";
import { REQUEST } from "./schema.ts";
import { raw, type Row, type Sql, sql } from "./sql.ts";
import type { Changed } from "./store.ts";

const is = ({ id, state }: ApprovalRequest): string => `request ${id} is ${state}`;

const gone = (text: string): Changed => ({
  done: false,
  request: undefined,
  why: `there is no request ${bounded(text, 20)}`,
});

/** One transaction on one request, whatever the clock has ended moved first. */
async function onRequest(
  journal: Journal,
  text: string,
  work: (change: Change, id: string) => Promise<Changed>,
): Promise<Changed> {
  const id = idFrom(text);
  if (id === undefined) return gone(text);
  return journal.change(async (change) => {
    // Locked before anything is read that the answer rests on.
    if ((await rowOf(change, id)) === undefined) return gone(id);
    await moveDue(change, journal.place, sql`id = ${id}`);
    return work(change, id);
  });
}

async function moveOr(
  change: Change,
  place: string,
  id: string,
  { where, ...wanted }: Omit<Move, "where"> & { readonly where?: Sql },
): Promise<Changed> {
  const more = where === undefined ? sql`` : sql` AND ${where}`;
  const request = await move(change, place, { ...wanted, where: sql`id = ${id}${more}` });
  return request === undefined ? insteadOf(change, place, id, is) : { done: true, request };
}

/** Why this person's yes to this row cannot count; undefined where it can. */
function obstacle(
  row: Row,
  request: ApprovalRequest,
  digest: string,
  verdict: "approve" | "deny",
  by: Decider,
): string | undefined {
  if (request.state !== "pending") return is(request);
  if (request.digest !== digest) return `request ${request.id} is about another operation`;
  if (verdict === "deny") return undefined;
  if (
    operationDigest(request.operation) !== digest ||
    resourceKey(request.operation) !== request.resourceKey
  )
    return `request ${request.id} shows another operation than the one of its digest`;
  if (request.approvers === 1) return undefined;
  if (row.requested_by === by.user) return `${by.user} asked, and does not count as an approver`;
  const before = request.decisions.some(
    (decision) => decision.verdict === "approve" && decision.by.user === by.user,
  );
  return before ? `${by.user} has approved it already` : undefined;
}

async function insertDecision(
  { run }: Change,
  id: string,
  digest: string,
  verdict: "approve" | "deny",
  by: Decider,
): Promise<void> {
  await run(sql`INSERT INTO {decision} (request, verdict, by_user, by_machine, by_pid, by_proof, digest)
    VALUES (${id}, ${verdict}, ${bounded(by.user, LONGEST.name)},
      ${bounded(by.machine, LONGEST.name)}, ${by.pid}, ${by.proof}, ${digest})`);
}

const APPROVE = {
  from: "pending",
  to: "approved",
  set: sql`expires_at = {now} + usable_ms`,
} as const;
const DENY = { from: "pending", to: "denied" } as const;

export async function decide(
  journal: Journal,
  text: string,
  digest: string,
  verdict: "approve" | "deny",
  person: Decider,
): Promise<Changed> {
  const { place } = journal;
  const by = knownAs(journal.database, person);
  return onRequest(journal, text, async (change, id) => {
    const rows = await change.run(sql`SELECT ${raw(REQUEST)} FROM {request} WHERE id = ${id}`);
    const [row = {}] = rows;
    const [request] = await requestsOf(change.run, rows, place);
    if (request === undefined) return gone(id);
    const why = obstacle(row, request, digest, verdict, by);
    if (why !== undefined) return { done: false, request, why };
    await insertDecision(change, id, digest, verdict, by);
    const approvals = new Set(
      request.decisions.filter((each) => each.verdict === "approve").map((each) => each.by.user),
    ).add(by.user).size;
    const said = {
      event: verdict === "approve" ? "approved" : "denied",
      by: nameOf(by),
      ...(request.approvers === 1 || verdict === "deny"
        ? {}
        : { detail: `${approvals} of ${request.approvers} approvals` }),
    } as const;
    const say = () => said;
    const where = sql`digest = ${digest} AND expires_at > {now}`;
    const isOver = verdict === "deny" || approvals >= request.approvers;
    if (isOver) {
      const edge = verdict === "deny" ? DENY : APPROVE;
      const changed = await moveOr(change, place, id, { ...edge, where, say });
      // It expired between two statements: the decision must not stay without its effect.
      if (!changed.done) throw new Overtaken(changed.why);
      return changed;
    }
    const [still = request] = await recordEach(change, rows, place, say);
    return { done: true, request: still };
  });
}

/** How a person ends a request: the edge, and what the audit log calls it. */
type Ending = Pick<Move, "from" | "to"> & {
  readonly event: "withdrawn" | "reopened" | "approval-revoked" | "resolved";
};

async function end(
  journal: Journal,
  text: string,
  person: Decider,
  { from, to, event }: Ending,
  note: string | undefined,
): Promise<Changed> {
  const by = knownAs(journal.database, person);
  const set = note === undefined ? endedBy(by) : sql`${endedBy(by)}, note = ${bounded(note)}`;
  const say = () => ({
    event,
    by: nameOf(by),
    ...(event === "resolved" ? { outcome: to } : {}),
    ...(note === undefined ? {} : { detail: note }),
  });
  return onRequest(journal, text, (change, id) =>
    moveOr(change, journal.place, id, { from, to, set, say }),
  );
}

export const withdraw = (journal: Journal, id: string, by: Decider, note?: string) =>
  end(journal, id, by, { from: "pending", to: "withdrawn", event: "withdrawn" }, note);

export const reopen = (journal: Journal, id: string, by: Decider) =>
  end(
    journal,
    id,
    by,
    { from: "denied", to: "withdrawn", event: "reopened" },
    "reopened: the operation may be asked for again",
  );

export const revoke = (journal: Journal, id: string, by: Decider) =>
  end(journal, id, by, { from: "approved", to: "revoked", event: "approval-revoked" }, undefined);

/** @throws Failure `no-evidence` where nothing says how it was found out */
export async function resolve(
  journal: Journal,
  id: string,
  happened: boolean,
  evidence: string,
  by: Decider,
): Promise<Changed> {
  if (evidence.trim() === "")
    throw new Failure("no-evidence", `nothing says how it is known what became of request ${id}`, {
      exitCode: EXIT.usage,
      fix: "say where you looked, and what was there",
    });
  const to = happened ? "succeeded" : "failed_no_effect";
  return end(journal, id, by, { from: "unknown", to, event: "resolved" }, evidence.trim());
}
