// Very many finished requests, fast: for measuring a store that has been in use for years.

import { BLOCKING_STATES, type RequestState } from "../../src/policy/approval.ts";
import type { StorePlace } from "../../src/policy/policy.ts";
import { writeBody } from "../../src/grants/approvals/body.ts";
import { asked, POLICY } from "./approval-requests.ts";
import { onSqlite } from "./raw-sql.ts";

/** States that many requests of the past are in, in turn. */
const STATES = [
  "expired",
  "denied",
  "succeeded",
  "withdrawn",
] as const satisfies readonly RequestState[];

/** An SQL expression: the number `n` as an id that the store never makes: lower case. */
const ID = "printf('%06x', n)";

const rows = (count: number, nowMs: string, id: string): string => {
  const body = writeBody(asked("filler0")).replaceAll("'", "''");
  const states = STATES.map((state, index) => `WHEN ${index} THEN '${state}'`).join(" ");
  return `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
    INSERT INTO {request} (id, scope, digest, resource_key, policy_digest, approvers, pending_ms,
      usable_ms, state, created_at, changed_at, expires_at, body)
    SELECT ${id}, 'session:' || n, 'sha256:' || n, 'app.terraform.io ws-filler' || n, '${POLICY}', 1,
      1000, 1000, CASE n % ${STATES.length} ${states} END, ${nowMs} - n * 1000, ${nowMs} - n * 1000,
      ${nowMs} - n * 1000, '${body}' FROM numbers`;
};

/**
 * Puts `count` requests (at most 16 million) into a store whose schema
 * is there already: a quarter each expired, denied, succeeded and withdrawn. The guards are set aside
 * meanwhile. On PostgreSQL the place must be a superuser's.
 */
export async function fillApprovals(
  { place, directory }: { readonly place: StorePlace; readonly directory: string },
  count: number,
): Promise<void> {
  if (place.kind === "sqlite") return fillSqlite(directory, count);
  const { default: postgres } = await import("postgres");
  const connection = postgres(place.url, { max: 1, fetch_types: false });
  const now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
  await connection.unsafe("SET session_replication_role = replica");
  await connection.unsafe(
    rows(count, now, "lpad(to_hex(n), 6, '0')").replaceAll("{request}", "holdfast.request"),
  );
  await connection.unsafe("ANALYZE holdfast.request");
  await connection.end();
}

function fillSqlite(directory: string, count: number): void {
  const triggers = onSqlite(
    directory,
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
  );
  const now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
  onSqlite(
    directory,
    "BEGIN IMMEDIATE",
    ...triggers.map(({ name }) => `DROP TRIGGER ${String(name)}`),
    rows(count, now, ID).replaceAll("{request}", "request"),
    ...triggers.map(({ sql }) => String(sql)),
    "COMMIT",
  );
}

/** How many of them block. */
export const blockingAmong = (count: number): number =>
  STATES.filter((state) => BLOCKING_STATES.some((known) => known === state)).length *
  Math.floor(count / STATES.length);
