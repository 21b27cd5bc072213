// An embedded stand-in for HCP Terraform: the JSON:API over real HTTP on loopback, held in memory.
// The demo and the tests use the same one.
//
// L1 It listens on 127.0.0.1 and nowhere else.
// L2 It holds nothing but memory: closing it leaves nothing behind.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Behaviour } from "./behaviour.ts";
import type { Service } from "./dispatch.ts";
import { Exchanges } from "./exchange.ts";
import { RateLimit, type RateLimitRule } from "./rate-limit.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { Router } from "./router.ts";
import { ROUTES } from "./routes.ts";
import { type Seed, seededWorld } from "./seed.ts";
import type { World } from "./world.ts";

export interface StandInOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** The one token that it accepts. */
  readonly token?: string;
  readonly seed?: Seed;
}

/** A running stand-in. The rules of `Behaviour` can be given to it at any time. */
export interface StandIn
  extends Pick<Behaviour, "failNext" | "delayNext" | "dropNext" | "redirectNext"> {
  /** `http://127.0.0.1:1234`, without a slash at the end. */
  readonly url: string;
  /** `127.0.0.1:1234`. */
  readonly address: string;
  readonly token: string;
  /** Everything that arrived, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** The requests that were not reads. */
  readonly mutations: readonly RecordedRequest[];
  /** What exists now; may be read and changed. */
  readonly state: World;
  /** Limits from now on; undefined lifts the limit. */
  rateLimit(rule: RateLimitRule | undefined): void;
  /** Forgets the rules, the limit and the recorded requests; the world stays. */
  reset(): void;
  /** Ends every connection, also those that wait. */
  close(): Promise<void>;
}

const DEFAULT_TOKEN = "stand-in.atlasv1.demonstration-only";

/** Starts a stand-in on loopback. Rejects with the error of `listen` when the port is taken. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const token = options.token ?? DEFAULT_TOKEN;
  const exchanges = new Exchanges(token);
  const world = seededWorld(options.seed);
  const router = new Router(ROUTES);
  const server = createServer((request, response) => {
    const service: Service = { world, router, origin: `http://${addressOf(server)}` };
    void exchanges.serve(service, request, response).catch(() => response.destroy());
  });
  await listen(server, options.port ?? 0);
  const address = addressOf(server);
  return {
    url: `http://${address}`,
    address,
    token,
    state: world,
    requests: exchanges.requests,
    get mutations() {
      return exchanges.requests.filter(({ method }) => method !== "GET" && method !== "HEAD");
    },
    ...controls(exchanges),
    close() {
      exchanges.end();
      return close(server);
    },
  };
}

type Controls = Pick<
  StandIn,
  "failNext" | "delayNext" | "dropNext" | "redirectNext" | "rateLimit" | "reset"
>;

function controls(exchanges: Exchanges): Controls {
  const { behaviour } = exchanges;
  return {
    failNext: (rule) => behaviour.failNext(rule),
    delayNext: (rule) => behaviour.delayNext(rule),
    dropNext: (rule) => behaviour.dropNext(rule),
    redirectNext: (rule) => behaviour.redirectNext(rule),
    rateLimit(rule) {
      exchanges.limit = rule === undefined ? undefined : new RateLimit(rule, Date.now);
    },
    reset() {
      behaviour.clear();
      exchanges.limit = undefined;
      exchanges.requests.length = 0;
    },
  };
}

function addressOf(server: Server): string {
  const { port } = server.address() as AddressInfo;
  return `127.0.0.1:${port}`;
}

/** L1 */
function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
}

/** L2 */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
