// Look-ups answered from a table of documents, the way the API answers them.

import type { LookUps } from "../../../src/operations/hcp/look-ups.ts";
import { type HcpRequestInput, toOperation } from "../../../src/operations/hcp/to-operation.ts";
import { Failure } from "../../../src/policy/failure.ts";
import type { HcpOperation } from "../../../src/policy/operation.ts";

export const BASE = new URL("https://app.terraform.io");

/** Documents by path; an Error stands for a look-up that fails, and no entry for a 404. */
export type Documents = Readonly<Record<string, unknown>>;

/** Paths with and without their paging parameters are the same here, page 1 asked. */
export function lookUpsIn(documents: Documents, asked: string[] = []): LookUps {
  return {
    get: async (path) => {
      asked.push(path);
      const plain = path.replace("?page%5Bsize%5D=100&page%5Bnumber%5D=1", "");
      const found = documents[path] ?? documents[plain];
      if (found instanceof Error) throw found;
      return found;
    },
  };
}

export function resource(id: string, attributes: object, relationships: object = {}): object {
  return { data: { id, attributes, relationships } };
}

export function list(...attributes: object[]): object {
  return { data: attributes.map((each, index) => ({ id: `item-${index}`, attributes: each })) };
}

export function named(id: string): object {
  return { data: { id } };
}

export interface Typed extends Partial<HcpRequestInput> {
  readonly json?: unknown;
}

/** The operation for a request written as `METHOD PATH`. */
export async function operation(
  line: string,
  typed: Typed = {},
  documents: Documents = {},
  baseUrl: URL = BASE,
): Promise<HcpOperation> {
  const [method = "", ...path] = line.split(" ");
  const { json, ...rest } = typed;
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  const input = { method, path: path.join(" "), query: [], headers: [], ...body, ...rest };
  return toOperation(input, { baseUrl, lookUps: lookUpsIn(documents) });
}

/** The Failure that a request is refused with. */
export async function refusal(line: string, typed: Typed = {}, baseUrl = BASE): Promise<Failure> {
  try {
    await operation(line, typed, {}, baseUrl);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error(`${line} was not refused`);
}
