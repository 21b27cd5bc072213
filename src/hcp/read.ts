// Reads from the API: look-ups, raw answers, whole collections. Nothing here changes anything.
//
// R1 GET and HEAD only.
// R2 The token goes to the API's own scheme, host and port. Once a redirect has led elsewhere,
//    neither it nor the caller's own headers are sent any more.
// R4 Documents, which decide what may be deleted, are the API's own: an answer that a redirect got
//    from elsewhere is a failure. Only raw answers, such as logs, may come from there.

import type { Agent } from "node:http";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { typedPath } from "../policy/operation.ts";
import { httpRequest } from "../system/http.ts";
import type { HttpResponse } from "../system/http-answer.ts";
import { createHttpPool } from "../system/http-pool.ts";
import { proxyFor } from "../system/proxy.ts";
import {
  anonymous,
  type ClientOptions,
  DEFAULT_TIMEOUT_MS,
  forbiddenHeader,
  headerRefused,
  identity,
} from "./client.ts";
import { failureFromHttpError, failureFromResponse } from "./failures.ts";
import { type AllPages, type AllPagesOptions, getAllPages } from "./pages.ts";
import { redirectTarget } from "./redirect.ts";
import { type RetryPolicy, type Tried, tryRepeatedly } from "./retry.ts";
import { API_ROOT, apiUrl, type Query } from "./url.ts";

export interface ReadRequest {
  /** `GET` when absent. */
  readonly method?: "GET" | "HEAD";
  /** Starts with `/api/`, percent-encoded. */
  readonly path: string;
  readonly query?: Query;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HcpResponse extends HttpResponse {
  /** Where the answer came from, after redirects. May hold a signature in its query. */
  readonly url: URL;
}

export interface HcpReader {
  /**
   * A JSON document below `/api/v2`, undefined on 404.
   *
   * @param path such as `/workspaces/ws-8ZkQ`, percent-encoded, without a query
   * @throws Failure for any other answer, and when there is none
   */
  get(path: string, query?: Query): Promise<unknown>;
  /** The answer as it is, whatever its status, after retries. @throws Failure when there is none */
  fetch(request: ReadRequest): Promise<HcpResponse>;
  /** All pages of a collection, merged. @throws Failure, 404 included */
  getAll(path: string, options?: AllPagesOptions): Promise<AllPages>;
  /** Ends the connections that are kept. */
  close(): void;
}

export const READ_RETRIES: RetryPolicy = { attempts: 5, baseMs: 300, totalMs: 90_000 };

const JSON_API = { accept: "application/vnd.api+json, application/json" };

/** A reader that keeps its connections between requests; idle ones do not keep the process up. */
export function createReader(options: ClientOptions): HcpReader {
  const pool = createHttpPool();
  const fetch = (request: ReadRequest) => fetchFollowing(options, pool, request);
  const getDocument = async (path: string, query: Query = []) => {
    const name = { method: "GET", path: API_ROOT + (path.startsWith("/") ? path : `/${path}`) };
    const response = await fetch({ path: name.path, query, headers: JSON_API });
    if (response.status < 200 || response.status > 299) throw failureFromResponse(name, response);
    return parseDocument(response, name.path, options.baseUrl);
  };
  return {
    fetch,
    get: (path, query) => getDocument(path, query).catch(undefinedWhenNotFound),
    getAll: (path, all) => getAllPages(getDocument, options.baseUrl, path, all),
    close: () => pool.destroy(),
  };
}

function undefinedWhenNotFound(error: unknown): undefined {
  if (error instanceof Failure && error.code === "not-found") return undefined;
  throw error;
}

function parseDocument(response: HcpResponse, path: string, baseUrl: URL): unknown {
  const { host, origin } = response.url;
  if (origin !== baseUrl.origin)
    throw new Failure("foreign-answer", `GET ${typedPath(path)} was answered by ${host}`, {
      exitCode: EXIT.network,
      fix: "check the address: holdfast doctor",
    });
  try {
    return JSON.parse(response.body.toString("utf8"));
  } catch {
    throw new Failure("not-json", `GET ${typedPath(path)}: ${host} did not answer with JSON`, {
      exitCode: EXIT.network,
      fix: "check that the address is HCP Terraform or Terraform Enterprise, and no login page",
    });
  }
}

async function fetchFollowing(
  options: ClientOptions,
  pool: Agent,
  request: ReadRequest,
): Promise<HcpResponse> {
  const forbidden = forbiddenHeader(request.headers ?? {});
  if (forbidden !== undefined) throw headerRefused(forbidden);
  let url = apiUrl(options.baseUrl, request.path, request.query ?? []);
  let headers: Record<string, string> = { ...request.headers, ...identity(options) };
  for (let followed = 0; ; followed += 1) {
    const response = await fetchOne(options, pool, request.method ?? "GET", url, headers);
    const next = redirectTarget(response, url, followed);
    if (next === undefined) return { ...response, url };
    url = next;
    // Dropped for good: a foreign host must not be able to send the token anywhere either.
    if (url.origin !== options.baseUrl.origin) headers = anonymous(options);
  }
}

async function fetchOne(
  options: ClientOptions,
  pool: Agent,
  method: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
): Promise<HttpResponse> {
  const { signal, onRetry, timeoutMs = DEFAULT_TIMEOUT_MS, retries = READ_RETRIES } = options;
  const send = async () => {
    const proxy = proxyFor(url, options.env);
    return httpRequest({ method, url, headers, timeoutMs, proxy, signal, pool });
  };
  const tried = await tryRepeatedly(send, mayRepeat, { policy: retries, signal, onRetry });
  if ("error" in tried) throw failureFromHttpError(tried.error);
  return tried.response;
}

function mayRepeat(tried: Tried): boolean {
  if ("error" in tried) return tried.error.transient;
  const { status } = tried.response;
  return status === 429 || (status >= 500 && status !== 501);
}
