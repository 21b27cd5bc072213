// Filing a request: one live one for each (scope, digest), whoever else files it now (P1).

import type { ApprovalRequest, NewRequest } from "../../policy/approval.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { writeBody } from "./body.ts";
import { bounded, LONGEST, whole } from "./bounds.ts";
import { namesOf } from "./facts.ts";
import { needsPostgres } from "./failures.ts";
import { candidates } from "./ids.ts";
import type { Change, Journal } from "./journal.ts";
import { move, moveDue, nameOf, recordEach } from "./moves.ts";
import { requestsOf, stateOf } from "./rows.ts";
import { IS_LIVE, REQUEST } from "./schema.ts";
import { raw, type Row, sql } from "./sql.ts";
import { type Filed, MOST_PENDING } from "./store.ts";

type Notices = readonly { readonly recipient: string; readonly afterMs: number }[];

const OTHER_POLICY = "policy has changed since it was asked for";

/** Losing to another id, or to another process, is rare; losing this often is a defect. */
const MOST_TRIES = 5;

async function liveRow({ run }: Change, { requester, digest }: NewRequest) {
  const rows = await run(sql`SELECT ${raw(REQUEST)} FROM {request}
    WHERE scope = ${requester.scope} AND digest = ${digest} AND ${raw(IS_LIVE)} {lock}`);
  return rows[0];
}

/** An answer under another policy would not count: the request goes, and is asked again. */
async function dropOutdated(change: Change, place: string, row: Row, asked: NewRequest) {
  const from = stateOf(row, place);
  if (row.policy_digest === asked.policyDigest) return false;
  if (from !== "pending" && from !== "approved") return false;
  const dropped = await move(change, place, {
    from,
    to: "withdrawn",
    where: sql`id = ${String(row.id)}`,
    set: sql`note = ${OTHER_POLICY}`,
    say: () => ({ event: "withdrawn", detail: OTHER_POLICY }),
  });
  return dropped !== undefined;
}

async function refuseTooMany({ run }: Change, scope: string): Promise<void> {
  const [row] = await run(sql`SELECT count(*) AS pending FROM {request}
    WHERE scope = ${scope} AND ${raw(IS_LIVE)} AND state = 'pending'`);
  if (Number(row?.pending) < MOST_PENDING) return;
  throw new Failure(
    "too-many-requests",
    `${MOST_PENDING} requests of this session or process wait for a person already`,
    { exitCode: EXIT.refused, fix: "holdfast approval list" },
  );
}

async function insert(
  { run, conceal }: Change,
  asked: NewRequest,
  id: string,
): Promise<Row | undefined> {
  const { requester, digest, resourceKey, policyDigest, approvers } = asked;
  const body = writeBody(asked, conceal(namesOf(asked.operation)));
  const rows = await run(sql`INSERT INTO {request} (id, scope, session, digest, resource_key,
      policy_digest, approvers, pending_ms, usable_ms, expires_at, body)
    VALUES (${id}, ${requester.scope}, ${requester.session ?? null}, ${digest}, ${resourceKey},
      ${policyDigest}, ${approvers}, ${Math.round(asked.pendingMs)}, ${Math.round(asked.usableMs)},
      {now} + ${Math.round(asked.pendingMs)}, ${whole(body, LONGEST.body, "text")})
    ON CONFLICT DO NOTHING RETURNING ${raw(REQUEST)}`);
  return rows[0];
}

async function addNotices({ run }: Change, id: string, notices: Notices): Promise<void> {
  for (const [index, { recipient, afterMs }] of notices.entries())
    await run(sql`INSERT INTO {notice} (id, request, recipient, due_at)
      VALUES (${`${id}-${index}`}, ${id}, ${bounded(recipient)}, {now} + ${Math.round(afterMs)})
      ON CONFLICT DO NOTHING`);
}

async function standingInstead(change: Change, place: string, asked: NewRequest) {
  const row = await liveRow(change, asked);
  if (row === undefined || (await dropOutdated(change, place, row, asked))) return undefined;
  return (await requestsOf(change.run, [row], place))[0];
}

async function fileNew(
  change: Change,
  journal: Journal,
  asked: NewRequest,
  notices: Notices,
): Promise<ApprovalRequest | undefined> {
  for (const id of candidates()) {
    const row = await insert(change, asked, id);
    if (row !== undefined) {
      await addNotices(change, id, notices);
      const { user, machine } = asked.requester;
      const by = nameOf({ user: journal.database.user ?? user, machine });
      const say = () => ({ event: "requested", by }) as const;
      return (await recordEach(change, [row], journal.place, say))[0];
    }
    // The id was taken, or another process has filed it meanwhile.
    if ((await liveRow(change, asked)) !== undefined) return undefined;
  }
  throw new Error("no free id was found");
}

function checkLengths({ requester, digest, resourceKey, policyDigest }: NewRequest): void {
  whole(requester.scope, LONGEST.key, "scope");
  if (requester.session !== undefined) whole(requester.session, LONGEST.name, "session");
  whole(digest, LONGEST.key, "digest");
  whole(resourceKey, LONGEST.resourceKey, "resource key");
  whole(policyDigest, LONGEST.key, "policy digest");
}

export async function file(journal: Journal, asked: NewRequest, notices: Notices): Promise<Filed> {
  const { database, place } = journal;
  if (asked.approvers > database.mostApprovers) throw needsPostgres(place, asked.approvers);
  checkLengths(asked);
  return journal.change(async (change) => {
    const { scope } = asked.requester;
    await moveDue(change, place, sql`scope = ${scope} AND ${raw(IS_LIVE)}`);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const found = await standingInstead(change, place, asked);
      if (found !== undefined) return { request: found, isNew: false };
      await refuseTooMany(change, scope);
      const filed = await fileNew(change, journal, asked, notices);
      if (filed !== undefined) return { request: filed, isNew: true };
    }
    throw new Error("a request came and went while it was filed");
  });
}
