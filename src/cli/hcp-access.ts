// The API as a command reaches it: address at once, token and connections only when needed.

import { type Address, resolveAddress } from "../hcp/address.ts";
import type { ClientOptions } from "../hcp/client.ts";
import type { HcpReader } from "../hcp/read.ts";
import type { LookUps } from "../operations/hcp/look-ups.ts";
import type { CliContext } from "./context.ts";

export interface HcpAccess {
  readonly address: Address;
  /** @throws Failure `no-token` and others */
  readonly options: () => Promise<ClientOptions>;
  readonly reader: () => Promise<HcpReader>;
  /** Reads documents by a path that may carry a query. */
  readonly lookUps: LookUps;
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

/** Opens access for this run. @throws Failure for an address that cannot be used */
export function openHcpAccess(context: CliContext): HcpAccess {
  const address = resolveAddress(context.env);
  let opened: HcpReader | undefined;
  const options = once(async (): Promise<ClientOptions> => {
    const { requireToken } = await import("../hcp/credentials.ts");
    const { token } = await requireToken(address.hostname, context.env, context.home);
    const userAgent = `holdfast/${context.version}`;
    return { baseUrl: address.baseUrl, token, userAgent, env: context.env };
  });
  const reader = once(async () => {
    const { createReader } = await import("../hcp/read.ts");
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

function getWithQuery(reader: HcpReader, path: string): Promise<unknown> {
  const at = path.indexOf("?");
  if (at < 0) return reader.get(path);
  return reader.get(path.slice(0, at), [...new URLSearchParams(path.slice(at + 1))]);
}
