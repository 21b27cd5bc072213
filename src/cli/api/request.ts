// From the flags of `holdfast api` to the request they mean.
//
// Q1 Wrong usage sends nothing: every flag is checked, and the body read, before a name is looked
//    up through the API.
// Q2 What comes out is raw: operations/ decides what it is, and refuses what no request may hold.

import type { HcpRequestInput } from "../../operations/hcp/to-operation.ts";
import { attributesBody } from "./attributes.ts";
import { type ApiFlags, yesFailure } from "./flags.ts";
import { type InputSource, readInput } from "./input.ts";
import { headerPairs, keyValue, type Pair } from "./pairs.ts";
import { fillPath, type PathContext, parameterValues, planPath } from "./path.ts";
import { quoted, usageFailure } from "./usage-failure.ts";

/** What building a request may ask of the world outside. Each is asked only where it is needed. */
export interface RequestContext extends InputSource, PathContext {}

/**
 * Builds the request that the flags mean.
 * @throws Failure: exit 1 for wrong usage, naming the flag; 2 when a name that -p gives does not
 * exist; whatever the ports throw.
 */
export async function buildRequest(
  flags: ApiFlags,
  context: RequestContext,
): Promise<HcpRequestInput> {
  if (flags.yes) throw yesFailure();
  const path = planPath(flags.path, flags.param ?? []);
  const method = methodOf(flags);
  const headers = headerPairs(flags.header ?? []);
  const fields = (flags.field ?? []).map((text) => keyValue("-f", text));
  const query = [...path.query, ...fields];
  query.push(...paging(flags, method, query));
  const makeBody = bodyOf(flags, headers, path.template, context);
  const values = await parameterValues(path, context);
  const body = await makeBody();
  const filled = await fillPath(path, values, context);
  return { method, path: filled, query, headers, ...(body === undefined ? {} : { body }) };
}

function methodOf(flags: ApiFlags): string {
  const hasBody = flags.input !== undefined || (flags.attribute ?? []).length > 0;
  if (flags.method === undefined) return hasBody ? "POST" : "GET";
  if (!/^[A-Za-z]+$/.test(flags.method))
    throw usageFailure(
      `-X ${quoted(flags.method)}: not an HTTP method`,
      "use GET, POST, PATCH, PUT or DELETE",
    );
  const method = flags.method.toUpperCase();
  if (hasBody && (method === "GET" || method === "HEAD"))
    throw usageFailure(
      `-X ${method}: cannot be combined with a body (${flags.input === undefined ? "-a" : "-i"})`,
      "use -f for query parameters, or another -X",
    );
  return method;
}

function paging(flags: ApiFlags, method: string, query: readonly Pair[]): Pair[] {
  const { all, pageSize, pageNumber } = flags;
  const asked = [
    all ? "--all" : undefined,
    pageSize === undefined ? undefined : "--page-size",
    pageNumber === undefined ? undefined : "--page-number",
  ].find((flag) => flag !== undefined);
  if (asked === undefined) return [];
  if (method !== "GET")
    throw usageFailure(`${asked}: only for GET, this is ${method}`, `leave ${asked} out`);
  if (all && (pageNumber !== undefined || query.some(([name]) => name === "page[number]")))
    throw usageFailure("--all: cannot be combined with a page number", "leave one of them out");
  return [
    ...pageParameter("--page-size", "page[size]", pageSize, 100, query),
    ...pageParameter("--page-number", "page[number]", pageNumber, Number.MAX_SAFE_INTEGER, query),
  ];
}

function pageParameter(
  flag: string,
  name: string,
  text: string | undefined,
  most: number,
  query: readonly Pair[],
): Pair[] {
  if (text === undefined) return [];
  const range = most === 100 ? "from 1 to 100" : "from 1";
  if (!/^[1-9]\d{0,15}$/.test(text) || Number(text) > most)
    throw usageFailure(`${flag} ${quoted(text)}: not a whole number ${range}`, `try ${flag} 20`);
  if (query.some(([other]) => other === name))
    throw usageFailure(`${flag}: ${name} is given twice`, `leave ${flag} or ${name} out`);
  return [[name, text]];
}

/** Checks what can be checked now; stdin and files are read when the rest is known to be right. */
function bodyOf(
  flags: ApiFlags,
  headers: readonly Pair[],
  template: string,
  source: InputSource,
): () => Promise<string | undefined> {
  const { input, type } = flags;
  const attributes = flags.attribute ?? [];
  if (input !== undefined && attributes.length > 0)
    throw usageFailure("-i: cannot be combined with -a", "put the attributes into the body");
  if (type !== undefined && attributes.length === 0)
    throw usageFailure(
      "-t: names the type of a body that -a makes, and there is no -a",
      input === undefined ? "add -a KEY=VALUE, or leave -t out" : "leave -t out: -i is the body",
    );
  if (attributes.length > 0) {
    const body = attributesBody(attributes, type, template);
    return async () => body;
  }
  if (input === undefined) return async () => undefined;
  const contentType = headers.find(([name]) => name === "content-type")?.[1] ?? "json";
  return () => readInput(input, source, /json/i.test(contentType));
}
