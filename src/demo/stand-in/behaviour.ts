// Misbehaviour on request: failures, delays, dropped connections, redirects. Each rule waits for
// the next requests that it matches and is used up by them, in the order in which it was given.

import type { Json } from "./resource.ts";

/** Which requests a rule is for; all of them when nothing is given. */
export interface Match {
  /** Upper case. */
  readonly method?: string;
  /** Of the path below `/api/v2`, or of the whole path where it starts with `/api/`. */
  readonly pathPrefix?: string;
  /** How many requests; 1 when absent. */
  readonly times?: number;
}

/** `before`: nothing has happened yet; `after`: the request had its effect. */
export type Moment = "before" | "after";

export interface FailRule extends Match {
  readonly status: number;
  /** `before` when absent. */
  readonly when?: Moment;
  readonly retryAfterSeconds?: number;
  /** Instead of the JSON:API error for the status. */
  readonly body?: Json;
  /** Sent as text/html, as a proxy in front of the API would. */
  readonly html?: string;
}

export interface DelayRule extends Match {
  readonly ms: number;
  /** `before` when absent. */
  readonly when?: Moment;
}

export interface DropRule extends Match {
  readonly when: Moment;
}

export interface RedirectRule extends Match {
  /** Absolute, or a path. */
  readonly location: string;
  /** 302 when absent. */
  readonly status?: number;
}

/** What one request has to endure. */
export interface Ordeal {
  readonly fail?: FailRule;
  readonly delay?: DelayRule;
  readonly drop?: DropRule;
  readonly redirect?: RedirectRule;
}

interface Waiting<Rule extends Match> {
  readonly rule: Rule;
  left: number;
}

/** The rules that still wait for a request. */
export class Behaviour {
  readonly #fails: Waiting<FailRule>[] = [];
  readonly #delays: Waiting<DelayRule>[] = [];
  readonly #drops: Waiting<DropRule>[] = [];
  readonly #redirects: Waiting<RedirectRule>[] = [];

  failNext(rule: FailRule): void {
    this.#fails.push({ rule, left: rule.times ?? 1 });
  }

  delayNext(rule: DelayRule): void {
    this.#delays.push({ rule, left: rule.times ?? 1 });
  }

  dropNext(rule: DropRule): void {
    this.#drops.push({ rule, left: rule.times ?? 1 });
  }

  redirectNext(rule: RedirectRule): void {
    this.#redirects.push({ rule, left: rule.times ?? 1 });
  }

  /** Forgets every rule. */
  clear(): void {
    for (const rules of [this.#fails, this.#delays, this.#drops, this.#redirects]) rules.length = 0;
  }

  /** Uses up one of each kind of rule that matches. `path` is whole, without the query. */
  next(method: string, path: string): Ordeal {
    const fail = use(this.#fails, method, path);
    const delay = use(this.#delays, method, path);
    const drop = use(this.#drops, method, path);
    const redirect = use(this.#redirects, method, path);
    return {
      ...(fail && { fail }),
      ...(delay && { delay }),
      ...(drop && { drop }),
      ...(redirect && { redirect }),
    };
  }
}

function use<Rule extends Match>(
  waiting: Waiting<Rule>[],
  method: string,
  path: string,
): Rule | undefined {
  const found = waiting.find(({ rule, left }) => left > 0 && matches(rule, method, path));
  if (found !== undefined) found.left -= 1;
  return found?.rule;
}

function matches(rule: Match, method: string, path: string): boolean {
  if (rule.method !== undefined && rule.method !== method) return false;
  if (rule.pathPrefix === undefined) return true;
  const prefix = rule.pathPrefix.startsWith("/api/")
    ? rule.pathPrefix
    : `/api/v2${rule.pathPrefix}`;
  return path.startsWith(prefix);
}
