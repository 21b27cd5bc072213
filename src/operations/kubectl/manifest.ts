// YAML, read so strictly that there is one way to read it.
//
// Y1 No aliases and no anchors (they multiply), no key twice, no tags of anybody's own, nothing that
//    JSON cannot hold, and nothing that is read otherwise than it is written, as long numbers are.
// Y2 What is read is plain JSON data: it can be written again, and only that is ever passed on.

import { isAlias, isMap, isNode, parseAllDocuments, stringify, visit, type YAMLMap } from "yaml";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

/** A mapping of names. */
export type JsonObject = { readonly [name: string]: Json };

/** Longer texts, in bytes, take seconds to read, and nobody could answer for them. */
const MOST_BYTES = 256 * 1024;
const MOST_DEPTH = 100;
/** The parser gets through no more, and takes long to find out. */
const MOST_OPEN = 500;
const MOST_DOCUMENTS = 1000;

/** Why text is not taken: one clause, with the line where there is one. */
class Unreadable extends Error {}

/**
 * Every document of the text that holds something.
 *
 * @param what how the text is called in the message: `the manifest`
 * @throws Failure `unreadable-yaml`
 */
export function readDocuments(text: string, what: string): readonly Json[] {
  try {
    return documentsIn(text);
  } catch (error) {
    // Whatever a parser trips over is not taken; a stack that is used up is a RangeError.
    const why = error instanceof Unreadable ? error.message : "it cannot be read";
    throw new Failure("unreadable-yaml", `${what}: ${why}`, {
      exitCode: EXIT.usage,
      fix: "write plain YAML or JSON: no anchors, aliases or tags, each key once",
      cause: error,
    });
  }
}

/** The data as YAML, one document for each. */
export function writeDocuments(documents: readonly Json[]): string {
  const options = { aliasDuplicateObjects: false, lineWidth: 0 } as const;
  return documents.map((each) => stringify(each, options)).join("---\n");
}

function documentsIn(text: string): Json[] {
  if (Buffer.byteLength(text) > MOST_BYTES)
    throw new Unreadable(`it is longer than ${MOST_BYTES} bytes`);
  if (deepestOf(text) > MOST_OPEN) throw new Unreadable("it is nested too deeply");
  if ((text.match(/^---/gm) ?? []).length > MOST_DOCUMENTS)
    throw new Unreadable(`it holds more than ${MOST_DOCUMENTS} documents`);
  // The library compares every key with every other, which takes minutes: refuseTwice does not.
  const options = { uniqueKeys: false, stringKeys: true, intAsBigInt: true } as const;
  const documents = parseAllDocuments(text, { ...options, logLevel: "silent" });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw new Unreadable(firstLine(problem.message));
    visit(document, (_, node) => {
      if (!isNode(node)) return;
      if (isAlias(node) || node.anchor !== undefined)
        throw new Unreadable("it has an anchor or an alias");
      if (isMap(node)) refuseTwice(node);
    });
    const data = checked(document.toJS({ maxAliasCount: 0 }), 0);
    return data === null ? [] : [data];
  });
}

/** How many brackets, or dashes of one line, are open at once at most. */
function deepestOf(text: string): number {
  let deepest = 0;
  let open = 0;
  for (const character of text) {
    if (character === "[" || character === "{") deepest = Math.max(deepest, ++open);
    else if ((character === "]" || character === "}") && open > 0) open--;
  }
  return /(?:[-?:][ \t]+){200}/.test(text) ? Number.POSITIVE_INFINITY : deepest;
}

/** A key that is there twice means one thing to one reader, and another to the next. */
function refuseTwice(map: YAMLMap): void {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    const name = String(key);
    if (seen.has(name)) throw new Unreadable(`it has the key ${JSON.stringify(name)} twice`);
    seen.add(name);
  }
}

const firstLine = (text: string): string => (text.split("\n")[0] ?? "").replace(/:$/, "");

/** The data as JSON has it (Y1). */
function checked(value: unknown, depth: number): Json {
  if (depth > MOST_DEPTH) throw new Unreadable("it is nested too deeply");
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new Unreadable(`${value} is too long a number`);
    return number;
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Unreadable(`${value} is no number of JSON's`);
    return value;
  }
  if (Array.isArray(value)) return value.map((each) => checked(each, depth + 1));
  // A timestamp, or what else a directive of an older YAML brings with it.
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype)
    throw new Unreadable("it holds what JSON cannot");
  const entries = Object.entries(value).map(([name, each]) => {
    if (name === "__proto__") throw new Unreadable("it has a key that is called __proto__");
    return [name, checked(each, depth + 1)] as const;
  });
  return Object.fromEntries(entries);
}
