// One notice, one try.
//
// D1 A redirect is not followed: what is signed for one address goes to no other.
// D2 A try says nothing about the request: whatever a receiver answers, only a person's answer counts.

import type { Notice } from "../../grants/approvals/store.ts";
import type { WebhookAddress } from "../../policy/policy.ts";
import { httpRequest } from "../../system/http.ts";
import { HttpError } from "../../system/http-error.ts";
import { type Environment, proxyFor } from "../../system/proxy.ts";
import { readPrivateFile, UnsafeFile } from "../../system/safe-file.ts";
import { VERSION } from "../../version.ts";
import { messageBody, messageHeaders } from "./message.ts";

/** More of an answer is not read, in bytes. */
const MOST_OF_ANSWER = 64 * 1024;
const LONGEST_SECRET = 4096;
/** In characters: a shorter key could be guessed from what it signed. */
const SHORTEST_SECRET = 16;

/** What came of a try. `again`: whether another one may do better; `afterMs`: when the receiver asks for it. */
export type Delivery =
  | { readonly delivered: true }
  | {
      readonly delivered: false;
      readonly again: boolean;
      readonly error: string;
      readonly afterMs?: number;
    };

export interface DeliverOptions {
  readonly env: Environment;
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Tells the address of `notice`, as policy has it now. Never throws. */
export async function deliver(
  notice: Notice,
  webhooks: readonly WebhookAddress[],
  options: DeliverOptions,
): Promise<Delivery> {
  const webhook = webhooks.find(({ url }) => url === notice.recipient);
  if (webhook === undefined) return failed("this machine's policy has no webhook of that URL");
  try {
    const secret = readSecret(webhook.secretFile);
    const url = new URL(webhook.url);
    const body = messageBody(notice.request);
    const now = options.now();
    const response = await httpRequest({
      method: "POST",
      url,
      headers: messageHeaders(secret, body, {
        delivery: notice.id,
        now,
        userAgent: `holdfast/${VERSION}`,
      }),
      body,
      timeoutMs: options.timeoutMs,
      proxy: proxyFor(url, options.env),
      signal: options.signal,
      maxBytes: MOST_OF_ANSWER,
    });
    return judge(response.status, response.headers["retry-after"]);
  } catch (error) {
    return failed(lineOf(error));
  }
}

/** 4xx says that the same again will be refused again; these three say the opposite. */
const PASSING = new Set([408, 425, 429]);

function judge(status: number, retryAfter: string | undefined): Delivery {
  if (status >= 200 && status <= 299) return { delivered: true };
  const error = `answered ${status}`;
  if (status >= 400 && status <= 499 && !PASSING.has(status))
    return { delivered: false, again: false, error };
  const seconds = /^\d{1,6}$/.test(retryAfter ?? "") ? Number(retryAfter) : undefined;
  return { ...failed(error), ...(seconds === undefined ? {} : { afterMs: seconds * 1000 }) };
}

const failed = (error: string) => ({ delivered: false, again: true, error }) as const;

/** The key that a webhook's messages are signed with. @throws UnsafeFile */
export function readSecret(file: string): string {
  const secret = readPrivateFile(file, LONGEST_SECRET).replace(/\r?\n$/, "");
  if (secret.length < SHORTEST_SECRET)
    throw new UnsafeFile("unusable", file, `holds fewer than ${SHORTEST_SECRET} characters`);
  return secret;
}

function lineOf(error: unknown): string {
  if (error instanceof HttpError && error.code === "too-large")
    return "answered with more than 64 KiB, which is not read";
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0] ?? "";
}
