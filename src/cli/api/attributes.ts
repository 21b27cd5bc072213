// The JSON:API body that -a and -t make.
//
// B1 A value is typed only where nothing is lost: a number that would be written back differently
//    (1.10, 007, 1e3, 20 digits) stays text, because it is a version or an identifier.
// B2 The type that -t names goes into the body and nowhere else.

import { distinctPairs } from "./pairs.ts";
import { quoted, usageFailure } from "./usage-failure.ts";

const KEY = /^[A-Za-z][A-Za-z0-9_-]*$/;
const TYPE = /^[A-Za-z][A-Za-z0-9_-]*$/;
const WORDS: Readonly<Record<string, unknown>> = { null: null, true: true, false: false };

/**
 * The body `{data: {type, attributes}}`. `path` (placeholders unfilled, no query) tells the type
 * where `-t` does not.
 * @throws Failure (exit 1) that names -a or -t.
 */
export function attributesBody(
  texts: readonly string[],
  type: string | undefined,
  path: string,
): string {
  const attributes: (readonly [string, unknown])[] = [];
  for (const [key, value] of distinctPairs("-a", texts)) {
    if (!KEY.test(key))
      throw usageFailure(
        `-a ${quoted(key)}: not the name of an attribute`,
        `use letters, digits and dashes; nest with JSON: -a 'vcs-repo={"branch":"main"}'`,
      );
    attributes.push([key, typedValue(key, value)]);
  }
  const named = type === undefined ? typeFromPath(path) : checkedType(type);
  return serialised({ data: { type: named, attributes: Object.fromEntries(attributes) } });
}

function serialised(document: unknown): string {
  try {
    return JSON.stringify(document);
  } catch (error) {
    throw usageFailure("-a: the value is nested too deeply", "pass the body with -i", error);
  }
}

/**
 * Types one value: null, true, false, plain numbers and JSON (objects, arrays, quoted strings);
 * anything else is text.
 * @throws Failure (exit 1) for a value that starts like JSON and is not.
 */
export function typedValue(key: string, text: string): unknown {
  if (Object.hasOwn(WORDS, text)) return WORDS[text];
  if (/^-?\d/.test(text) && String(Number(text)) === text) return Number(text);
  if (/^".*"$/s.test(text)) return parsed(text) ?? text;
  if (!/^\s*[[{]/.test(text)) return text;
  const value = parsed(text);
  if (value !== undefined) return value;
  throw usageFailure(
    `-a ${key}=${quoted(text)}: starts like JSON, and is not`,
    `correct the JSON; for text that starts so: -a '${key}="…"'`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkedType(type: string): string {
  if (TYPE.test(type)) return type;
  throw usageFailure(`-t ${quoted(type)}: not a resource type`, "write it like -t workspaces");
}

/**
 * The resource type that a path speaks of: its last collection. Paths alternate collection and id.
 * @throws Failure (exit 1) that asks for -t where the path does not tell.
 */
function typeFromPath(path: string): string {
  const segments = path
    .replace(/^https?:\/\/[^/]*/i, "")
    .split("/")
    .filter((segment) => segment !== "" && segment !== "relationships");
  if (segments[0] === "api" && segments[1] === "v2") segments.splice(0, 2);
  const collection = segments[segments.length - (segments.length % 2 === 0 ? 2 : 1)] ?? "";
  const plain = segments.length <= 4 && !segments.includes("actions");
  if (plain && /^[a-z]+(-[a-z]+)*s$/.test(collection)) return collection;
  throw usageFailure("-a: the path does not tell the resource type", "add -t TYPE");
}
