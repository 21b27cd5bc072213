// From what a person typed to an HcpOperation: every ambiguity is refused, the rest is classified.
//
// O1 Nothing but a Failure is thrown for bad input, before any request.
// O2 The operation's request is complete: method, path, query, headers and body are what is sent.
// O3 A workspace that is named is addressed by its id, where a look-up tells it (by-id.ts).

import type { HcpRequest, HcpOperation, Target } from "../../policy/operation.ts";
import { pathById } from "./by-id.ts";
import { classify } from "./classify.ts";
import type { LookUps } from "./look-ups.ts";
import { refuse } from "./refuse.ts";
import { type Body, isMethodOverride, parseBody } from "./request-body.ts";
import { parseHeaders, parseMethod } from "./request-headers.ts";
import { checkQuery, type Location, parseLocation } from "./request-path.ts";
import { matchRoute, type RouteMatch } from "./route-table.ts";

export type { LookUps } from "./look-ups.ts";

/** A request as it was typed, placeholders filled. */
export interface HcpRequestInput {
  readonly method: string;
  /** `/workspaces/ws-1`, `workspaces/ws-1?x=y`, `/api/v2/workspaces/ws-1`, or a URL on the host. */
  readonly path: string;
  /** Decoded; sent after the query of the path. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** Where requests go, and how facts are looked up there. */
export interface HcpContext {
  readonly baseUrl: URL;
  readonly lookUps: LookUps;
}

/**
 * The operation that a request is. Look-ups happen only where the body or the resource decides
 * whether the request destroys. Throws Failure, exit 1, for a request that is refused outright.
 */
export async function toOperation(
  input: HcpRequestInput,
  context: HcpContext,
): Promise<HcpOperation> {
  const method = parseMethod(input.method);
  const typed = parseLocation(input.path, context.baseUrl);
  const query = [...typed.query, ...input.query];
  checkQuery(query, "the query (-f)");
  if (query.some(([name]) => isMethodOverride(name))) {
    throw refuse("method-override", "the query's _method would change what the API does", "use -X");
  }
  const headers = parseHeaders(input.headers);
  const body = parseBody(input.body, headers["content-type"]);
  const { location, match, organization } = await located(method, typed, context.lookUps);
  const target = targetOf(location, match, context.baseUrl, organization);
  const verdict = await classify(
    { method, path: target.path, query, body },
    match,
    context.lookUps,
  );
  return {
    kind: "hcp",
    ...(match ? { name: match.route.name } : {}),
    ...verdict,
    target,
    request: requestOf(method, { path: location.path, query }, headers, body),
  };
}

interface Located {
  readonly location: Location;
  readonly match: RouteMatch | undefined;
  readonly organization: string | undefined;
}

/** O3 */
async function located(method: string, typed: Location, lookUps: LookUps): Promise<Located> {
  const find = (path: string) => matchRoute(method === "HEAD" ? "GET" : method, path);
  const match = find(typed.path);
  const organization = match?.values.find(([name]) => name === "organization_name")?.[1];
  const path = match && (await pathById(match, lookUps));
  if (path === undefined) return { location: typed, match, organization };
  return { location: { ...typed, path }, match: find(path), organization };
}

function requestOf(
  method: string,
  location: Location,
  headers: Record<string, string>,
  body: Body | undefined,
): HcpRequest {
  if (!body) return { method, ...location, headers };
  const typed = { ...headers, "content-type": body.contentType };
  return { method, ...location, headers: typed, body: body.text };
}

function targetOf(
  location: Location,
  match: RouteMatch | undefined,
  baseUrl: URL,
  organization: string | undefined,
): Target {
  const below = location.path.startsWith("/api/v2/") ? location.path.slice(7) : location.path;
  const id = match?.values.at(-1)?.[1];
  return {
    hostname: baseUrl.host,
    ...(organization === undefined ? {} : { organization }),
    path: match ? withoutAction(below, match.route.template) : below,
    ...(id === undefined ? {} : { id }),
  };
}

/** An action is done to the resource that stands before it. */
function withoutAction(path: string, template: string): string {
  const action = /\/(?:actions\/[a-z_-]+|(?:force-)?delete)$/.exec(template)?.[0];
  return action !== undefined && path.endsWith(action) ? path.slice(0, -action.length) : path;
}
