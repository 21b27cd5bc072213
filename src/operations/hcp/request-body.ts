// The body of a request, read once.
//
// D1 A JSON body is sent as our own parse writes it: duplicate names, exotic blanks and escapes
//    cannot be read in a second way.
// D2 A body that claims to be JSON and is not is refused, and so is one that our parse would change:
//    numbers beyond exact integers, nesting without end.
// D3 `_method` at the top of a body is refused, in any case.

import { isObject, type Json } from "./json.ts";
import { refuse } from "./refuse.ts";

const JSON_TYPE = /^application\/(?:vnd\.api\+)?json(?:\s*;\s*charset="?utf-8"?)?$/i;
const DEEPEST = 64;

/** What is sent, and what it means. */
export interface Body {
  readonly contentType: string;
  /** What goes over the wire, as UTF-8. */
  readonly text: string;
  /** `json`: parsed is what it says. `other`: a form, a file, or a JSON dialect we do not know. */
  readonly kind: "json" | "other";
  readonly parsed?: Json;
}

/** Reads a body; undefined or empty text is no body. Throws Failure, exit 1. */
export function parseBody(
  text: string | undefined,
  contentType: string | undefined,
): Body | undefined {
  if (text === undefined || text === "") return undefined;
  const type = contentType ?? "application/vnd.api+json";
  if (!JSON_TYPE.test(type)) return { contentType: type, text, kind: "other" };
  const parsed = parseJson(text);
  checkTree(parsed, 0);
  if (isObject(parsed) && Object.keys(parsed).some(isMethodOverride)) {
    throw refuse("method-override", "the body's _method would change what the API does", "use -X");
  }
  return { contentType: type, text: JSON.stringify(parsed), kind: "json", parsed };
}

/** Whether servers take a parameter of this name for the request's method. */
export function isMethodOverride(name: string): boolean {
  return /^_method(?:$|\[)/i.test(name.trim());
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1];
    const where = position === undefined ? "" : ` (at character ${position})`;
    throw refuse(
      "bad-body",
      `the body (-i) is not valid JSON${where}`,
      "mend it, or give its content-type with -H",
    );
  }
}

function checkTree(value: Json, depth: number): void {
  if (depth > DEEPEST)
    throw refuse("bad-body", `the body (-i) is nested deeper than ${DEEPEST} levels`);
  if (typeof value === "number" && (!Number.isFinite(value) || isInexact(value))) {
    throw refuse(
      "bad-body",
      "the body (-i) holds a number that cannot be kept exactly",
      "quote it",
    );
  }
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) checkTree(inner, depth + 1);
}

function isInexact(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}
