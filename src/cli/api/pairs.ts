// The small grammars of what is typed: KEY=VALUE, 'NAME: VALUE', and a query behind PATH.

import { quoted, usageFailure } from "./usage-failure.ts";

export type Pair = readonly [name: string, value: string];

/** RFC 9110's token: what a header's name may consist of. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Lone surrogates cannot be sent as UTF-8, so nothing that holds one can be sent as it is. */
const LONE_SURROGATE = /\p{Cs}/u;

/** Headers that holdfast or the connection sets; setting them by hand would contradict it. */
const OWN_HEADERS: Readonly<Record<string, string>> = {
  authorization: "set TFE_TOKEN, TF_TOKEN_<host>, or run terraform login",
  "proxy-authorization": "put the proxy's credentials into HTTPS_PROXY",
  cookie: "the API takes a token: set TFE_TOKEN",
  host: "set TFE_ADDRESS to talk to another host",
  "content-length": "leave it out: it is computed",
  "transfer-encoding": "leave it out: the length is sent",
  connection: "leave it out: it belongs to the connection",
  "keep-alive": "leave it out: it belongs to the connection",
  "proxy-connection": "leave it out: it belongs to the connection",
  upgrade: "leave it out: it belongs to the connection",
  te: "leave it out: it belongs to the connection",
  trailer: "leave it out: it belongs to the connection",
  expect: "leave it out: bodies are sent at once",
};

/**
 * Splits `KEY=VALUE` at the first `=`. The value may be empty, the key not.
 * @throws Failure (exit 1) that names `flag`.
 */
export function keyValue(flag: string, text: string): Pair {
  const equals = text.indexOf("=");
  if (equals < 1)
    throw usageFailure(`${flag} ${quoted(text)}: not KEY=VALUE`, `write ${flag} 'KEY=VALUE'`);
  if (LONE_SURROGATE.test(text))
    throw usageFailure(`${flag} ${quoted(text)}: not valid Unicode`, "pass it as UTF-8");
  return [text.slice(0, equals), text.slice(equals + 1)];
}

/**
 * Splits `KEY=VALUE` texts of a flag whose keys must differ.
 * @throws Failure (exit 1) that names `flag`, for a malformed pair or a key given twice.
 */
export function distinctPairs(flag: string, texts: readonly string[]): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const text of texts) {
    const [key, value] = keyValue(flag, text);
    if (pairs.has(key))
      throw usageFailure(`${flag} ${quoted(key)}: given twice`, `give ${flag} ${key}= once`);
    pairs.set(key, value);
  }
  return pairs;
}

/**
 * Reads `-H 'name: value'` texts. Names come back in lower case, values without the space around.
 * @throws Failure (exit 1) for a malformed, repeated or reserved header.
 */
export function headerPairs(texts: readonly string[]): Pair[] {
  const headers = new Map<string, string>();
  for (const text of texts) {
    const [name, value] = header(text);
    if (headers.has(name))
      throw usageFailure(`-H ${name}: given twice`, `give one -H '${name}: …'`);
    headers.set(name, value);
  }
  return [...headers];
}

function header(text: string): Pair {
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(colon, 0)).trim().toLowerCase();
  const value = text.slice(colon + 1).trim();
  if (!TOKEN.test(name) || value === "")
    throw usageFailure(`-H ${quoted(text)}: not a header`, "write -H 'Name: value'");
  if (/[^\t\x20-\x7e]/.test(value))
    throw usageFailure(
      `-H ${name}: the value holds a line end, a control character or non-ASCII text`,
      "use printable ASCII",
    );
  if (Object.hasOwn(OWN_HEADERS, name))
    throw usageFailure(`-H ${name}: holdfast sets this header itself`, OWN_HEADERS[name] ?? "");
  return [name, value];
}

/**
 * Decodes the query that stands behind PATH's `?`.
 * @throws Failure (exit 1) that names PATH.
 */
export function queryPairs(search: string): Pair[] {
  if (/[{}]/.test(search))
    throw usageFailure(
      "PATH: placeholders are filled in the path, not behind the ?",
      "give query parameters with -f KEY=VALUE",
    );
  return search
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const equals = part.indexOf("=");
      const name = decoded(equals < 0 ? part : part.slice(0, equals));
      if (name === "")
        throw usageFailure(`PATH ${quoted(part)}: a query parameter has no name`, "name it");
      return [name, equals < 0 ? "" : decoded(part.slice(equals + 1))] as const;
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (error) {
    throw usageFailure(
      `PATH ${quoted(text)}: broken percent-encoding behind the ?`,
      "encode a percent sign as %25, or use -f KEY=VALUE",
      error,
    );
  }
}
