// Claims of approvals, and the same UPDATEs by themselves, as fast as they go. Run by stores.mjs.
//
//   prepare PLACE DIRECTORY FROM TO     makes approved requests
//   claim PLACE DIRECTORY FROM TO       claims them, each by its own method
//   bare PLACE DIRECTORY FROM TO        the very UPDATE of the claim for each: one statement, committed
//                                       by itself, over the same kind of connection; no audit entry
//   standing PLACE DIRECTORY COUNT      COUNT decisions about an operation that nobody asked for
//   fill PLACE DIRECTORY COUNT          COUNT requests that are over
//
// Says "ready" when it is connected and has everything at hand, begins when a line comes, and prints
// the milliseconds that the work took.

import { once } from "node:events";
import Database from "libsql";
import postgres from "postgres";
import { claimStatement } from "../../src/grants/approvals/attempts.ts";
import { openApprovals } from "../../src/grants/approvals/open.ts";
import { POSTGRES_WORDS } from "../../src/grants/approvals/postgres-schema.ts";
import { type Sql, statementText } from "../../src/grants/approvals/sql.ts";
import { sqlitePath } from "../../src/grants/approvals/sqlite-file.ts";
import { SQLITE_WORDS } from "../../src/grants/approvals/sqlite-schema.ts";
import type { ApprovalStore, ClaimQuery } from "../../src/grants/approvals/store.ts";
import type { StorePlace } from "../../src/policy/policy.ts";
import { asked, claimOf, queryOf } from "../support/approval-requests.ts";
import { fillApprovals, fillApproved } from "../support/many-approvals.ts";

const [work = "", url = "", directory = "", ...rest] = process.argv.slice(2);
const [first = 0, last = 0] = rest.map(Number);
const place: StorePlace = url === "sqlite" ? { kind: "sqlite" } : { kind: "postgres", url };
/** How many connections work at the same time in this process. */
const connections = Number(process.env.BENCH_CONNECTIONS ?? "1");

const requestOf = (index: number) =>
  asked(`bench${String(index).padStart(6, "0")}`, {
    pendingMs: 86_400_000,
    usableMs: 86_400_000,
    // At most so many of one lineage may wait.
    scope: `session:${index}`,
  });

async function open(): Promise<ApprovalStore> {
  const store = await openApprovals({ place, directory, create: true });
  if (store === undefined) throw new Error("no store");
  return store;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The id of a request: the same for whoever prepares and whoever claims. */
const idOf = (index: number): string =>
  Array.from({ length: 6 }, (_, digit) => LETTERS[Math.floor(index / 32 ** digit) % 32]).join("");

const indexes = (): number[] => Array.from({ length: last - first }, (_, index) => first + index);

async function prepare(): Promise<number> {
  // The schema first.
  await (await open()).close();
  const approved = indexes().map((index) => ({ id: idOf(index), request: requestOf(index) }));
  await fillApproved({ place, directory }, approved);
  return 0;
}

/** Everything that a claim is given: the gate has looked the request up before. */
const claimsHere = (): ClaimQuery[] =>
  indexes().map((index) => claimOf(requestOf(index), idOf(index), { attempt: `a${index}` }));

/** Waits for the others, and for the word to begin. */
async function start(): Promise<number> {
  process.stdout.write("ready\n");
  await once(process.stdin, "data");
  process.stdin.destroy();
  return performance.now();
}

/** Each worker takes the next claim until none is left; returns the milliseconds that it took. */
async function race(
  claims: readonly ClaimQuery[],
  workers: readonly ((claim: ClaimQuery) => Promise<boolean>)[],
): Promise<number> {
  let next = 0;
  const begun = await start();
  await Promise.all(
    workers.map(async (take) => {
      for (let claim = claims[next++]; claim !== undefined; claim = claims[next++])
        if (!(await take(claim))) throw new Error(`${claim.id} was not taken`);
    }),
  );
  return performance.now() - begun;
}

async function claimAll(): Promise<number> {
  const stores = await Promise.all(Array.from({ length: connections }, open));
  const took = await race(
    claimsHere(),
    stores.map((store) => async (claim) => (await store.claim(claim)).done),
  );
  await Promise.all(stores.map((store) => store.close()));
  return took;
}

async function bareAll(): Promise<number> {
  const claims = claimsHere();
  const statements = new Map<ClaimQuery, Sql>();
  for (const claim of claims) statements.set(claim, claimStatement(claim, claim.id));
  const [one] = statements.values();
  if (one === undefined) throw new Error("nothing to claim");
  const valuesOf = (claim: ClaimQuery) => [...(statements.get(claim)?.values ?? [])];
  return place.kind === "sqlite"
    ? bareSqlite(claims, statementText(one, SQLITE_WORDS), valuesOf)
    : barePostgres(place.url, claims, statementText(one, POSTGRES_WORDS), valuesOf);
}

type ValuesOf = (claim: ClaimQuery) => (string | number | null)[];

async function bareSqlite(claims: readonly ClaimQuery[], text: string, valuesOf: ValuesOf) {
  const database = new Database(sqlitePath(directory), { timeout: 10_000 });
  database.exec("PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL");
  const update = database.prepare(text);
  const took = await race(claims, [async (claim) => update.run(...valuesOf(claim)).changes === 1]);
  database.close();
  return took;
}

async function barePostgres(
  address: string,
  claims: readonly ClaimQuery[],
  text: string,
  valuesOf: ValuesOf,
) {
  const clients = Array.from({ length: connections }, () =>
    // As the store connects: without named statements, which poolers lose.
    postgres(address, { max: 1, fetch_types: false, prepare: false }),
  );
  await Promise.all(clients.map((client) => client`SELECT 1`));
  const took = await race(
    claims,
    clients.map(
      (client) => async (claim) => (await client.unsafe(text, valuesOf(claim))).count === 1,
    ),
  );
  await Promise.all(clients.map((client) => client.end()));
  return took;
}

async function standings(): Promise<number> {
  const store = await open();
  const query = queryOf(requestOf(999_999));
  await store.standing(query);
  const begun = await start();
  for (let index = 0; index < first; index++) await store.standing(query);
  const took = performance.now() - begun;
  await store.close();
  return took;
}

async function fill(): Promise<number> {
  await fillApprovals({ place, directory }, first);
  return 0;
}

const WORKS: Readonly<Record<string, () => Promise<number>>> = {
  prepare,
  claim: claimAll,
  bare: bareAll,
  standing: standings,
  fill,
};
const took = await WORKS[work]?.();
process.stdout.write(`${JSON.stringify({ took: took ?? 0 })}\n`);
