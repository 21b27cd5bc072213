// The method and headers of a request.
//
// H1 A method is letters only; CONNECT, OPTIONS and TRACE, which no API operation has, are refused.
// H2 Nothing may change what method or path the API sees: override headers are refused, with `_`
//    read as `-`, because servers do.
// H3 Credentials, the host and the connection are ours: such headers are refused, never replaced.
// H4 A name stands once, so that no server picks another of two values than we did.

import { refuse } from "./refuse.ts";

const OVERRIDES = new Set([
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
  "x-original-method",
  "x-original-url",
  "x-original-uri",
  "x-rewrite-url",
]);

const OURS = new Set([
  "authorization",
  "connection",
  "content-encoding",
  "content-length",
  "cookie",
  "expect",
  "forwarded",
  "host",
  "http2-settings",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The method in upper case. Throws Failure, exit 1. */
export function parseMethod(typed: string): string {
  const method = typed.toUpperCase();
  if (!/^[A-Za-z]{1,32}$/.test(typed)) {
    throw refuse("bad-method", "-X is not a method: letters only", "-X DELETE");
  }
  if (["CONNECT", "OPTIONS", "TRACE"].includes(method)) {
    throw refuse("bad-method", `-X ${method} is never sent`, "use GET, POST, PATCH, PUT or DELETE");
  }
  return method;
}

/** The headers by lower-case name. Throws Failure, exit 1. */
export function parseHeaders(
  typed: readonly (readonly [name: string, value: string])[],
): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of typed) {
    const plain = name.toLowerCase();
    checkName(plain, name);
    if (!/^[\x20-\x7e]*$/.test(value)) {
      throw refuse("bad-header", `-H ${plain}: the value holds more than plain ASCII characters`);
    }
    if (plain in headers)
      throw refuse("header-twice", `-H ${plain} is given twice`, "give it once");
    headers[plain] = value.trim();
  }
  return { ...headers };
}

function checkName(plain: string, typed: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(typed)) {
    throw refuse(
      "bad-header",
      "-H has a name that is not letters, digits, - and _",
      "-H 'name: value'",
    );
  }
  const read = plain.replaceAll("_", "-");
  if (OVERRIDES.has(read)) {
    throw refuse(
      "method-override",
      `-H ${plain} would change what the API does`,
      "use -X and PATH",
    );
  }
  if (OURS.has(read) || read.startsWith("proxy-") || read.startsWith("x-forwarded-")) {
    throw refuse("reserved-header", `-H ${plain} cannot be set`, "leave it out");
  }
}
