// The shared store: PostgreSQL, or what speaks its protocol.
//
// X1 No call waits for ever: connecting, a statement and a whole call have their limits, kept here as
//    well as by the server.
// X2 A transaction that the server asks to repeat is repeated from its start, a bounded number of times.
// X3 What is committed is on the server's disk: synchronous_commit is ours to say, and we say on.

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect as connectTo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sql as Driver, TransactionSql } from "postgres";
import type { StorePlace } from "../../policy/policy.ts";
import { type ApprovalDatabase, Taken } from "./database.ts";
import { type Address, addressOf } from "./postgres-address.ts";
import { AGAIN, codeOf, postgresFailure, UNIQUE, unreachable } from "./postgres-failures.ts";
import { migrate } from "./postgres-migrate.ts";
import { POSTGRES_WORDS } from "./postgres-schema.ts";
import { type Row, type Run, type Sql, sql, statementText } from "./sql.ts";

const CONNECT_SECONDS = 3;
const STATEMENT_MS = 5000;
/** A whole call, connecting and repeating included. */
const CALL_MS = 10_000;
/** Making the schema may wait for another that makes it. */
const OPEN_MS = 20_000;
const CLOSE_SECONDS = 1;
const MOST_TRIES = 10;
const PAUSE_MS = 20;

const runOn =
  (connection: Driver | TransactionSql): Run =>
  async (statement: Sql) =>
    (await connection.unsafe(statementText(statement, POSTGRES_WORDS), [
      ...statement.values,
    ])) as readonly Row[];

class PostgresDatabase implements ApprovalDatabase {
  readonly isLocal = false;
  readonly mostApprovers = 100;
  readonly place: string;
  user: string | undefined;
  readonly #address: Address;
  readonly #driver: Driver;
  readonly #sockets: ReadonlySet<Socket>;

  constructor(address: Address, { driver, sockets }: Connected) {
    this.place = address.place;
    this.#address = address;
    this.#driver = driver;
    this.#sockets = sockets;
  }

  readonly read: Run = (statement) =>
    this.#within(CALL_MS, () => this.#again(() => runOn(this.#driver)(statement)));

  write<Result>(work: (run: Run) => Promise<Result>): Promise<Result> {
    return this.#within(CALL_MS, () => this.#again(() => this.#transaction(work)));
  }

  async together(change: Sql, kept: Sql): Promise<boolean> {
    const rows = await this.read(sql`WITH changed AS (${change} RETURNING 1),
      kept AS (${kept} WHERE EXISTS (SELECT 1 FROM changed)) SELECT * FROM changed`);
    return rows.length > 0;
  }

  /** Looks who we are, and brings the schema up to date; false where there is none to open. */
  open(create: boolean): Promise<boolean> {
    const run = runOn(this.#driver);
    const { place } = this;
    return this.#within(OPEN_MS, async () => {
      const [row] = await run(sql`SELECT session_user::text AS me`);
      this.user = String(row?.me);
      return migrate({ place, run, transaction: (work) => this.#transaction(work) }, create);
    });
  }

  async close(): Promise<void> {
    // Without a connection the driver may never say that it has ended, and leave a socket open that
    // would keep the process alive.
    const limit = new AbortController();
    const tooLong = sleep(2000 * CLOSE_SECONDS, undefined, { signal: limit.signal });
    await Promise.race([this.#driver.end({ timeout: CLOSE_SECONDS }), tooLong]);
    limit.abort();
    tooLong.catch(() => undefined);
    for (const socket of this.#sockets) socket.destroy();
  }

  async #transaction<Result>(work: (run: Run) => Promise<Result>): Promise<Result> {
    const { result } = await this.#driver.begin(
      "ISOLATION LEVEL READ COMMITTED",
      async (inside) => ({
        result: await work(runOn(inside)),
      }),
    );
    return result;
  }

  /** X2. */
  async #again<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const code = codeOf(error);
        if (code === undefined || !AGAIN.has(code) || tries === MOST_TRIES) throw error;
        await sleep(randomInt(PAUSE_MS * tries) + 1);
      }
    }
  }

  /** X1: the driver's own timers do not keep a process alive, so ours do. */
  async #within<Result>(ms: number, work: () => Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      const late = () => reject(unreachable(this.place, `no answer within ${ms / 1000} seconds`));
      timer = setTimeout(late, ms);
    });
    try {
      return await Promise.race([work(), tooLong]);
    } catch (error) {
      if (codeOf(error) === UNIQUE) throw new Taken("another row has its place");
      throw postgresFailure(error, this.#address);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A driver, and every socket that it has open. */
interface Connected {
  readonly driver: Driver;
  readonly sockets: ReadonlySet<Socket>;
}

/** A connection of ours, so that it ends when we say so. The driver asks it for its host. */
async function openSocket({ host, port }: Address, sockets: Set<Socket>): Promise<Socket> {
  const socket = connectTo({ host, port });
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
  await once(socket, "connect", { signal: AbortSignal.timeout(CONNECT_SECONDS * 1000) });
  return Object.assign(socket, { host, port });
}

async function connect(address: Address): Promise<Connected> {
  const { default: postgres } = await import("postgres");
  const { host, port, database, username, password, ssl } = address;
  const sockets = new Set<Socket>();
  const options = {
    host,
    port,
    database,
    username,
    // A function, for the driver takes the environment's for an empty one.
    password: () => password,
    ssl,
    max: 1,
    prepare: false,
    fetch_types: false,
    connect_timeout: CONNECT_SECONDS,
    target_session_attrs: "read-write",
    onnotice: () => undefined,
    connection: {
      application_name: "holdfast",
      statement_timeout: STATEMENT_MS,
      idle_in_transaction_session_timeout: STATEMENT_MS,
      synchronous_commit: "on",
    },
    // Not among the driver's types.
    socket: () => openSocket(address, sockets),
  };
  return { driver: postgres(options as never), sockets };
}

/** Opens the database of a place; undefined where it has no schema and none is to be made. */
export async function openPostgres(
  place: StorePlace & { readonly kind: "postgres" },
  create: boolean,
): Promise<ApprovalDatabase | undefined> {
  const address = addressOf(place);
  const database = new PostgresDatabase(address, await connect(address));
  try {
    if (await database.open(create)) return database;
  } catch (error) {
    await database.close();
    throw error;
  }
  await database.close();
  return undefined;
}
