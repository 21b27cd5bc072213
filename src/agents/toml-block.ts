// Puts one table at the end of a TOML file, between two markers, and takes it out again.
//
// B1 What is not between the markers stays byte for byte, and taking out undoes putting in exactly.
// B2 A table of that name that is not between them is somebody else's: nothing is added beside it.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { TomlPart } from "./agent.ts";
import type { EntryState } from "./json-edit.ts";
import { tomlNames } from "./toml-read.ts";

const BEGIN = "# >>> holdfast: made by holdfast harness install; do not edit";
/** The line above had no end, and one was added. */
const BEGIN_AFTER_OPEN_LINE = `${BEGIN} (the line above had no end)`;
const END = "# <<< holdfast";

interface Block {
  readonly from: number;
  readonly to: number;
}

function refuse(path: string, text: string, offset: number, what: string): never {
  const line = text.slice(0, offset).split("\n").length;
  throw new Failure("unreadable-config", `${path}:${line}: ${what}`, {
    exitCode: EXIT.usage,
    fix: "mend the file by hand, then run this again; nothing was changed",
  });
}

/** Where the block is, the line end before it included where that was added. */
function blockIn(path: string, text: string): Block | undefined {
  const begins = [...text.matchAll(/^# >>> holdfast.*$/gm)];
  const ends = [...text.matchAll(/^# <<< holdfast.*(?:\r?\n|$)/gm)];
  const [begin] = begins;
  const [end] = ends;
  if (begin === undefined && end === undefined) return undefined;
  if (
    begins.length !== 1 ||
    ends.length !== 1 ||
    begin === undefined ||
    end === undefined ||
    end.index < begin.index
  )
    return refuse(
      path,
      text,
      (begin ?? end)?.index ?? 0,
      "the markers of holdfast's block do not belong together",
    );
  const wasOpen = begin[0].trimEnd() === BEGIN_AFTER_OPEN_LINE;
  const added = wasOpen ? (/\r?\n$/.exec(text.slice(0, begin.index))?.[0].length ?? 0) : 0;
  return { from: begin.index - added, to: end.index + end[0].length };
}

/** What defines the table, or makes it impossible to add. @throws Failure for what is no TOML */
function conflict({ path, table }: TomlPart, text: string): Failure | undefined {
  const [parent, name] = table;
  for (const { path: found, line, is } of tomlNames(path, text)) {
    const isOther = found[0] === parent && found[1] === name;
    const isClosed = found[0] === parent && found.length === 1 && is === "value";
    if (!isOther && !isClosed) continue;
    const what = isOther
      ? `${parent}.${name} is there already, and holdfast did not make it`
      : `${parent} is written in one line, so nothing can be added to it`;
    return new Failure("unreadable-config", `${path}:${line}: ${what}`, {
      exitCode: EXIT.usage,
      fix: isOther ? "rename it, then run this again" : `write it as [${parent}.NAME] tables`,
    });
  }
  return undefined;
}

/** Whether somebody else's table is in the way. */
const conflictOf = (part: TomlPart, text: string): Failure | undefined => {
  const block = blockIn(part.path, text);
  return conflict(part, block === undefined ? text : without(text, block));
};

const eolOf = (text: string): string => /\r?\n/.exec(text)?.[0] ?? "\n";

function blockText({ lines }: TomlPart, isAfterOpenLine: boolean, eol: string): string {
  const begin = isAfterOpenLine ? BEGIN_AFTER_OPEN_LINE : BEGIN;
  return `${isAfterOpenLine ? eol : ""}${[begin, ...lines, END].join(eol)}${eol}`;
}

const without = (text: string, { from, to }: Block): string => text.slice(0, from) + text.slice(to);

/** What is there of the block. @throws Failure for a file that cannot be understood */
export function tomlState(text: string | undefined, part: TomlPart): EntryState {
  if (text === undefined) return "absent";
  if (conflictOf(part, text) !== undefined) return "foreign";
  const block = blockIn(part.path, text);
  if (block === undefined) return "absent";
  const there = text.slice(block.from, block.to);
  const isSame = [true, false].some((isOpen) => there === blockText(part, isOpen, eolOf(text)));
  return isSame ? "same" : "other";
}

/** The text with the block in it. @throws Failure for a file that cannot be understood (B2) */
export function putToml(text: string | undefined, part: TomlPart): string {
  if (text === undefined) return blockText(part, false, "\n");
  const inTheWay = conflictOf(part, text);
  if (inTheWay !== undefined) throw inTheWay;
  if (tomlState(text, part) === "same") return text;
  const block = blockIn(part.path, text);
  const eol = eolOf(text);
  if (block === undefined) {
    const isOpen = text !== "" && !text.endsWith("\n");
    return text + blockText(part, isOpen, eol);
  }
  const wasOpen = text.slice(block.from).trimStart().startsWith(BEGIN_AFTER_OPEN_LINE);
  return text.slice(0, block.from) + blockText(part, wasOpen, eol) + text.slice(block.to);
}

/** The text without the block; undefined: nothing else is left. @throws Failure */
export function takeToml(text: string, { path }: Pick<TomlPart, "path">): string | undefined {
  const block = blockIn(path, text);
  if (block === undefined) return text;
  const rest = without(text, block);
  return rest === "" ? undefined : rest;
}

/** A string as TOML. */
export const tomlString = (text: string): string =>
  JSON.stringify(text).replaceAll("\u007f", "\\u007f");
