// When to send again, and how long to wait before it. Who may send again is the caller's rule.

import { setTimeout as delay } from "node:timers/promises";
import type { HttpResponse } from "../system/http-answer.ts";
import { HttpError } from "../system/http-error.ts";

export interface RetryPolicy {
  /** How often the request is sent at most, the first time included. */
  readonly attempts: number;
  /** The first wait in milliseconds; each further one doubles. Jitter takes off up to half. */
  readonly baseMs: number;
  /** No wait begins that would end later than this after the start, in milliseconds. */
  readonly totalMs: number;
}

/** What one attempt came to. */
export type Tried = { readonly response: HttpResponse } | { readonly error: HttpError };

/** Told before each wait. */
export interface Retry {
  /** How many attempts were made so far. */
  readonly attempt: number;
  readonly waitMs: number;
  /** One clause: `status 429`, or the network error. */
  readonly because: string;
}

export interface RetryOptions {
  readonly policy: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

/**
 * Sends until the answer is final, `mayRepeat` says no, or the policy is exhausted; then returns
 * the last attempt. A Retry-After that the policy's total does not allow for ends it at once.
 */
export async function tryRepeatedly(
  send: () => Promise<HttpResponse>,
  mayRepeat: (tried: Tried) => boolean,
  { policy, signal, onRetry }: RetryOptions,
): Promise<Tried> {
  const deadline = Date.now() + policy.totalMs;
  for (let attempt = 1; ; attempt += 1) {
    const tried = await once(send);
    if (attempt >= policy.attempts || !mayRepeat(tried)) return tried;
    const asked = "response" in tried ? retryAfterMs(tried.response, Date.now()) : undefined;
    const waitMs = asked ?? backoffMs(policy.baseMs, attempt);
    if (Date.now() + waitMs > deadline) return tried;
    const because = "response" in tried ? `status ${tried.response.status}` : tried.error.message;
    onRetry?.({ attempt, waitMs, because });
    try {
      await delay(waitMs, undefined, signal === undefined ? {} : { signal });
    } catch {
      return { error: new HttpError("aborted", "interrupted", { arrived: "no" }) };
    }
  }
}

async function once(send: () => Promise<HttpResponse>): Promise<Tried> {
  try {
    return { response: await send() };
  } catch (error) {
    if (error instanceof HttpError) return { error };
    throw error;
  }
}

function backoffMs(baseMs: number, attempt: number): number {
  return baseMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
}

/**
 * How long an answer asks to wait, in milliseconds: Retry-After in seconds or as a date, else
 * X-RateLimit-Reset in seconds, which is what HCP Terraform sends with a 429. Undefined when it
 * asks nothing that can be understood.
 */
export function retryAfterMs(response: HttpResponse, nowMs: number): number | undefined {
  const after = response.headers["retry-after"];
  const reset = response.status === 429 ? response.headers["x-ratelimit-reset"] : undefined;
  for (const text of [after, reset]) {
    if (text !== undefined && /^\d{1,9}(\.\d{1,9})?$/.test(text.trim())) return Number(text) * 1000;
  }
  const date = after === undefined ? Number.NaN : Date.parse(after);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
