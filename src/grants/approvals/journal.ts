// One open store's turn at its database: one statement or transaction at a time, each change with its
// audit entry (P5).
//
// J1 An entry is part of its change's transaction. Where that did not surely commit, the chain ends,
//    and a new one begins: so no chain has a gap, and none goes on from an entry that is not there.
// J2 An entry that was made for a change that found no row is not kept, and the next has its number.
// J3 What is said is redacted before it is clipped, and both before it is hashed.
// J4 A store that lies beside the audit log names the log's latest entries, once in each chain. Others
//    keep logs of their own beside a shared store: whoever verifies one could not find them.

import {
  AuditChain,
  type AuditEntry,
  type AuditFacts,
  SAID_FREELY,
} from "../../policy/audit-entry.ts";
import { bounded, LONGEST } from "./bounds.ts";
import { type ApprovalDatabase, Overtaken } from "./database.ts";
import type { Names } from "./facts.ts";
import { busy } from "./failures.ts";
import { type Row, type Run, type Sql, sql } from "./sql.ts";

/** What a journal needs of whoever opens it. */
export interface Surroundings {
  /** Hashes of the audit log's latest entries, the latest last. Never throws. */
  readonly also?: () => readonly string[];
  /** Replaces what is secret in a text. */
  readonly redact?: (text: string) => string;
}

/** A transaction, as whoever changes something sees it. */
export interface Change {
  readonly run: Run;
  /** Keeps an audit entry with the change. */
  readonly record: (facts: AuditFacts) => Promise<void>;
  /** The names without what is secret; undefined where nothing in them is. */
  readonly conceal: (names: Names) => Names | undefined;
}

/** Being overtaken this often is no coincidence. */
const MOST_TRIES = 5;

/** The longest text of a fact: an entry stays small enough to be kept. */
const FACT_LENGTH = Math.floor(LONGEST.entry / 16);

/** How many of the log's entries one of ours names. */
const MOST_ALSO = 4;

export class Journal {
  readonly database: ApprovalDatabase;
  readonly #also: () => readonly string[];
  readonly #redact: (text: string) => string;
  #chain = new AuditChain();
  /** Whether this chain has an entry that may not have been committed. */
  #isOpen = false;
  #hasBegun = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(database: ApprovalDatabase, { also, redact }: Surroundings = {}) {
    this.database = database;
    this.#also = database.isLocal && also !== undefined ? also : () => [];
    this.#redact = redact ?? ((text) => text);
  }

  get place(): string {
    return this.database.place;
  }

  /** One statement that changes nothing. */
  readonly read = (statement: Sql): Promise<readonly Row[]> =>
    this.#inTurn(() => this.database.read(statement));

  /** One transaction. `work` may be run more than once. */
  change<Result>(work: (change: Change) => Promise<Result>): Promise<Result> {
    return this.#inTurn(() => this.#again(() => this.#transaction(work)));
  }

  /**
   * One change of which everything is known before: the lock is held, or the server asked, no longer
   * than for the change itself.
   *
   * @returns whether `change` found a row; only then is the entry kept (J2)
   */
  changeKnown(change: Sql, facts: AuditFacts): Promise<boolean> {
    return this.#inTurn(() => this.#again(() => this.#known(change, facts)));
  }

  async #known(change: Sql, facts: AuditFacts): Promise<boolean> {
    if (this.#isOpen) this.#renew();
    const entry = this.#next(facts, await this.#seen(this.database.read));
    this.#isOpen = true;
    const hasChanged = await this.database.together(
      change,
      sql`INSERT INTO {audit} (hash, writer, seq, entry)
        SELECT ${entry.hash}, ${entry.writer}, ${entry.seq}, ${JSON.stringify(entry)}`,
    );
    this.#isOpen = false;
    if (hasChanged) this.#keep(entry);
    return hasChanged;
  }

  async #transaction<Result>(work: (change: Change) => Promise<Result>): Promise<Result> {
    const result = await this.database.write((run) => {
      if (this.#isOpen) this.#renew();
      let seen: Promise<readonly string[]> | undefined;
      const record = async (facts: AuditFacts) => {
        seen ??= this.#seen(run);
        await this.#record(run, this.#next(facts, await seen));
      };
      return work({ run, record, conceal: (names) => this.#conceal(names) });
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

  async #again<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error;
        if (tries === MOST_TRIES) throw busy(this.place, error);
      }
    }
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
    const others = rows.filter(({ writer }) => writer !== this.#chain.writer);
    const also = this.#hasBegun ? [] : this.#also().slice(-MOST_ALSO);
    return [...others.map(({ hash }) => String(hash)), ...also];
  }

  /** J3. */
  #fit = (text: string): string => bounded(this.#redact(text), FACT_LENGTH);

  #conceal({ operation, target }: Names): Names | undefined {
    if (this.#redact(operation) === operation) return undefined;
    return { operation: this.#fit(operation), target };
  }

  #next({ event, effect, ...facts }: AuditFacts, seen: readonly string[]): AuditEntry {
    const texts = Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === "string" && SAID_FREELY.has(name) ? this.#fit(value) : value,
    ]);
    const kept = {
      event,
      ...(effect === undefined ? {} : { effect }),
      ...Object.fromEntries(texts),
    };
    return this.#chain.next(kept, new Date(), seen);
  }

  async #record(run: Run, entry: AuditEntry): Promise<void> {
    this.#isOpen = true;
    await run(sql`INSERT INTO {audit} (hash, writer, seq, entry)
      VALUES (${entry.hash}, ${entry.writer}, ${entry.seq}, ${JSON.stringify(entry)})`);
    this.#keep(entry);
  }

  #keep(entry: AuditEntry): void {
    this.#hasBegun = true;
    this.#chain.keep(entry);
  }
}
