// What every move of a request has in common: its audit entry, and the notices that it makes needless.

import type { ApprovalRequest, Decider, RequestState } from "../../policy/approval.ts";
import { recordedIn } from "./body.ts";
import { factsOf, type Said } from "./facts.ts";
import type { Change } from "./journal.ts";
import { requestsOf } from "./rows.ts";
import { IS_WAITING, REQUEST } from "./schema.ts";
import { raw, type Row, type Sql, sql } from "./sql.ts";

/** Somebody, for the audit log: `alice@laptop`. */
export const nameOf = ({ user, machine }: Pick<Decider, "user" | "machine">): string =>
  `${user}@${machine}`;

/** Keeps an entry for each request. */
export async function recordEach(
  { run, record }: Change,
  rows: readonly Row[],
  place: string,
  say: (request: ApprovalRequest) => Said,
): Promise<ApprovalRequest[]> {
  const requests = await requestsOf(run, rows, place);
  for (const [index, request] of requests.entries()) {
    const about = { ...request, session: request.requester.session };
    await record(factsOf(about, say(request), recordedIn(rows[index]?.body)));
  }
  return requests;
}

/** Nobody needs to hear of these any more. */
async function dropNotices({ run }: Change, rows: readonly Row[]): Promise<void> {
  for (const { id } of rows)
    await run(sql`UPDATE {notice} SET state = 'not-needed'
      WHERE request = ${String(id)} AND state = 'open'`);
}

/** A move: what is set besides the state, and what must hold of the row. All of it in one UPDATE. */
export interface Move {
  readonly from: RequestState;
  readonly to: RequestState;
  readonly where: Sql;
  readonly set?: Sql;
  readonly say: (request: ApprovalRequest) => Said;
}

/** Makes a move; undefined where no row was in that place. */
export async function move(
  change: Change,
  place: string,
  { from, to, where, set, say }: Move,
): Promise<ApprovalRequest | undefined> {
  const more = set === undefined ? sql`` : sql`, ${set}`;
  const rows = await change.run(sql`UPDATE {request} SET state = ${to}, changed_at = {now}${more}
    WHERE ${where} AND state = ${from} RETURNING ${raw(REQUEST)}`);
  if (from === "pending") await dropNotices(change, rows);
  return (await recordEach(change, rows, place, say))[0];
}

const LAPSED = "the lease of the attempt lapsed: nobody knows what became of it";

/**
 * Moves those of the rows that a clock has ended, each once, with its entry.
 *
 * @param which a condition on {request}, besides the time
 */
export async function moveDue(change: Change, place: string, which: Sql): Promise<void> {
  const expired = await change.run(sql`UPDATE {request} SET state = 'expired', changed_at = {now},
    note = CASE state WHEN 'pending' THEN 'nobody answered in time'
      ELSE 'the approval was not used in time' END
    WHERE ${which} AND ${raw(IS_WAITING)} AND expires_at <= {now} RETURNING ${raw(REQUEST)}`);
  await dropNotices(change, expired);
  await recordEach(change, expired, place, ({ note }) => ({
    event: "approval-expired",
    ...(note === undefined ? {} : { detail: note }),
  }));
  const lapsed = await change.run(sql`UPDATE {request} SET state = 'unknown', changed_at = {now},
    note = ${LAPSED} WHERE ${which} AND state = 'executing' AND lease_until <= {now} RETURNING ${raw(REQUEST)}`);
  await recordEach(change, lapsed, place, () => ({
    event: "concluded",
    outcome: "unknown",
    detail: LAPSED,
  }));
}

/** The request with that id, locked where the database needs it. */
export async function rowOf({ run }: Change, id: string): Promise<Row | undefined> {
  return (await run(sql`SELECT ${raw(REQUEST)} FROM {request} WHERE id = ${id} {lock}`))[0];
}

/** What a change that did not happen found instead. */
export async function insteadOf(
  change: Change,
  place: string,
  id: string,
  why: (request: ApprovalRequest) => string,
): Promise<{ done: false; request: ApprovalRequest | undefined; why: string }> {
  // Time goes on between two statements: what has expired since is not shown as if it stood.
  await moveDue(change, place, sql`id = ${id}`);
  const row = (await change.run(sql`SELECT ${raw(REQUEST)} FROM {request} WHERE id = ${id}`))[0];
  const [request] = row === undefined ? [] : await requestsOf(change.run, [row], place);
  if (request === undefined)
    return { done: false, request: undefined, why: `there is no request ${id}` };
  return { done: false, request, why: why(request) };
}
