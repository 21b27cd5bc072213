// The API as a command reaches it: address at once, token and connections only when needed.

import { setMaxListeners } from "node:events";
import type { Card } from "../policy/card.ts";
import type { HcpOperation } from "../policy/operation.ts";
import { type Address, resolveAddress } from "./address.ts";
import type { ClientOptions } from "./client.ts";
import type { HcpReader } from "./read.ts";

export interface HcpAccess {
  readonly address: Address;
  /** @throws Failure `no-token` and others */
  readonly options: () => Promise<ClientOptions>;
  readonly reader: () => Promise<HcpReader>;
  /** Reads documents by a path that may carry a query. */
  readonly lookUps: { get(path: string): Promise<unknown | undefined> };
  /** Lets go of connections, so that the process can end. */
  readonly close: () => void;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** What it takes to find the address and the token. */
export interface HcpSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly version: string;
}

/** Opens access for this run. @throws Failure for an address that cannot be used */
export function openHcpAccess(context: HcpSurroundings): HcpAccess {
  const address = resolveAddress(context.env);
  let opened: HcpReader | undefined;
  const options = once(async (): Promise<ClientOptions> => {
    const { requireToken } = await import("./credentials.ts");
    const { token } = await requireToken(address.hostname, context.env, context.home);
    const userAgent = `holdfast/${context.version}`;
    return { baseUrl: address.baseUrl, token, userAgent, env: context.env };
  });
  const reader = once(async () => {
    const { createReader } = await import("./read.ts");
    opened = createReader(await options());
    return opened;
  });
  return {
    address,
    options,
    reader,
    lookUps: { get: async (path) => getWithQuery(await reader(), path) },
    close: () => opened?.close(),
  };
}

/** The card. Reads that are still under way at its deadline are abandoned, not retried behind the prompt. */
export async function describe(operation: HcpOperation, access: HcpAccess): Promise<Card> {
  const { describeLoss } = await import("./loss/describe.ts");
  const { lossReader } = await import("./loss/reader.ts");
  const { createReader } = await import("./read.ts");
  const reads = new AbortController();
  // One listener for each read under way; a big organization has more than Node thinks normal.
  setMaxListeners(0, reads.signal);
  const reader = createReader({ ...(await access.options()), signal: reads.signal });
  try {
    return await describeLoss(operation, lossReader(reader));
  } finally {
    reads.abort();
    reader.close();
  }
}

function getWithQuery(reader: HcpReader, path: string): Promise<unknown> {
  const at = path.indexOf("?");
  if (at < 0) return reader.get(path);
  return reader.get(path.slice(0, at), [...new URLSearchParams(path.slice(at + 1))]);
}
