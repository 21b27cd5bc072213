// Who looks moves what a clock has ended: nothing runs in the background.

import {
  type ApprovalRequest,
  type ApprovalStanding,
  type BlockingState,
  BLOCKING_STATES,
} from "../../policy/approval.ts";
import { idFrom } from "./ids.ts";
import type { Journal } from "./journal.ts";
import { moveDue } from "./moves.ts";
import { requestsOf, timeOf } from "./rows.ts";
import { IS_BLOCKING, IS_LIVE, IS_WAITING, REQUEST } from "./schema.ts";
import { joined, raw, type Row, type Sql, sql } from "./sql.ts";
import type { Block, ListQuery, StandingQuery } from "./store.ts";

const IS_DUE = `((${IS_WAITING} AND expires_at <= {now})
  OR (state = 'executing' AND lease_until <= {now}))`;
const DUE = raw(`CASE WHEN ${IS_DUE} THEN 1 ELSE 0 END AS due`);

/** Whoever looks moves at most so many rows at once, and looks so often. */
const SWEEP = 200;
const MOST_LOOKS = 5;

const DEFAULT_LIMIT = 100;

const isDue = (row: Row): boolean => Number(row.due) === 1;

/** Reads until nothing that was read is due. */
async function readSettled(journal: Journal, statement: Sql): Promise<readonly Row[]> {
  for (let looks = 1; ; looks++) {
    const rows = await journal.read(statement);
    const due = rows.filter(isDue);
    if (due.length === 0 || looks === MOST_LOOKS) return rows.filter((row) => !isDue(row));
    await journal.change((change) => moveDue(change, journal.place, sql`id IN (${idsOf(due)})`));
  }
}

const idsOf = (rows: readonly Row[]): Sql =>
  joined(
    rows.map(({ id }) => String(id)),
    ", ",
  );

/** The statement behind `standing`: at most two rows, each by an index. */
export function standingStatement({ resourceKey, scope, digest }: StandingQuery): Sql {
  const columns = sql`{text:id}, {text:state}, {text:policy_digest}, {number:expires_at},
    {number:changed_at}, ${DUE}`;
  return sql`SELECT * FROM (SELECT ${columns} FROM {request}
      WHERE resource_key = ${resourceKey} AND ${raw(IS_BLOCKING)} ORDER BY {request}.state LIMIT 1) AS blocking
    UNION ALL SELECT ${columns} FROM {request}
      WHERE scope = ${scope} AND digest = ${digest} AND ${raw(IS_LIVE)}`;
}

const isBlocking = (state: unknown): state is BlockingState =>
  BLOCKING_STATES.some((known) => known === state);

/** What blocks comes first; what was asked or approved under another policy does not count. */
export async function standing(journal: Journal, query: StandingQuery): Promise<ApprovalStanding> {
  const rows = await readSettled(journal, standingStatement(query));
  const blocking = rows.find(({ state }) => isBlocking(state));
  if (blocking !== undefined)
    return {
      standing: blocking.state as BlockingState,
      id: String(blocking.id),
      since: timeOf(blocking.changed_at),
    };
  const [live] = rows;
  if (live === undefined || live.policy_digest !== query.policyDigest) return { standing: "none" };
  return {
    standing: live.state === "approved" ? "approved" : "pending",
    id: String(live.id),
    expiresAt: timeOf(live.expires_at),
  };
}

/** Moves everything that is due, in portions. */
async function sweep(journal: Journal): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const due = await journal.read(sql`SELECT * FROM (SELECT {text:id} FROM {request}
        WHERE ${raw(IS_WAITING)} AND expires_at <= {now} LIMIT ${SWEEP}) AS expired
      UNION ALL SELECT * FROM (SELECT {text:id} FROM {request}
        WHERE state = 'executing' AND lease_until <= {now} LIMIT ${SWEEP}) AS lapsed`);
    if (due.length === 0) return;
    await journal.change((change) => moveDue(change, journal.place, sql`id IN (${idsOf(due)})`));
  }
}

export async function blocks(journal: Journal): Promise<Block[]> {
  await sweep(journal);
  const rows = await journal.read(
    sql`SELECT {text:resource_key}, {text:state}, {text:id} FROM {request} WHERE ${raw(IS_BLOCKING)}`,
  );
  return rows.map(({ resource_key, state, id }) => ({
    resourceKey: String(resource_key),
    state: state as BlockingState,
    id: String(id),
  }));
}

export async function find(journal: Journal, text: string): Promise<ApprovalRequest | undefined> {
  const id = idFrom(text);
  if (id === undefined) return undefined;
  const rows = await readSettled(
    journal,
    sql`SELECT ${raw(REQUEST)}, ${DUE} FROM {request} WHERE id = ${id}`,
  );
  return (await requestsOf(journal.read, rows, journal.place))[0];
}

function listStatement({ states, session, resourceKey, limit = DEFAULT_LIMIT }: ListQuery): Sql {
  const newest = sql`ORDER BY {request}.created_at DESC, {request}.id LIMIT ${limit}`;
  if (session !== undefined || resourceKey !== undefined) {
    const about =
      session === undefined
        ? sql`resource_key = ${resourceKey ?? ""}`
        : resourceKey === undefined
          ? sql`session = ${session}`
          : sql`session = ${session} AND resource_key = ${resourceKey}`;
    const among =
      states === undefined ? sql`` : sql` AND state IN (${joined([...new Set(states)], ", ")})`;
    return sql`SELECT ${raw(REQUEST)} FROM {request} WHERE ${about}${among} ${newest}`;
  }
  if (states === undefined) return sql`SELECT ${raw(REQUEST)} FROM {request} ${newest}`;
  // One walk along the index for each state: those in demand may be few among very many.
  const each = [...new Set(states)].map(
    (
      state,
      index,
    ) => sql`SELECT * FROM (SELECT ${raw(REQUEST)} FROM {request} WHERE state = ${state}
      ${newest}) AS ${raw(`part_${index}`)}`,
  );
  return sql`SELECT * FROM (${joined(each, " UNION ALL ")}) AS every ORDER BY created_at DESC, id LIMIT ${limit}`;
}

export async function list(journal: Journal, query: ListQuery): Promise<ApprovalRequest[]> {
  if (query.states?.length === 0) return [];
  await sweep(journal);
  const rows = await journal.read(listStatement(query));
  return requestsOf(journal.read, rows, journal.place);
}
