// One open store's turn at its database: one statement or transaction at a time, each change with its
// audit entry (P5).
//
// J1 An entry is part of its change's transaction. Where that did not surely commit, the chain ends,
//    and a new one begins: so no chain has a gap, and none goes on from an entry that is not there.

import { AuditChain, type AuditFacts } from "../../policy/audit-entry.ts";
import { LONGEST } from "./bounds.ts";
import { type ApprovalDatabase, Overtaken } from "./database.ts";
import { busy } from "./failures.ts";
import { type Row, type Run, type Sql, sql } from "./sql.ts";

/** A transaction, as whoever changes something sees it. */
export interface Change {
  readonly run: Run;
  /** Keeps an audit entry with the change. */
  readonly record: (facts: AuditFacts) => Promise<void>;
}

/** Being overtaken this often is no coincidence. */
const MOST_TRIES = 5;

export class Journal {
  readonly database: ApprovalDatabase;
  #chain = new AuditChain();
  /** Whether this chain has an entry that may not have been committed. */
  #isOpen = false;
  #hasBegun = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(database: ApprovalDatabase) {
    this.database = database;
  }

  get place(): string {
    return this.database.place;
  }

  /** One statement that changes nothing. */
  readonly read = (statement: Sql): Promise<readonly Row[]> =>
    this.#inTurn(() => this.database.read(statement));

  /** One transaction. `work` may be run more than once. */
  change<Result>(work: (change: Change) => Promise<Result>): Promise<Result> {
    return this.#inTurn(async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await this.#transaction(work);
        } catch (error) {
          if (!(error instanceof Overtaken)) throw error;
          if (tries === MOST_TRIES) throw busy(this.place, error);
        }
      }
    });
  }

  async #transaction<Result>(work: (change: Change) => Promise<Result>): Promise<Result> {
    const result = await this.database.write((run) => {
      if (this.#isOpen) this.#renew();
      let seen: Promise<readonly string[]> | undefined;
      const record = async (facts: AuditFacts) => {
        seen ??= this.#seen(run);
        await this.#record(run, facts, await seen);
      };
      return work({ run, record });
    });
    this.#isOpen = false;
    return result;
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.database.close());
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #renew(): void {
    this.#chain = new AuditChain();
    this.#isOpen = false;
    this.#hasBegun = false;
  }

  /** The latest entry of others: with every change where that is cheap, else when a chain begins. */
  async #seen(run: Run): Promise<readonly string[]> {
    if (this.#hasBegun && !this.database.isLocal) return [];
    const rows = await run(
      sql`SELECT {text:hash}, {text:writer} FROM {audit} ORDER BY {audit}.position DESC LIMIT 1`,
    );
    return rows.filter((row) => row.writer !== this.#chain.writer).map(({ hash }) => `${hash}`);
  }

  async #record(run: Run, facts: AuditFacts, seen: readonly string[]): Promise<void> {
    const entry = this.#chain.next(facts, new Date(), seen);
    this.#isOpen = true;
    this.#hasBegun = true;
    await run(sql`INSERT INTO {audit} (hash, writer, seq, entry)
      VALUES (${entry.hash}, ${entry.writer}, ${entry.seq}, ${JSON.stringify(entry)})`);
    this.#chain.keep(entry);
  }
}

/** The longest text of a fact: an entry stays small enough to be kept. */
export const FACT_LENGTH = Math.floor(LONGEST.entry / 16);
