// The small grammars of what is typed: KEY=VALUE, 'NAME: VALUE', and a query behind PATH.

import { isMethodOverride } from "../../operations/hcp/request-body.ts";
import { quoted, usageFailure } from "./usage-failure.ts";

export type Pair = readonly [name: string, value: string];

/** Lone surrogates cannot be sent as UTF-8, so nothing that holds one can be sent as it is. */
const LONE_SURROGATE = /\p{Cs}/u;

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
 * Reads `-f KEY=VALUE` texts: query parameters, in order, repeats kept.
 * @throws Failure (exit 1) that names -f.
 */
export function fieldPairs(texts: readonly string[]): Pair[] {
  return texts.map((text) => {
    const pair = keyValue("-f", text);
    if (/\p{Cc}/u.test(text))
      throw usageFailure(`-f ${quoted(text)}: holds a control character`, "take it out");
    if (isMethodOverride(pair[0]))
      throw usageFailure(`-f ${pair[0]}: would change what the API does`, "use -X");
    return pair;
  });
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
 * Splits `-H 'name: value'` texts. Which headers may be set at all is for operations/ to say.
 * @throws Failure (exit 1) for what is no header.
 */
export function headerPairs(texts: readonly string[]): Pair[] {
  return texts.map((text) => {
    const colon = text.indexOf(":");
    const name = text.slice(0, Math.max(colon, 0)).trim();
    const value = text.slice(colon + 1).trim();
    if (name === "" || value === "")
      throw usageFailure(`-H ${quoted(text)}: not a header`, "write -H 'Name: value'");
    if (/[^\x20-\x7e]/.test(value))
      throw usageFailure(
        `-H ${name}: the value holds more than printable ASCII`,
        "take out line ends, control characters and accents",
      );
    return [name, value];
  });
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
