// What reads and mutations have in common: whose token goes where, and how it is sent.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { Environment } from "../system/proxy.ts";
import type { Retry, RetryPolicy } from "./retry.ts";

export interface ClientOptions {
  /** As `Address.baseUrl`. */
  readonly baseUrl: URL;
  readonly token: string;
  readonly userAgent: string;
  /** For HTTPS_PROXY and NO_PROXY. */
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
  /** For one attempt, in milliseconds. */
  readonly timeoutMs?: number;
  readonly retries?: RetryPolicy;
  /** Told before each wait, so that a person can be. */
  readonly onRetry?: (retry: Retry) => void;
}

/** How long one attempt may take unless the caller says otherwise, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 60_000;

/** The headers that say who is asking. They go to the API's own origin and nowhere else. */
export function identity(options: ClientOptions): Record<string, string> {
  return { authorization: `Bearer ${options.token}`, "user-agent": options.userAgent };
}

/** What any other host may know. */
export function anonymous(options: ClientOptions): Record<string, string> {
  return { "user-agent": options.userAgent };
}

const OURS =
  /^(authorization|proxy-authorization|host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect)$/i;

/** The first header that only this client may set, since it would change where or how much is sent. */
export function forbiddenHeader(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(headers).find((name) => OURS.test(name));
}

/** The failure for such a header. */
export function headerRefused(name: string): Failure {
  return new Failure("header-refused", `the header ${name} is set by holdfast itself`, {
    exitCode: EXIT.usage,
    fix: "leave it out",
  });
}
