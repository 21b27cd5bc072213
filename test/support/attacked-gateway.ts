// A gateway as an agent has it, a directory that it works in, and what there is to see of an attack on
// it: the files, the requests to a server nearby, the bytes that were stored.

import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import {
  type Called,
  type GatewayOptions,
  openGateway,
  type StdioGateway,
} from "./gateway-client.ts";
import { type Stage, setStage } from "./stage.ts";
import { answerIn } from "./yes.ts";

export interface Attacked {
  readonly stage: Stage;
  /** Where gateways are started, unless something else is said: absolute, without symbolic links. */
  readonly work: string;
  readonly path: (name: string) => string;
  /** Writes a file below `work`, its directories too. */
  file(name: string, text: string, mode?: number): string;
  /** Takes everything out of `work`; the directory stays. */
  clear(): void;
  /** Every file below `work`, with its text. */
  files(): Record<string, string>;
  /** Writes a policy of version 1 beside `work`; its path. */
  policy(name: string, policy: object): string;
  /** Opens a gateway in `work`; all are closed with the place. */
  open(options?: GatewayOptions): Promise<StdioGateway>;
  /** A person's yes, or no, to the request that a call waits for; its id. */
  answer(called: Called, verdict?: "approve" | "deny"): Promise<string>;
  /** The bytes of every file below the configuration and `work`, by path. */
  bytes(): Map<string, Buffer>;
  close(): Promise<void>;
}

/** Makes one. Close it when done. */
export async function attackGateway(): Promise<Attacked> {
  const stage = await setStage({ asks: true });
  const above = realpathSync(stage.directory);
  const work = join(above, "work");
  mkdirSync(work);
  const path = (name: string) => join(work, name);
  const opened: StdioGateway[] = [];
  return {
    stage,
    work,
    path,
    file: (name, text, mode = 0o644) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text, { mode });
      return path(name);
    },
    clear: () => {
      for (const name of readdirSync(work)) rmSync(path(name), { recursive: true });
    },
    files: () =>
      Object.fromEntries([...bytesBelow(work)].map(([at, bytes]) => [at, bytes.toString("utf8")])),
    policy: (name, policy) => {
      const at = join(above, name);
      writeFileSync(at, JSON.stringify({ version: 1, ...policy }), { mode: 0o600 });
      return at;
    },
    open: async (options = {}) => {
      const gateway = await openGateway(stage, { cwd: work, ...options });
      opened.push(gateway);
      return gateway;
    },
    answer: async ({ result, text }, verdict) => {
      const { id } = result.request ?? {};
      if (id === undefined) throw new Error(`nothing waits: ${text}`);
      await answerIn(stage, id, verdict);
      return id;
    },
    bytes: () => new Map([...bytesBelow(stage.env.HOLDFAST_CONFIG_DIR ?? ""), ...bytesBelow(work)]),
    close: async () => {
      await Promise.all(opened.map((gateway) => gateway.close()));
      await stage.close();
    },
  };
}

function bytesBelow(directory: string, found = new Map<string, Buffer>()): Map<string, Buffer> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const at = join(directory, entry.name);
    if (entry.isDirectory()) bytesBelow(at, found);
    else if (entry.isFile()) found.set(at, readFileSync(at));
  }
  return found;
}

/** What a result says, in the words that a row is about. */
export function told({ isError, result }: Called) {
  const { status, reason, rule, error } = result;
  return { isError, status, reason, rule: rule?.id, code: error?.code };
}

export interface Ear {
  readonly url: string;
  /** Every request to it, as `METHOD path`. */
  readonly heard: readonly string[];
  close(): Promise<void>;
}

/** A server that whatever was tricked into it would talk to. Close it when done. */
export async function listenFor(body = ""): Promise<Ear> {
  const heard: string[] = [];
  const server: Server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
