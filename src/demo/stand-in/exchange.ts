// One HTTP exchange after the other: record it, let it suffer what was asked for, answer it.

import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, errorAnswer } from "./answer.ts";
import { Behaviour, type DelayRule, type Moment, type Ordeal } from "./behaviour.ts";
import { dispatch, type Service } from "./dispatch.ts";
import type { RateLimit } from "./rate-limit.ts";
import { type OpenRecord, recordOf } from "./recorded-request.ts";

/** Holds what arrived and how to treat what arrives next. */
export class Exchanges {
  readonly requests: OpenRecord[] = [];
  readonly behaviour = new Behaviour();
  limit: RateLimit | undefined;
  readonly #token: string;
  readonly #ending = new AbortController();

  constructor(token: string) {
    this.#token = token;
  }

  /** Rejects when the connection breaks, or when the stand-in closes while it waits. */
  async serve(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const record = recordOf(request, await textOf(request), this.#token);
    this.requests.push(record);
    const ordeal = this.behaviour.next(record.method, record.path);
    await this.#pause(ordeal.delay, "before");
    if (ordeal.drop?.when === "before") return void request.socket.destroy();
    const answer = suffer(ordeal, () => this.limit?.take() ?? dispatch(service, record));
    await this.#pause(ordeal.delay, "after");
    if (ordeal.drop?.when === "after") return void request.socket.destroy();
    record.status = answer.status;
    send(response, answer);
  }

  /** Ends the waiting of delayed exchanges. */
  end(): void {
    this.#ending.abort();
  }

  async #pause(delay: DelayRule | undefined, moment: Moment): Promise<void> {
    if (delay === undefined || (delay.when ?? "before") !== moment) return;
    await sleep(delay.ms, undefined, { signal: this.#ending.signal });
  }
}

/** The answer, or the one that a rule puts in its place before or after the effect. */
function suffer(ordeal: Ordeal, effect: () => Answer): Answer {
  const { fail, redirect } = ordeal;
  if (redirect !== undefined) {
    return { status: redirect.status ?? 302, headers: { location: redirect.location } };
  }
  if (fail === undefined) return effect();
  if (fail.when === "after") effect();
  const headers: Record<string, string> = {};
  if (fail.retryAfterSeconds !== undefined) headers["retry-after"] = String(fail.retryAfterSeconds);
  if (fail.html !== undefined) {
    headers["content-type"] = "text/html; charset=utf-8";
    return { status: fail.status, headers, text: fail.html };
  }
  const usual = errorAnswer(fail.status, `status ${fail.status}`);
  return { ...usual, headers, ...(fail.body === undefined ? {} : { body: fail.body }) };
}

function send(response: ServerResponse, answer: Answer): void {
  const text = answer.text ?? (answer.body === undefined ? undefined : JSON.stringify(answer.body));
  response.writeHead(answer.status, {
    ...(text === undefined ? {} : { "content-type": "application/vnd.api+json; charset=utf-8" }),
    "tfp-api-version": "2.6",
    ...answer.headers,
  });
  response.end(text);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
