// Who hears of a request: rows that are made with it, and handed to one courier at a time.
//
// O1 A notice is made only with its request, in the same transaction.
// O2 A notice is handed to one courier for the time of a lease, and never once its request is answered.

import { bounded } from "./bounds.ts";
import type { Change, Journal } from "./journal.ts";
import { requestsOf } from "./rows.ts";
import { NOTICE, REQUEST } from "./schema.ts";
import { raw, type Row, sql } from "./sql.ts";
import type { ApprovalStore, Notice } from "./store.ts";

/** Losing every notice to other couriers this often means that they are at work. */
const MOST_TRIES = 20;

const STILL_ASKED = sql`EXISTS (SELECT 1 FROM {request} AS asked WHERE asked.id = {notice}.request
  AND asked.state = 'pending' AND asked.expires_at > {now})`;

async function nextDue({ run }: Change): Promise<Row | undefined> {
  const rows = await run(sql`SELECT {text:id} FROM {notice}
    WHERE state = 'open' AND due_at <= {now} AND lease_until <= {now} AND ${STILL_ASKED}
    ORDER BY {notice}.due_at, {notice}.id LIMIT 1`);
  return rows[0];
}

async function take(change: Change, place: string, id: string, leaseMs: number) {
  const [notice] = await change.run(sql`UPDATE {notice}
    SET lease_until = {now} + ${Math.round(leaseMs)}, tries = tries + 1
    WHERE id = ${id} AND state = 'open' AND due_at <= {now} AND lease_until <= {now}
      AND ${STILL_ASKED} RETURNING ${raw(NOTICE)}`);
  if (notice === undefined) return undefined;
  const rows = await change.run(
    sql`SELECT ${raw(REQUEST)} FROM {request} WHERE id = ${String(notice.request)}`,
  );
  const [request] = await requestsOf(change.run, rows, place);
  if (request === undefined) return undefined;
  const recipient = String(notice.recipient);
  return { id, request, recipient, tries: Number(notice.tries) - 1 };
}

export async function takeNotice(journal: Journal, leaseMs: number): Promise<Notice | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const found = await journal.change(async (change) => {
      const next = await nextDue(change);
      if (next === undefined) return "none";
      return take(change, journal.place, String(next.id), leaseMs);
    });
    if (found === "none") return undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

export async function settleNotice(
  journal: Journal,
  id: string,
  result: Parameters<ApprovalStore["settleNotice"]>[1],
): Promise<void> {
  const set = result.delivered
    ? sql`state = 'delivered'`
    : result.againMs === undefined
      ? sql`state = 'given-up', error = ${bounded(result.error)}`
      : sql`due_at = {now} + ${Math.round(result.againMs)}, error = ${bounded(result.error)}`;
  await journal.change(({ run }) =>
    run(sql`UPDATE {notice} SET lease_until = 0, ${set} WHERE id = ${id} AND state = 'open'`),
  );
}

export async function nextNoticeMs(journal: Journal): Promise<number | undefined> {
  const [row] = await journal.read(sql`SELECT min(CASE WHEN lease_until > due_at THEN lease_until
      ELSE due_at END) - {now} AS ms FROM {notice} WHERE state = 'open' AND ${STILL_ASKED}`);
  const ms = row?.ms;
  return ms === null || ms === undefined ? undefined : Math.max(0, Number(ms));
}
