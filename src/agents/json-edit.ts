// Puts one value into a JSON file and takes it out again, touching nothing else.
//
// J1 What was not ours stays byte for byte: comments, order, white space, line ends.
// J2 Taking out undoes putting in exactly, also after others have edited other parts. A container that
//    was made for the value goes with it: it is known by its shape, for in an empty one that was there
//    already the value stands on the line of its bracket.
// J3 What is there under our name and is not ours is never replaced.

import { isDeepStrictEqual } from "node:util";
import { getNodeValue, type Node } from "jsonc-parser";
import type { JsonPart } from "./agent.ts";
import { parseObject, propertyOf, type Refuse, refuser } from "./json-document.ts";

type Entry = Pick<JsonPart, "path" | "at" | "name" | "value" | "isOurs" | "base">;

const BOM = "\ufeff";

/** How a file is written. */
interface Style {
  readonly eol: string;
  readonly unit: string;
}

function styleOf(text: string): Style {
  const unit = /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
  return { eol: /\r?\n/.exec(text)?.[0] ?? "\n", unit: unit.startsWith("\t") ? "\t" : unit };
}

/** The white space at the start of the line of an offset. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? "";
}

const rendered = (value: unknown, indent: string, { eol, unit }: Style): string =>
  JSON.stringify(value, null, unit).replaceAll("\n", `${eol}${indent}`);

/** The child of a container that an entry is, and the value it has; undefined: it is not there. */
interface Found {
  /** From the root to the container that is there; shorter than `at` where some are missing. */
  readonly containers: readonly Node[];
  /** A property, or an item. */
  readonly child?: Node;
  readonly value?: Node;
}

function find(root: Node, { at, name, isOurs }: Entry, refuse: Refuse): Found {
  const containers = [root];
  for (const [index, key] of at.entries()) {
    const next = propertyOf(containers.at(-1) as Node, key, refuse);
    if (next === undefined) return { containers };
    const isArray = index === at.length - 1 && name === undefined;
    if (next.type !== (isArray ? "array" : "object"))
      refuse(
        next.offset,
        `${at.slice(0, index + 1).join(".")} is not ${isArray ? "an array" : "an object"}`,
      );
    containers.push(next);
  }
  const container = containers.at(-1) as Node;
  const value =
    name === undefined
      ? container.children?.find((each) => isOurs(getNodeValue(each)))
      : propertyOf(container, name, refuse);
  if (value === undefined) return { containers };
  return { containers, value, child: name === undefined ? value : (value.parent as Node) };
}

const replaced = (text: string, from: number, to: number, by: string): string =>
  text.slice(0, from) + by + text.slice(to);

const endOf = ({ offset, length }: Node): number => offset + length;

/** A child as text, the missing containers around it included. */
function childText(entry: Entry, missing: readonly string[], indent: string, style: Style): string {
  const { name, value } = entry;
  const [outer, ...inner] = missing;
  if (outer === undefined) {
    const key = name === undefined ? "" : `${JSON.stringify(name)}: `;
    return `${key}${rendered(value, indent, style)}`;
  }
  const innermost = name === undefined ? [value] : { [name]: value };
  const nested = inner.reduceRight<unknown>((held, key) => ({ [key]: held }), innermost);
  return `${JSON.stringify(outer)}: ${rendered(nested, indent, style)}`;
}

function insert(text: string, { containers }: Found, entry: Entry): string {
  const container = containers.at(-1) as Node;
  const style = styleOf(text);
  const outerIndent = indentAt(text, container.offset);
  const missing = entry.at.slice(containers.length - 1);
  const last = container.children?.at(-1);
  if (last === undefined)
    return replaced(
      text,
      container.offset + 1,
      container.offset + 1,
      childText(entry, missing, outerIndent, style),
    );
  const isCompact = !text.slice(container.offset, endOf(container)).includes("\n");
  const indent = isCompact ? outerIndent : indentAt(text, last.offset) || outerIndent + style.unit;
  const gap = isCompact ? ", " : `,${style.eol}${indent}`;
  return replaced(text, endOf(last), endOf(last), gap + childText(entry, missing, indent, style));
}

/** Whether a container stands there exactly as it is made for this one child (J2). */
function isMade(text: string, container: Node, value: unknown): boolean {
  const style = styleOf(text);
  const indent = indentAt(text, container.offset);
  return text.slice(container.offset, endOf(container)) === rendered(value, indent, style);
}

