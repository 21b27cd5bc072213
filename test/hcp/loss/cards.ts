// Cards of real operations: typed as a person would, looked up over real HTTP.

import type { StandIn } from "../../../src/demo/stand-in/server.ts";
import { type DescribeOptions, describeLoss } from "../../../src/hcp/loss/describe.ts";
import { type LossReader, lossReader } from "../../../src/hcp/loss/reader.ts";
import { createReader } from "../../../src/hcp/read.ts";
import { toOperation } from "../../../src/operations/hcp/to-operation.ts";
import type { Card } from "../../../src/policy/card.ts";
import type { HcpOperation } from "../../../src/policy/operation.ts";

export interface Server {
  readonly url: string;
  readonly token: string;
}

/** A reader of the server, without retries, so that a failure is a failure at once. */
export function readerOf({ url, token }: Server): LossReader {
  const retries = { attempts: 1, baseMs: 1, totalMs: 1 };
  const options = { baseUrl: new URL(url), token, userAgent: "test", env: {}, retries };
  return lossReader(createReader(options));
}

/** The operation that a typed request is. `body`: JSON. */
export function operationOf(
  server: Server,
  method: string,
  path: string,
  body?: unknown,
): Promise<HcpOperation> {
  const reader = readerOf(server);
  return toOperation(
    {
      method,
      path,
      query: [],
      headers: [],
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    { baseUrl: new URL(server.url), lookUps: { get: (at) => reader.get(at) } },
  );
}

/** The card for it. */
export async function cardOf(
  server: Server,
  method: string,
  path: string,
  body?: unknown,
  options?: DescribeOptions,
): Promise<Card> {
  const operation = await operationOf(server, method, path, body);
  return describeLoss(operation, readerOf(server), options);
}

/** The card as lines, `label: text`, the server's own address replaced. */
export function linesOf(card: Card, { url }: Server): string[] {
  const host = new URL(url).host;
  return [
    card.question,
    ...card.rows.map(({ label, text }) => `${label}: ${text.replaceAll(host, "HOST")}`),
    ...card.unknown.map((each) => `unknown: ${each}`),
    ...(card.typedName === undefined ? [] : [`type: ${card.typedName}`]),
  ];
}

/** The id of the resource of that name in the stand-in's world. */
export function idOf(standIn: StandIn, type: string, name: string): string {
  const found = standIn.state
    .all(type)
    .find(({ attributes }) => attributes.name === name || attributes.key === name);
  if (found === undefined) throw new Error(`no ${type} is called ${name}`);
  return found.id;
}
