// The path and query of a request, made canonical. Whatever two servers could read in two ways is
// refused here, before anything is sent.
//
// P1 Only the configured host is ever addressed, and over http only on loopback.
// P2 Refused: dot segments, empty segments, encoded slashes, dots, backslashes, semicolons and
//    percent signs, `;`, `\`, `#`, `{}`, control characters (raw or encoded), malformed escapes.
// P3 What is sent is our own encoding of what was decoded, so that the table and the API see the
//    same segments. Characters outside ASCII are encoded, not refused.

import { refuse } from "./refuse.ts";
import { isLoopback } from "./loopback.ts";

const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

export type QueryPair = readonly [name: string, value: string];

/** Where a request goes, below the configured address. */
export interface Location {
  /** Starts with `/api/`; percent-encoded, no query. */
  readonly path: string;
  /** Decoded. */
  readonly query: readonly QueryPair[];
}

/**
 * Reads a path as a person types it: `/workspaces/ws-1`, `workspaces/ws-1?x=y`,
 * `/api/v2/workspaces/ws-1`, or a URL on the configured host. Throws Failure, exit 1.
 */
export function parseLocation(typed: string, baseUrl: URL): Location {
  checkAddress(baseUrl);
  if (CONTROL.test(typed)) throw refuse("control-character", "PATH holds a control character");
  if (typed.includes("\\"))
    throw refuse("backslash", "PATH holds a backslash", "use / between segments");
  if (typed.includes("#"))
    throw refuse("fragment", "PATH holds a fragment (#)", "leave out # and what follows");
  const local = withoutHost(typed, baseUrl);
  const mark = local.indexOf("?");
  const path = mark < 0 ? local : local.slice(0, mark);
  return {
    path: canonicalPath(path),
    query: mark < 0 ? [] : parseQuery(local.slice(mark + 1)),
  };
}

/** Throws Failure when a name or a value holds a control character, or is not valid Unicode. */
export function checkQuery(query: readonly QueryPair[], where: string): void {
  for (const text of query.flat()) {
    encode(text, where);
    if (CONTROL.test(text)) throw refuse("control-character", `${where} holds a control character`);
  }
}

function checkAddress(baseUrl: URL): void {
  if (baseUrl.username || baseUrl.password) {
    throw refuse(
      "userinfo",
      "the address (TFE_ADDRESS) holds a user name or password",
      "set the token as TFE_TOKEN instead",
    );
  }
  if (baseUrl.protocol === "https:") return;
  if (baseUrl.protocol === "http:" && isLoopback(baseUrl.hostname)) return;
  throw refuse(
    "insecure-address",
    `the address (TFE_ADDRESS) ${baseUrl.origin} is not https`,
    `TFE_ADDRESS=https://${baseUrl.host}`,
  );
}

function withoutHost(typed: string, baseUrl: URL): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(typed)?.[0];
  if (!scheme) return typed;
  const rest = typed.slice(scheme.length);
  const end = rest.search(/[/?]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  if (authority.includes("@")) {
    throw refuse(
      "userinfo",
      "PATH is a URL with a user name or password",
      "leave out what stands before @",
    );
  }
  if (originOf(scheme + authority) !== baseUrl.origin) {
    throw refuse(
      "foreign-host",
      `PATH is a URL on another host than ${baseUrl.origin}`,
      "give the path alone, or set TFE_ADDRESS",
    );
  }
  return end < 0 ? "" : rest.slice(end);
}

function originOf(address: string): string | undefined {
  try {
    return new URL(address).origin;
  } catch {
    return undefined;
  }
}

function canonicalPath(path: string): string {
  const segments = (path.startsWith("/") ? path.slice(1) : path).split("/");
  const encoded = segments.map(canonicalSegment);
  return encoded[0] === "api" ? `/${encoded.join("/")}` : `/api/v2/${encoded.join("/")}`;
}

function canonicalSegment(segment: string): string {
  if (segment === "")
    throw refuse("empty-segment", "PATH has an empty segment", "leave out // and a / at the end");
  if (segment === "." || segment === "..")
    throw refuse("dot-segment", "PATH has a dot segment (. or ..)", "write the path in full");
  if (/[;{}]/.test(segment)) {
    throw segment.includes(";")
      ? refuse("semicolon", "PATH holds a semicolon", "leave out ; and what follows")
      : refuse(
          "placeholder",
          "PATH has a placeholder that nothing fills",
          "fill it: -p NAME=VALUE",
        );
  }
  if (/%(?:2[5ef]|5c|3b|7f|[01][0-9a-f])/i.test(segment)) {
    throw refuse(
      "encoded-character",
      "PATH holds an encoded slash, dot, backslash, semicolon, percent sign or control character",
      "write ids and names plainly",
    );
  }
  const decoded = decode(segment, "PATH");
  if (CONTROL.test(decoded)) throw refuse("control-character", "PATH holds a control character");
  return encode(decoded, "PATH");
}

function parseQuery(text: string): QueryPair[] {
  const pairs = text
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair): QueryPair => {
      const equals = pair.indexOf("=");
      const name = equals < 0 ? pair : pair.slice(0, equals);
      return [queryText(name), equals < 0 ? "" : queryText(pair.slice(equals + 1))];
    });
  checkQuery(pairs, "the query of PATH");
  return pairs;
}

function queryText(text: string): string {
  return decode(text.replaceAll("+", " "), "the query of PATH");
}

function decode(text: string, where: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse(
      "bad-escape",
      `${where} has a malformed percent escape`,
      "write % as %25 in a query, and not at all in a path",
    );
  }
}

function encode(text: string, where: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw refuse("bad-text", `${where} is not valid Unicode`);
  }
}
