// A plain HTTP client for the contract tests: what it gets is what was on the wire.

import { request } from "node:http";
import type { StandIn } from "../../src/demo/stand-in/server.ts";

export interface Shown {
  readonly id: string;
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships: Readonly<
    Record<string, { readonly data?: unknown; readonly links?: Readonly<Record<string, string>> }>
  >;
  readonly links: { readonly self: string };
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body's parts, as far as there are any. */
  readonly one: Shown;
  readonly many: readonly Shown[];
  readonly included: readonly Shown[];
  readonly meta: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  readonly links: Readonly<Record<string, string | null>> | undefined;
  readonly errors: readonly Readonly<Record<string, unknown>>[] | undefined;
}

export interface Sent {
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `path` is below `/api/v2` unless it is absolute or starts with another root. */
export function send(
  standIn: StandIn,
  method: string,
  path: string,
  sent: Sent = {},
): Promise<Reply> {
  const below = path.startsWith("http") ? path : `${standIn.url}${rooted(path)}`;
  const token = "token" in sent ? sent.token : standIn.token;
  const body = typeof sent.body === "string" ? sent.body : JSON.stringify(sent.body);
  const headers = {
    // Node frames no body of a DELETE by itself: without a length its bytes would start a request.
    ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(sent.body === undefined ? {} : { "content-type": "application/vnd.api+json" }),
    ...sent.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(below, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve(replyFrom(response.statusCode ?? 0, response.headers, text));
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** A JSON:API body with one resource. */
export function document(
  type: string,
  attributes: Readonly<Record<string, unknown>> = {},
  relationships?: Readonly<Record<string, unknown>>,
): unknown {
  return { data: { type, attributes, ...(relationships && { relationships }) } };
}

/** A bulk body. */
export function entries(type: string, ids: readonly string[]): unknown {
  return { data: ids.map((id) => ({ type, id })) };
}

function rooted(path: string): string {
  return path.startsWith("/v1/") || path.startsWith("/.well-known") || path.startsWith("/api/")
    ? path
    : `/api/v2${path}`;
}

function replyFrom(status: number, headers: Reply["headers"], text: string): Reply {
  const json: Record<string, unknown> = text.startsWith("{") ? JSON.parse(text) : {};
  return {
    status,
    headers,
    text,
    one: json.data as Shown,
    many: (Array.isArray(json.data) ? json.data : []) as Shown[],
    included: (json.included ?? []) as Shown[],
    meta: json.meta as Reply["meta"],
    links: json.links as Reply["links"],
    errors: json.errors as Reply["errors"],
  };
}