/** Takes out one child, with the one comma that goes with it (J1). */
function removeChild(text: string, container: Node, child: Node): string {
  const siblings = container.children ?? [];
  const index = siblings.indexOf(child);
  const before = siblings[index - 1];
  const from = before === undefined ? container.offset + 1 : endOf(before);
  const gap = text.slice(from, child.offset);
  const after = /^\s*,/.exec(text.slice(endOf(child)))?.[0];
  if (before !== undefined && /^\s*,\s*$/.test(gap)) return replaced(text, from, endOf(child), "");
  const isAlone = before === undefined && gap.trim() === "";
  const start = isAlone ? from : child.offset;
  if (after !== undefined) return replaced(text, start, endOf(child) + after.length, "");
  const without = replaced(text, start, endOf(child), "");
  if (before === undefined) return without;
  // A comment stands between: only the comma before it goes, which is the first outside a comment.
  const comma = commaIn(text, from, child.offset);
  return comma === undefined ? without : replaced(without, comma, comma + 1, "");
}

/** The comma between two children, outside the comments there. */
function commaIn(text: string, from: number, to: number): number | undefined {
  const blank = text
    .slice(from, to)
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => " ".repeat(comment.length));
  const at = blank.indexOf(",");
  return at < 0 ? undefined : from + at;
}

/** What a new file holds: ours first, by which it is known to be new (J2). */
function newText({ at, name, value, base }: Entry): string {
  const innermost = name === undefined ? [value] : { [name]: value };
  const held = at.reduceRight<object>((inner, key) => ({ [key]: inner }), innermost);
  return `${JSON.stringify({ ...held, ...base }, null, 2)}\n`;
}

/** What is there of an entry. */
export type EntryState = "absent" | "same" | "other" | "foreign";

function stateOf({ value }: Found, entry: Entry): EntryState {
  if (value === undefined) return "absent";
  // The parser's objects have no prototype, which is a difference to some.
  const there: unknown = JSON.parse(JSON.stringify(getNodeValue(value)));
  if (isDeepStrictEqual(there, entry.value)) return "same";
  return entry.isOurs(there) ? "other" : "foreign";
}

/** Looks. @throws Failure for a file that cannot be understood */
export function jsonState(text: string | undefined, entry: Entry): EntryState {
  if (text === undefined) return "absent";
  const bare = text.startsWith(BOM) ? text.slice(1) : text;
  const refuse = refuser(entry.path, bare);
  return stateOf(find(parseObject(bare, refuse), entry, refuse), entry);
}

/** Makes an edit of a text without its byte order mark, and puts that back. */
function editing(
  text: string,
  path: string,
  edit: (bare: string, root: Node, refuse: Refuse) => string,
): string {
  const mark = text.startsWith(BOM) ? BOM : "";
  const bare = text.slice(mark.length);
  const refuse = refuser(path, bare);
  const after = edit(bare, parseObject(bare, refuse), refuse);
  if (after !== bare) parseObject(after, refuser(path, after));
  return mark + after;
}

/**
 * The text with the entry in it.
 *
 * @param text undefined: there is no file yet
 * @throws Failure for a file that cannot be understood, or that has an entry of somebody else's (J3)
 */
export function putJson(text: string | undefined, entry: Entry): string {
  if (text === undefined) return newText(entry);
  return editing(text, entry.path, (bare, root, refuse) => {
    const found = find(root, entry, refuse);
    const state = stateOf(found, entry);
    if (state === "same") return bare;
    const { value } = found;
    if (value === undefined) return insert(bare, found, entry);
    if (state === "foreign")
      refuse(
        value.offset,
        `${[...entry.at, entry.name].join(".")} is there already, and holdfast did not make it`,
      );
    const indent = indentAt(bare, value.offset);
    return replaced(bare, value.offset, endOf(value), rendered(entry.value, indent, styleOf(bare)));
  });
}

/**
 * The text without the entry; undefined: nothing else is left, and the file was made for it.
 *
 * @throws Failure for a file that cannot be understood; an entry of somebody else's stays
 */
export function takeJson(text: string, entry: Entry): string | undefined {
  let isNew = false;
  const after = editing(text, entry.path, (bare, root, refuse) => {
    const found = find(root, entry, refuse);
    const { containers, value } = found;
    let { child } = found;
    if (child === undefined || value === undefined || stateOf(found, entry) === "foreign")
      return bare;
    let held: unknown = getNodeValue(value);
    let key = entry.name;
    for (const [depth, container] of [...containers.entries()].reverse()) {
      held = container.type === "array" ? [held] : { [key as string]: held };
      const isWhole = depth > 0 && container.children?.length === 1;
      if (!isWhole || !isMade(bare, container, held)) {
        const isFirst = depth === 0 && container.children?.[0] === child;
        const without = removeChild(bare, container, child);
        isNew =
          isFirst && (bare === `${rendered(held, "", styleOf(bare))}\n` || isBase(without, entry));
        return without;
      }
      key = entry.at[depth - 1];
      child = container.parent as Node;
    }
    return bare;
  });
  if (isNew) return undefined;
  // Somebody may have copied it.
  return after === text ? after : takeJson(after, entry);
}

const isBase = (text: string, { base }: Entry): boolean =>
  base !== undefined && text === `${JSON.stringify(base, null, 2)}\n`;
