// What arrived, for tests and for the demo to read. The token itself is never kept.

import type { IncomingMessage } from "node:http";

export interface RecordedRequest {
  readonly method: string;
  /** As sent: percent-encoded, without the query. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Lower-case names, without `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: "valid" | "wrong" | "none";
  /** UTF-8; empty when there was none. */
  readonly body: string;
  /** When it arrived: milliseconds since 1970. */
  readonly at: number;
  /** What it was answered with; undefined while it is not, and when the connection was dropped. */
  readonly status: number | undefined;
}

/** A record whose status is still to come. */
export type OpenRecord = { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] };

/** Makes the record of a request that has arrived in full. */
export function recordOf(request: IncomingMessage, body: string, token: string): OpenRecord {
  const [path = "", query = ""] = splitOnce(request.url ?? "/", "?");
  const { authorization, ...headers } = request.headers;
  return {
    method: request.method ?? "GET",
    path,
    query: [...new URLSearchParams(query)],
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, String(value ?? "")]),
    ),
    credentials: credentialsIn(authorization, token),
    body,
    at: Date.now(),
    status: undefined,
  };
}

function credentialsIn(authorization: string | undefined, token: string) {
  if (authorization === undefined) return "none";
  const given = /^bearer +(.*)$/i.exec(authorization)?.[1];
  return given === token ? "valid" : "wrong";
}

function splitOnce(text: string, separator: string): readonly string[] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + separator.length)];
}
