// Sends one request that changes something. Only gate/ imports this file.
//
// M1 What is sent is the request that was decided on, byte for byte, and the credentials.
// M2 It is sent again only when it surely did not arrive, or was turned away unread (429).
// M3 No redirect is followed.
// M4 Whatever cannot be known to have had no effect is `unknown`: a 5xx, a broken or timed-out
//    exchange of which a byte was written, a 408, a 303.

import { Failure } from "../policy/failure.ts";
import { type HcpRequest, typedPath } from "../policy/operation.ts";
import { httpRequest } from "../system/http.ts";
import type { HttpResponse } from "../system/http-answer.ts";
import { HttpError } from "../system/http-error.ts";
import { proxyFor } from "../system/proxy.ts";
import {
  type ClientOptions,
  DEFAULT_TIMEOUT_MS,
  forbiddenHeader,
  headerRefused,
  identity,
} from "./client.ts";
import { failureFromHttpError, failureFromResponse } from "./failures.ts";
import { type RetryPolicy, type Tried, tryRepeatedly } from "./retry.ts";
import { apiUrl } from "./url.ts";

export type MutationOutcome = "succeeded" | "failed_no_effect" | "unknown";

export interface MutationResult {
  readonly outcome: MutationOutcome;
  /** What the API answered, when it did. */
  readonly response?: {
    readonly status: number;
    /** Lower-case names. */
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /** Why it did not succeed, or why nobody knows; present exactly when it did not. */
  readonly error?: Failure;
}

export const MUTATION_RETRIES: RetryPolicy = { attempts: 4, baseMs: 300, totalMs: 60_000 };

/** Sends the request and says what came of it. A failure is a result: nothing is thrown for it. */
export async function sendMutation(
  options: ClientOptions,
  request: HcpRequest,
): Promise<MutationResult> {
  let send: () => Promise<HttpResponse>;
  try {
    send = prepare(options, request);
  } catch (error) {
    if (error instanceof Failure) return { outcome: "failed_no_effect", error };
    if (error instanceof HttpError) return concludeError(error, request);
    throw error;
  }
  const { signal, onRetry, retries = MUTATION_RETRIES } = options;
  const tried = await tryRepeatedly(send, mayRepeat, { policy: retries, signal, onRetry });
  if ("error" in tried) return concludeError(tried.error, request);
  return concludeResponse(tried.response, request);
}

function prepare(options: ClientOptions, request: HcpRequest): () => Promise<HttpResponse> {
  const url = apiUrl(options.baseUrl, request.path, request.query);
  const forbidden = forbiddenHeader(request.headers);
  if (forbidden !== undefined) throw headerRefused(forbidden);
  const proxy = proxyFor(url, options.env);
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const { method, body } = request;
  const headers = { ...request.headers, ...identity(options) };
  return () => httpRequest({ method, url, headers, body, timeoutMs, proxy, signal });
}

function mayRepeat(tried: Tried): boolean {
  if ("response" in tried) return tried.response.status === 429;
  return tried.error.arrived === "no" && tried.error.transient;
}

function concludeError(error: HttpError, request: HcpRequest): MutationResult {
  const failure = failureFromHttpError(error);
  if (error.arrived === "no") return { outcome: "failed_no_effect", error: failure };
  return { outcome: "unknown", error: notKnown(failure, request) };
}

function concludeResponse(response: HttpResponse, request: HcpRequest): MutationResult {
  const { status, headers } = response;
  const told = { status, headers, body: response.body.toString("utf8") };
  if (status >= 200 && status <= 299) return { outcome: "succeeded", response: told };
  const error = failureFromResponse(request, response);
  if (status < 500 && status !== 408 && status !== 303) {
    return { outcome: "failed_no_effect", response: told, error };
  }
  return { outcome: "unknown", response: told, error: notKnown(error, request) };
}

/** The same failure, but its first advice is to look before doing anything again. */
function notKnown(failure: Failure, request: HcpRequest): Failure {
  const name = `${request.method} ${typedPath(request.path)}`;
  const message = failure.message.startsWith(name)
    ? failure.message
    : `${name}: ${failure.message}`;
  return new Failure(failure.code, `${message}; it was sent, and may have taken effect`, {
    exitCode: failure.exitCode,
    fix: "look at the target before you try again",
    cause: failure,
  });
}
