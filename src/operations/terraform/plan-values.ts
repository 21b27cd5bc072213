// Attributes of a resource in a plan, read without trusting them.
//
// E1 Evidence is what stands in the plan, may be shown and is known: what is sensitive, unset or known
//    only after apply is missing, and why is said.

import type { ResourceChange } from "./plan-document.ts";

export type Scalar = string | number | boolean;

/** What stands at a path; `none` where an empty block or list is on the way. */
export type Found =
  | { readonly is: "value"; readonly value: Scalar }
  | { readonly is: "none" }
  | { readonly is: "missing"; readonly why: string };

/** One scalar somewhere in a value. */
export interface Leaf {
  /** Names on the way, positions left out: `versioning.enabled`. */
  readonly path: string;
  readonly value: Scalar;
}

const MOST_VALUE = 60;
const MOST_DEPTH = 64;
/** The end of a path that is matched: a key of a map may be of any length, an attribute is not. */
const MOST_PATH = 200;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): value is Scalar =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

const joinedPath = (path: readonly string[]): string => path.join(".").slice(-MOST_PATH);

/** One step down, into own properties and positions only. */
export function stepInto(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(name) ? value[Number(name)] : undefined;
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Whether the marks (`before_sensitive`, `after_unknown`) cover something on the way or below. */
function isMarked(marks: unknown, names: readonly string[]): boolean {
  let here = marks;
  for (const name of names) {
    if (here === true) return true;
    here = stepInto(here, name);
  }
  return holdsMark(here);
}

/** Whether anything at all is marked in it. */
export function holdsMark(marks: unknown): boolean {
  if (marks === true) return true;
  return typeof marks === "object" && marks !== null && Object.values(marks).some(holdsMark);
}

/** What `before` says at a path, `point_in_time_recovery.0.enabled` (E1). */
export function findBefore({ change }: ResourceChange, path: string): Found {
  const names = path.split(".");
  if (isMarked(change.before_sensitive, names)) return { is: "missing", why: "is sensitive" };
  let here: unknown = change.before;
  for (const name of names) {
    if (Array.isArray(here) && here.length === 0) return { is: "none" };
    here = stepInto(here, name);
  }
  if (isScalar(here)) return { is: "value", value: here };
  if (Array.isArray(here) && here.length === 0) return { is: "none" };
  return { is: "missing", why: "is not in the plan" };
}

/** Every scalar that is not marked, however deep. */
export function leavesOf(value: unknown, marks: unknown): readonly Leaf[] {
  const found: Leaf[] = [];
  const visit = (here: unknown, mark: unknown, path: readonly string[], depth: number) => {
    if (mark === true || depth > MOST_DEPTH) return;
    if (isScalar(here)) found.push({ path: joinedPath(path), value: here });
    else if (Array.isArray(here))
      here.forEach((each, index) => {
        visit(each, stepInto(mark, String(index)), path, depth + 1);
      });
    else if (isRecord(here))
      for (const [name, each] of Object.entries(here))
        visit(each, stepInto(mark, name), [...path, name], depth + 1);
  };
  visit(value, marks, [], 0);
  return found;
}

/** The paths that are marked, positions left out. */
export function markedPaths(marks: unknown): readonly string[] {
  const found: string[] = [];
  const visit = (here: unknown, path: readonly string[], depth: number) => {
    if (here === true) found.push(joinedPath(path));
    else if (depth > MOST_DEPTH) return;
    else if (Array.isArray(here)) for (const each of here) visit(each, path, depth + 1);
    else if (isRecord(here))
      for (const [name, each] of Object.entries(here)) visit(each, [...path, name], depth + 1);
  };
  visit(marks, [], 0);
  return found;
}

/** A value as evidence shows it. */
export function shownValue(value: Scalar): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  const characters = [...text];
  return characters.length <= MOST_VALUE ? text : `${characters.slice(0, MOST_VALUE).join("")}…`;
}

/** The names of the top-level attributes that differ, or will be known only after apply. */
export function changedAttributes({ change }: ResourceChange): readonly string[] {
  const before = isRecord(change.before) ? change.before : {};
  const after = isRecord(change.after) ? change.after : {};
  const unknown = isRecord(change.after_unknown) ? change.after_unknown : {};
  const names = new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)]);
  return [...names]
    .filter(
      (name) =>
        holdsMark(unknown[name]) ||
        JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null),
    )
    .sort();
}
