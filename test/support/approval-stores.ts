// The two stores, for the contract: each gives fresh places, and any number of connections to one.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApprovals } from "../../src/grants/approvals/open.ts";
import type { ApprovalStore } from "../../src/grants/approvals/store.ts";
import type { StorePlace } from "../../src/policy/policy.ts";
import { startPostgres, type TestServer } from "./postgres.ts";

/** One empty store, and connections to it. */
export interface Place {
  readonly place: StorePlace;
  /** The same as an agent's database user names it. */
  readonly agentPlace: StorePlace;
  readonly directory: string;
  /** A connection of its own. */
  open(): Promise<ApprovalStore>;
  /** As another person: another database user on PostgreSQL. */
  openAs(user: "alice" | "bob" | "agent"): Promise<ApprovalStore>;
  remove(): Promise<void>;
}

export interface StoreKind {
  readonly name: "sqlite" | "postgres";
  start(): Promise<boolean>;
  place(): Promise<Place>;
  /** One without even a schema. */
  emptyPlace(): Promise<Place>;
  stop(): Promise<void>;
}

class OpenPlace implements Place {
  readonly place: StorePlace;
  readonly directory: string;
  readonly #places: Readonly<Record<string, StorePlace>>;
  readonly #stores: ApprovalStore[] = [];

  constructor(place: StorePlace, places: Readonly<Record<string, StorePlace>> = {}) {
    this.place = place;
    this.#places = places;
    // Every change waits for its disk: one in memory, where there is one, keeps the tests short.
    this.directory = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "hfa-"));
  }

  get agentPlace(): StorePlace {
    return this.#places.agent ?? this.place;
  }

  open(): Promise<ApprovalStore> {
    return this.#open(this.place);
  }

  openAs(user: string): Promise<ApprovalStore> {
    return this.#open(this.#places[user] ?? this.place);
  }

  async remove(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close().catch(() => undefined)));
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #open(place: StorePlace): Promise<ApprovalStore> {
    const store = await openApprovals({ place, directory: this.directory, create: true });
    if (store === undefined) throw new Error("no store was made");
    this.#stores.push(store);
    return store;
  }
}

const sqlite: StoreKind = {
  name: "sqlite",
  start: async () => true,
  place: async () => new OpenPlace({ kind: "sqlite" }),
  emptyPlace: async () => new OpenPlace({ kind: "sqlite" }),
  stop: async () => undefined,
};

export class PostgresKind implements StoreKind {
  readonly name = "postgres";
  server: TestServer | undefined;

  async start(): Promise<boolean> {
    this.server = await startPostgres();
    if (this.server === undefined) return false;
    await (await this.place()).remove();
    await this.server.user("alice", ["holdfast_approver", "holdfast_requester"]);
    await this.server.user("bob", ["holdfast_approver"]);
    await this.server.user("agent", ["holdfast_requester"]);
    return true;
  }

  async place(): Promise<Place> {
    const place = await this.emptyPlace();
    // The administrator makes the schema; the others may not.
    await (await place.open()).close();
    return place;
  }

  async emptyPlace(): Promise<Place> {
    if (this.server === undefined) throw new Error("no server");
    const { place, places } = await this.#database(this.server);
    return new OpenPlace(place, places);
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  async #database(server: TestServer) {
    const name = await server.database();
    const at = (user?: string): StorePlace => ({ kind: "postgres", url: server.url(name, user) });
    const places = { alice: at("alice"), bob: at("bob"), agent: at("agent") };
    return { place: at(), places };
  }
}

/** Both, to run one suite on. */
export const storeKinds = (): readonly StoreKind[] => [sqlite, new PostgresKind()];
