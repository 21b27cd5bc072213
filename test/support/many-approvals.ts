// Very many finished requests, fast: for measuring a store that has been in use for years.

import { BLOCKING_STATES, type NewRequest, type RequestState } from "../../src/policy/approval.ts";
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
export async function fillApprovals(at: Filled, count: number): Promise<void> {
  const isSqlite = at.place.kind === "sqlite";
  const text = isSqlite
    ? rows(count, NOW.sqlite, ID)
    : rows(count, NOW.postgres, "lpad(to_hex(n), 6, '0')");
  await pastGuards(at, [text]);
}

/** Puts approved requests there, as they are: usable for a day, each with an id that the store might make. */
export async function fillApproved(at: Filled, requests: readonly Approved[]): Promise<void> {
  const now = NOW[at.place.kind];
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const texts: string[] = [];
  for (let from = 0; from < requests.length; from += AT_ONCE) {
    const values = requests.slice(from, from + AT_ONCE).map(({ id, request }) => {
      const { digest, resourceKey, policyDigest, requester } = request;
      const words = [id, requester.scope, digest, resourceKey, policyDigest].map(quoted).join(", ");
      return `(${words}, 1, 86400000, 86400000, 'approved', ${now}, ${now}, ${now} + 86400000, ${quoted(writeBody(request))})`;
    });
    texts.push(`INSERT INTO {request} (id, scope, digest, resource_key, policy_digest, approvers,
      pending_ms, usable_ms, state, created_at, changed_at, expires_at, body) VALUES ${values.join(", ")}`);
  }
  await pastGuards(at, texts);
}

export interface Filled {
  readonly place: StorePlace;
  readonly directory: string;
}

export interface Approved {
  readonly id: string;
  readonly request: NewRequest;
}

const AT_ONCE = 500;

const NOW = {
  sqlite: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
  postgres: "(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
} as const;

async function pastGuards({ place, directory }: Filled, texts: readonly string[]): Promise<void> {
  if (place.kind === "sqlite") return pastTriggers(directory, texts);
  const { default: postgres } = await import("postgres");
  const connection = postgres(place.url, { max: 1, fetch_types: false });
  await connection.unsafe("SET session_replication_role = replica");
  for (const text of texts)
    await connection.unsafe(text.replaceAll("{request}", "holdfast.request"));
  await connection.unsafe("ANALYZE holdfast.request");
  await connection.end();
}

function pastTriggers(directory: string, texts: readonly string[]): void {
  const triggers = onSqlite(
    directory,
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
  );
  onSqlite(
    directory,
    "BEGIN IMMEDIATE",
    ...triggers.map(({ name }) => `DROP TRIGGER ${String(name)}`),
    ...texts.map((text) => text.replaceAll("{request}", "request")),
    ...triggers.map(({ sql }) => String(sql)),
    "COMMIT",
  );
}

/** How many of them block. */
export const blockingAmong = (count: number): number =>
  STATES.filter((state) => BLOCKING_STATES.some((known) => known === state)).length *
  Math.floor(count / STATES.length);
