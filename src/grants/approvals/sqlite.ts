// The embedded store: one SQLite file that many short processes open at the same time.
//
// B1 What is committed survives a loss of power: WAL with synchronous=FULL, asserted after opening.
// B2 Every change takes the write lock before it reads (BEGIN IMMEDIATE).
// B3 The file is left as it was when it cannot be used, or has another version's schema.

import { randomInt } from "node:crypto";
import { isAnyArrayBuffer } from "node:util/types";
import type Libsql from "libsql";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { type ApprovalDatabase, Overtaken, Taken } from "./database.ts";
import { malformed, newerSchema } from "./failures.ts";
import { MIGRATIONS, SCHEMA_VERSION } from "./migrations.ts";
import { type Row, type Run, type Sql, statementText } from "./sql.ts";
import { sqliteFailure } from "./sqlite-failures.ts";
import { prepareFile, sqlitePath } from "./sqlite-file.ts";
import { SQLITE_WORDS } from "./sqlite-schema.ts";

/** How long one statement waits for another process's transaction, which takes milliseconds. */
const BUSY_MS = 10_000;
/** SQLite does not wait where two processes switch to WAL at once: we do, this often. */
const SWITCH_TRIES = 200;
const SWITCH_PAUSE_MS = 25;
/** `hfap`: whose file it is. */
const APPLICATION_ID = 0x68_66_61_70;
/** SQLite's code for a second row where an index allows one. */
const UNIQUE = 2067;
/** And for what a guard refuses. */
const GUARDED = 1811;

/** How many compiled statements a connection keeps. */
const MOST_STATEMENTS = 100;

type Database = Libsql.Database;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text comes as bytes (SQLITE_WORDS): what is not UTF-8 was not written by us. */
function textOf(value: unknown, path: string): unknown {
  if (!isAnyArrayBuffer(value)) return value;
  try {
    return UTF8.decode(new Uint8Array(value));
  } catch (error) {
    throw malformed(path, "it has text that is not UTF-8", error);
  }
}

/** Statements by their text, compiled once. Some texts have as many values as a list: not all are kept. */
class Statements {
  readonly #database: Database;
  readonly #byText = new Map<string, Libsql.Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  of(statement: Sql): Libsql.Statement {
    const text = statementText(statement, SQLITE_WORDS);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    if (this.#byText.size === MOST_STATEMENTS) this.#byText.clear();
    const compiled = this.#database.prepare(text);
    this.#byText.set(text, compiled);
    return compiled;
  }
}

function rowsOf(statements: Statements, statement: Sql, path: string): readonly Row[] {
  const rows = statements.of(statement).all(...statement.values);
  return (rows as readonly Row[]).map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value, path)])),
  );
}

function pragma(database: Database, text: string): unknown {
  const [row] = database.prepare(`PRAGMA ${text}`).all() as Record<string, unknown>[];
  return row === undefined ? undefined : Object.values(row)[0];
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && "rawCode" in error && (Number(error.rawCode) & 0xff) === 5;

const pause = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

function switchToWal(database: Database): void {
  for (let tries = 1; ; tries++) {
    try {
      if (pragma(database, "journal_mode = WAL") === "wal") return;
      throw new Error("SQLite did not switch to its write-ahead log");
    } catch (error) {
      if (!isBusy(error) || tries === SWITCH_TRIES) throw error;
      pause(randomInt(SWITCH_PAUSE_MS) + 1);
    }
  }
}

function demand(database: Database, name: string, value: number): void {
  database.exec(`PRAGMA ${name} = ${value}`);
  const found = pragma(database, name);
  if (found === value) return;
  throw new Failure("approvals-unusable", `SQLite's ${name} is ${found} instead of ${value}`, {
    exitCode: EXIT.refused,
    fix: "install holdfast's own libsql again: npm ci",
  });
}

function transaction<Result>(database: Database, work: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function rollBack(database: Database): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // SQLite has rolled back by itself: that is what a full disk does.
  }
}

/** The schema's version; 0 for an empty file. Throws where the file is somebody else's. */
function versionOf(database: Database, path: string): number {
  const version = Number(pragma(database, "user_version"));
  const owner = pragma(database, "application_id");
  if (version > SCHEMA_VERSION && owner === APPLICATION_ID) throw newerSchema(path, version);
  const isEmpty = () => database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").all().length === 0;
  if (owner === APPLICATION_ID ? version > 0 : version === 0 && owner === 0 && isEmpty())
    return version;
  throw malformed(path, "it is another program's database");
}

