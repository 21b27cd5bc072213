// What the store needs of a database. sqlite.ts and postgres.ts are the two there are.

import type { Decider } from "../../policy/approval.ts";
import type { Run, Sql } from "./sql.ts";

export interface ApprovalDatabase {
  /** For people: the file's path, or the server and database without credentials. */
  readonly place: string;
  /** The database's own name of whoever is connected, where it knows one. */
  readonly user: string | undefined;
  /** Whether one more statement costs next to nothing. */
  readonly isLocal: boolean;
  /** How many approvers it can tell apart. */
  readonly mostApprovers: number;
  /** One statement that changes nothing. */
  read(statement: Sql): ReturnType<Run>;
  /**
   * One transaction, committed when `work` returns. `work` may be run again from its start when the
   * database asks for it. Throws Failure, and whatever `work` throws.
   */
  write<Result>(work: (run: Run) => Promise<Result>): Promise<Result>;
  /**
   * One transaction of two statements, and one statement where a server is asked: `change`, an UPDATE
   * without RETURNING, and where it found a row `kept`, an INSERT ... SELECT without a WHERE.
   *
   * @returns whether `change` found a row
   * @throws as `write`
   */
  together(change: Sql, kept: Sql): Promise<boolean>;
  close(): Promise<void>;
}

/** A database refused a row because another one has its place: the loser of a race. */
export class Taken extends Error {
  override readonly name = "Taken";
}

/** Time, or somebody else, has passed between two statements: the whole again, from what is now. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";
}

/** A person, by the database's name where it has one: never by what a client says. */
export function knownAs(database: Pick<ApprovalDatabase, "user">, by: Decider): Decider {
  return database.user === undefined ? by : { ...by, user: database.user };
}
