// The rate limit: so many requests in a window, then 429 until the window is over.

import type { Answer } from "./answer.ts";

export interface RateLimitRule {
  readonly requests: number;
  /** Length of the window in milliseconds; the API's own is a second. */
  readonly perMs?: number;
}

/** Counts requests in windows that start with the first request after the last window's end. */
export class RateLimit {
  readonly #requests: number;
  readonly #perMs: number;
  readonly #now: () => number;
  #windowStart = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(rule: RateLimitRule, now: () => number) {
    this.#requests = rule.requests;
    this.#perMs = rule.perMs ?? 1000;
    this.#now = now;
  }

  /** The refusal, once there were too many; undefined while there are not. */
  take(): Answer | undefined {
    const now = this.#now();
    if (now - this.#windowStart >= this.#perMs) {
      this.#windowStart = now;
      this.#used = 0;
    }
    this.#used += 1;
    if (this.#used <= this.#requests) return undefined;
    return tooMany(this.#requests, (this.#windowStart + this.#perMs - now) / 1000);
  }
}

/** The API gives the status of this error as a number, unlike all others. */
function tooMany(limit: number, seconds: number): Answer {
  return {
    status: 429,
    headers: {
      "retry-after": String(Math.ceil(seconds)),
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": seconds.toFixed(3),
    },
    body: {
      errors: [
        { status: 429, title: "Too many requests", detail: "The API's rate limit is exceeded." },
      ],
    },
  };
}