function migrate(database: Database, path: string): void {
  if (versionOf(database, path) === SCHEMA_VERSION) return;
  transaction(database, () => {
    // Another process may have done it while we waited for the lock.
    const from = versionOf(database, path);
    for (const { version, sqlite } of MIGRATIONS.slice(from)) {
      for (const statement of sqlite) database.exec(statement);
      database.exec(`PRAGMA user_version = ${version}`);
    }
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  });
}

function setUp(database: Database, path: string): void {
  database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  // Whose it is comes first: nothing of another's file is changed, not even its journal (B3).
  versionOf(database, path);
  switchToWal(database);
  demand(database, "synchronous", 2);
  demand(database, "foreign_keys", 1);
  demand(database, "trusted_schema", 0);
  migrate(database, path);
}

/** Whose transaction it is, among the connections of this process to one file. */
const turns = new Map<string, Promise<unknown>>();

/**
 * One after the other: SQLite waits for a lock without letting anything else run, so a connection of
 * this very process would never get to release it.
 */
function inTurn<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const result = (turns.get(path) ?? Promise.resolve()).then(work);
  const settled = result
    .catch(() => undefined)
    .then(() => {
      if (turns.get(path) === settled) turns.delete(path);
    });
  turns.set(path, settled);
  return result;
}

class SqliteDatabase implements ApprovalDatabase {
  readonly user = undefined;
  readonly isLocal = true;
  readonly mostApprovers = 1;
  readonly place: string;
  readonly #database: Database;
  readonly #statements: Statements;

  constructor(place: string, database: Database) {
    this.place = place;
    this.#database = database;
    this.#statements = new Statements(database);
  }

  readonly read: Run = async (statement) => {
    try {
      return rowsOf(this.#statements, statement, this.place);
    } catch (error) {
      throw sqliteFailure(error, this.place);
    }
  };

  write<Result>(work: (run: Run) => Promise<Result>): Promise<Result> {
    return inTurn(this.place, () => this.#transaction(work));
  }

  together(change: Sql, kept: Sql): Promise<boolean> {
    return inTurn(this.place, async () => this.#both(change, kept));
  }

  /** The lock is held for the statements alone: both are ready before it is asked for. */
  #both(change: Sql, kept: Sql): boolean {
    const database = this.#database;
    try {
      const [first, second] = [this.#statements.of(change), this.#statements.of(kept)];
      database.exec("BEGIN IMMEDIATE");
      const hasChanged = first.run(...change.values).changes > 0;
      if (hasChanged) second.run(...kept.values);
      database.exec("COMMIT");
      return hasChanged;
    } catch (error) {
      throw this.#lost(error);
    }
  }

  async #transaction<Result>(work: (run: Run) => Promise<Result>): Promise<Result> {
    const database = this.#database;
    try {
      database.exec("BEGIN IMMEDIATE");
      const result = await work(async (statement) =>
        rowsOf(this.#statements, statement, this.place),
      );
      database.exec("COMMIT");
      return result;
    } catch (error) {
      throw this.#lost(error);
    }
  }

  /** Undoes a transaction; returns what is to be thrown for it. */
  #lost(error: unknown): unknown {
    if (this.#database.inTransaction) rollBack(this.#database);
    if (error instanceof Error && "rawCode" in error) {
      if (error.rawCode === UNIQUE) return new Taken(error.message);
      if (error.rawCode === GUARDED) return new Overtaken(error.message);
    }
    return sqliteFailure(error, this.place);
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}

/** Opens the file below `directory`; undefined where there is none and none is to be made. */
export async function openSqlite(
  directory: string,
  create: boolean,
): Promise<ApprovalDatabase | undefined> {
  if (!prepareFile(directory, create)) return undefined;
  const path = sqlitePath(directory);
  const { default: Libsql } = await import("libsql");
  return inTurn(path, async () => {
    let database: Database | undefined;
    try {
      database = new Libsql(path, { timeout: BUSY_MS });
      setUp(database, path);
      return new SqliteDatabase(path, database);
    } catch (error) {
      database?.close();
      throw sqliteFailure(error, path);
    }
  });
}
