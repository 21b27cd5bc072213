// What is wrong with a policy file, as a person should read it: file, line, what, and what to write.

import { meantEnvironment } from "./environment.ts";
import { EXIT } from "./exit-code.ts";
import { Failure } from "./failure.ts";
import { fieldAt, fieldPath, keysAt } from "./policy-fields.ts";

/** Longest piece of a file's own text in a message, in characters. */
const LONGEST = 60;
const WHOLE = "a mapping that starts with version: 1";

/** The failure for a malformed file. `line` from 1. */
export function malformed(file: string, line: number, what: string, fix: string): Failure {
  return new Failure("policy-malformed", `${file}:${line}: ${what}`, {
    exitCode: EXIT.refused,
    fix,
  });
}

/** The part of a schema's finding that matters here: a ZodIssue has this shape. */
export interface SchemaIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly SchemaIssue[])[];
  readonly issues?: readonly SchemaIssue[];
}

/** A finding, told: where it is, what is wrong, and what to write instead. */
export interface Told {
  /** The place to point at: of the key, where the key itself is wrong. */
  readonly path: readonly PropertyKey[];
  readonly what: string;
  readonly fix: string;
}

/** Tells a finding about `value`, the whole file. */
export function tellIssue(issue: SchemaIssue, value: unknown): Told {
  const inner = innermost(issue, value);
  if (inner.code === "unrecognized_keys") return tellUnknownKey(inner);
  if (inner.code === "invalid_key") return tellBadKey(inner);
  const name = pathText(inner.path) || "it";
  const found = valueAt(value, inner.path);
  const wanted = inner.code === "custom" ? inner.message : (fieldAt(inner.path)?.is ?? WHOLE);
  if (found === undefined)
    return { path: inner.path, what: `${name} is missing`, fix: `write ${name}: ${wanted}` };
  return {
    path: inner.path,
    what: `${name} is ${shown(found)}, not ${wanted}`,
    fix: `write ${wanted}`,
  };
}

/** A wrong key explains best what else is found to be wrong. */
export function isAboutKey({ code }: SchemaIssue): boolean {
  return code === "unrecognized_keys" || code === "invalid_key";
}

/** Of the ways in which no form of a value fits, the one that comes nearest to what is written. */
function innermost(issue: SchemaIssue, value: unknown): SchemaIssue {
  const found = valueAt(value, issue.path);
  if (issue.code !== "invalid_union" || typeof found !== "object" || found === null) return issue;
  const deepest = (issue.errors ?? [])
    .map((each) => each.find(isAboutKey) ?? each[0])
    .find((each) => each !== undefined && (each.path.length > 0 || each.code !== "invalid_value"));
  if (deepest === undefined) return issue;
  return innermost({ ...deepest, path: [...issue.path, ...deepest.path] }, value);
}

function tellUnknownKey({ path, keys }: SchemaIssue): Told {
  const key = keys?.[0] ?? "";
  const known = keysAt(path);
  const isOfEnvironments = fieldPath(path) === "environments";
  const near = isOfEnvironments ? meantEnvironment(key) : nearest(key, known);
  const where = path.length === 0 ? "" : ` in ${pathText(path)}`;
  return {
    path: [...path, key],
    what: `unknown key ${shown(key)}${where}`,
    fix: near === undefined ? `known here: ${known.join(", ")}` : `did you mean ${near}?`,
  };
}

function tellBadKey({ path, issues }: SchemaIssue): Told {
  return {
    path,
    what: `${pathText(path.slice(0, -1))} holds the key ${shown(path.at(-1))}`,
    fix: `write ${issues?.[0]?.message ?? "another name"}`,
  };
}

/** A place as people write it: `approvals.webhooks[0].url`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, part))
      return undefined;
    found = (found as Record<PropertyKey, unknown>)[part];
  }
  return found;
}

function shown(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  // A URL may hold a password where none belongs.
  const text = typeof value === "string" ? value.replace(/\/\/[^/@]*@/g, "//…@") : value;
  const json = JSON.stringify(text) ?? String(text);
  return json.length > LONGEST ? `${json.slice(0, LONGEST)}…` : json;
}

/** The known key that was probably meant; undefined when none is near. */
export function nearest(key: string, known: readonly string[]): string | undefined {
  const plain = key.toLowerCase().replace(/[-\s]/g, "_").slice(0, LONGEST);
  const ranked = known
    .map((each) => ({ each, distance: distance(plain, each) }))
    .sort((one, other) => one.distance - other.distance);
  const [best] = ranked;
  if (best === undefined) return undefined;
  return best.distance <= Math.max(2, Math.floor(best.each.length / 3)) ? best.each : undefined;
}

/** How many letters must be changed, added or left out. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [column, wanted] of [...other].entries())
      next.push(
        Math.min(
          (row[column] ?? 0) + (letter === wanted ? 0 : 1),
          (row[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
        ),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}
