// A JSON file of somebody else's, comments and trailing commas included: read, so that it can be
// edited in place.

import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";

/** Fails for a place in a file. */
export type Refuse = (offset: number, what: string) => never;

/** The line of an offset, from 1. */
export const lineAt = (text: string, offset: number): number =>
  text.slice(0, offset).split("\n").length;

/** Refuses, naming the file and the line. */
export function refuser(path: string, text: string): Refuse {
  return (offset, what) => {
    throw new Failure("unreadable-config", `${path}:${lineAt(text, offset)}: ${what}`, {
      exitCode: EXIT.usage,
      fix: "mend the file by hand, then run this again; nothing was changed",
    });
  };
}

/** The root object of a text. @throws Failure for what is no JSON, or no object */
export function parseObject(text: string, refuse: Refuse): Node {
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { allowTrailingComma: true });
  } catch {
    refuse(0, "it is nested too deeply to read");
  }
  const [first] = errors;
  if (first !== undefined)
    refuse(
      first.offset,
      `not JSON (${printParseErrorCode(first.error)
        .replace(/([a-z])([A-Z])/g, "$1 $2")
        .toLowerCase()})`,
    );
  if (root === undefined || root.type !== "object")
    return refuse(root?.offset ?? 0, "not an object");
  return root;
}

/** The value of a property; undefined where there is none. @throws Failure where there are several */
export function propertyOf(object: Node, name: string, refuse: Refuse): Node | undefined {
  const found = (object.children ?? []).filter((each) => each.children?.[0]?.value === name);
  const [, second] = found;
  if (second !== undefined)
    refuse(second.offset, `${JSON.stringify(name)} stands here a second time`);
  return found[0]?.children?.[1];
}
