// From the flags of `holdfast api` to the request they mean.
//
// Q1 Wrong usage sends nothing: every flag is checked, and the body read, before a name is looked
//    up through the API.
// Q2 operations/ decides what the request is and what no request may hold; here only flags are read.

import { isMethodOverride, parseBody } from "../../operations/hcp/request-body.ts";
import { parseHeaders, parseMethod } from "../../operations/hcp/request-headers.ts";
import { checkQuery, parseLocation } from "../../operations/hcp/request-path.ts";
import type { HcpRequestInput } from "../../operations/hcp/to-operation.ts";
import { attributesBody } from "./attributes.ts";
import { type ApiFlags, yesFailure } from "./flags.ts";
import { type InputSource, readInput } from "./input.ts";
import { fieldPairs, headerPairs, type Pair } from "./pairs.ts";
import { fillPath, type PathContext, parameterValues, planPath } from "./path.ts";
import { fillPlaceholders } from "./placeholders.ts";
import { quoted, usageFailure } from "./usage-failure.ts";

/** What building a request may ask of the world outside. */
export interface RequestContext extends InputSource, PathContext {
  /** The API's address: a URL as PATH must be on it. */
  readonly baseUrl: URL;
}

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
  const headers = Object.entries(parseHeaders(headerPairs(flags.header ?? [])));
  const query = [...path.query, ...fieldPairs(flags.field ?? [])];
  query.push(...paging(flags, method, query));
  const makeBody = bodyOf(flags, headers, path.template, context);
  const values = await parameterValues(path, context);
  const body = await makeBody();
  const input = { method, query, headers, ...(body === undefined ? {} : { body }) };
  refuseEarly({ ...input, path: fillPlaceholders(path.template, values) }, context.baseUrl);
  return { ...input, path: await fillPath(path, values, context) };
}

/** What operations/ would refuse anyway is refused before a name is looked up (Q1). */
function refuseEarly({ path, query, headers, body }: HcpRequestInput, baseUrl: URL): void {
  parseLocation(path, baseUrl);
  checkQuery(query, "the query of PATH");
  if (query.some(([name]) => isMethodOverride(name)))
    throw usageFailure("PATH: _method would change what the API does", "use -X");
  parseBody(body, headers.find(([name]) => name === "content-type")?.[1]);
}

function methodOf(flags: ApiFlags): string {
  const hasBody = flags.input !== undefined || (flags.attribute ?? []).length > 0;
  if (flags.method === undefined) return hasBody ? "POST" : "GET";
  const method = parseMethod(flags.method);
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
  if (all && (flags.header ?? []).length > 0)
    throw usageFailure("--all: cannot be combined with -H", "leave one of them out");
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
