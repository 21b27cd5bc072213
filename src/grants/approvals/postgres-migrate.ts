// The schema of a PostgreSQL store: made by whoever may, once, however many start it together.
//
// Two that begin at the same moment meet at the first thing that only one of them can make; the other
// fails there, and finds the schema made when it looks again. No lock of the server's is taken.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { newerSchema } from "./failures.ts";
import { MIGRATIONS, SCHEMA_VERSION } from "./migrations.ts";
import { codeOf, AGAIN } from "./postgres-failures.ts";
import { ROLES } from "./postgres-schema.ts";
import { raw, type Run, sql } from "./sql.ts";

/** What it looks like when another process has just made the same thing. */
const MADE_MEANWHILE = new Set(["23505", "42P06", "42P07", "42710", "42723", "XX000", ...AGAIN]);
const NO_SCHEMA = new Set(["3F000", "42P01"]);
const NOT_PERMITTED = "42501";
const MOST_TRIES = 20;

export interface Migratable {
  readonly place: string;
  /** One statement. */
  readonly run: Run;
  /** One transaction, tried once. */
  readonly transaction: (work: (run: Run) => Promise<void>) => Promise<void>;
}

/** The schema's version; 0 where there is none. */
async function versionOf({ run, place }: Migratable): Promise<number> {
  try {
    const [row] = await run(
      sql`SELECT coalesce(max(version), 0) AS version FROM holdfast.migration`,
    );
    const version = Number(row?.version);
    if (version > SCHEMA_VERSION) throw newerSchema(place, version);
    return version;
  } catch (error) {
    const code = codeOf(error);
    if (code !== undefined && NO_SCHEMA.has(code)) return 0;
    if (code !== NOT_PERMITTED) throw error;
    throw new Failure(
      "approvals-not-permitted",
      `${place} has approvals, but this database user may not read them`,
      {
        exitCode: EXIT.refused,
        fix: "let the database's administrator run: GRANT holdfast_requester TO the user (or holdfast_approver, for people who approve)",
      },
    );
  }
}

async function makeRoles(run: Run, place: string): Promise<void> {
  const found = await run(
    sql`SELECT rolname FROM pg_roles WHERE rolname IN ('holdfast_requester', 'holdfast_approver')`,
  );
  const missing = ROLES.filter((role) => !found.some(({ rolname }) => rolname === role));
  if (missing.length === 0) return;
  const [me] = await run(sql`SELECT rolcreaterole OR rolsuper AS may FROM pg_roles
    WHERE rolname = session_user`);
  if (me?.may !== true)
    throw new Failure(
      "approvals-roles-missing",
      `${place} has no ${missing.join(" and no ")}, and this database user may not create roles`,
      {
        exitCode: EXIT.refused,
        fix: `let the database's administrator run: ${missing.map((role) => `CREATE ROLE ${role} NOLOGIN;`).join(" ")}`,
      },
    );
  for (const role of missing) await run(sql`CREATE ROLE ${raw(role)} NOLOGIN`);
}

async function migrateFrom(run: Run, place: string, from: number): Promise<void> {
  if (from === 0) {
    await run(sql`CREATE SCHEMA IF NOT EXISTS holdfast`);
    await run(sql`CREATE TABLE holdfast.migration
      (version bigint PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`);
    await makeRoles(run, place);
  }
  for (const { version, postgres } of MIGRATIONS.slice(from)) {
    await run(sql`INSERT INTO holdfast.migration (version) VALUES (${version})`);
    for (const statement of postgres) await run(raw(statement));
  }
}

function older(place: string, version: number, cause: unknown): Failure {
  const has = version === 0 ? "has no schema yet" : `has schema ${version}`;
  return new Failure(
    "approvals-older",
    `${place} ${has}, this holdfast needs ${SCHEMA_VERSION}, and this database user may not change it`,
    {
      exitCode: EXIT.refused,
      fix: "run `holdfast approval list` once with a user in approvals.store who may create schemas and roles (docs/postgresql.md)",
      cause,
    },
  );
}

/** Brings the schema up to date; false where there is none and none is to be made. */
export async function migrate(database: Migratable, create: boolean): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    const version = await versionOf(database);
    if (version === SCHEMA_VERSION) return true;
    if (version === 0 && !create) return false;
    try {
      await database.transaction((run) => migrateFrom(run, database.place, version));
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (error instanceof Failure || code === undefined) throw error;
      if (code === NOT_PERMITTED) throw older(database.place, version, error);
      if (!MADE_MEANWHILE.has(code) || tries === MOST_TRIES) throw error;
    }
  }
}
