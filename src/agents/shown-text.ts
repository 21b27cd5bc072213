// What of a file is shown in a difference: the values that holdfast writes, and nobody else's.
//
// V1 A value that is not one that holdfast itself writes is never shown, whatever its name, wherever it
//    stands and however the file is laid out: it may be a secret. Nor is a comment.
// V2 Lines stay lines, so that the difference is that of the file.

import { createScanner } from "jsonc-parser";
import { ENVIRONMENTS } from "../policy/environment.ts";
import { AGENT_IDS, type Part } from "./agent.ts";
import { isHookLine } from "./command.ts";
import { tomlNames } from "./toml-read.ts";

const HIDDEN = "...";

/** As it is shown: the same number of lines (V2). */
export type ShownText = (text: string) => string;

/** For a file of these parts. */
export function shownTextOf(parts: readonly Part[]): ShownText {
  const [first] = parts;
  // What is wholly ours was sealed by us, or it would have been left alone.
  if (first === undefined || first.kind === "own") return (text) => text;
  if (first.kind === "toml") return (text) => shownToml(text, first.lines, isOurs(wordsOf(parts)));
  return (text) => shownJson(text, isOurs(wordsOf(parts)));
}

/** The texts and numbers in what would be written. */
function wordsOf(parts: readonly Part[]): Set<unknown> {
  const words = new Set<unknown>();
  const add = (value: unknown): void => {
    if (typeof value !== "object" || value === null) words.add(value);
    else for (const each of Object.values(value)) add(each);
  };
  for (const part of parts) {
    if (part.kind === "json") add([part.value, part.base]);
    if (part.kind === "toml") add(part.lines.flatMap((line) => line.match(STRING) ?? []).map(read));
  }
  return words;
}

const STRING = /"(?:[^"\\]|\\.)*"/g;

function read(literal: string): unknown {
  try {
    return JSON.parse(literal);
  } catch {
    return undefined;
  }
}

const PATH = String.raw`(?:'/(?:[^']|'\\'')*'|/[\w./@+-]+)`;
const HOOK = new RegExp(`^${PATH} ${PATH} hook [a-z-]+(?: -e [a-z]+)?(?: \\|\\| exit 2)?$`);
const PROGRAM = /^\/[\w./@+ '-]*\/(?:node|holdfast(?:\.cjs)?)$/;
const WORDS: readonly unknown[] = ["gateway", "serve", "hook", "-e", ...ENVIRONMENTS];

/** Whether a value is one that holdfast writes now, or wrote from another path or for another environment. */
function isOurs(written: ReadonlySet<unknown>): (value: unknown) => boolean {
  return (value) =>
    value !== undefined &&
    (written.has(value) ||
      WORDS.includes(value) ||
      (typeof value === "string" &&
        (PROGRAM.test(value) ||
          (HOOK.test(value) && AGENT_IDS.some((agent) => isHookLine(agent, value))))));
}

/** The scanner's kinds of tokens: its own names for them are gone once it is compiled. */
const KIND = {
  colon: 6,
  string: 10,
  number: 11,
  lineComment: 12,
  blockComment: 13,
  lineEnd: 14,
  blanks: 15,
  unknown: 16,
  end: 17,
} as const;

/** A name that is as long as a key, and as mixed, may be one. */
const isNameLike = (name: string): boolean =>
  name.length < 20 || name.includes("/") || !/\d/.test(name) || !/[A-Za-z]/.test(name);

function shownJson(text: string, ours: (value: unknown) => boolean): string {
  const scanner = createScanner(text, false);
  let shown = "";
  /** A string that may turn out to be a name, and what has been passed over since. */
  let held: { readonly literal: string; between: string } | undefined;
  const flush = (isName: boolean): void => {
    if (held === undefined) return;
    const value = read(held.literal);
    const isShown = isName && typeof value === "string" ? isNameLike(value) : ours(value);
    shown += (isShown ? held.literal : HIDDEN) + held.between;
    held = undefined;
  };
  const put = (piece: string): void => {
    if (held === undefined) shown += piece;
    else held.between += piece;
  };
  for (let kind: number = scanner.scan(); kind !== KIND.end; kind = scanner.scan()) {
    const start = scanner.getTokenOffset();
    const literal = text.slice(start, start + scanner.getTokenLength());
    switch (kind) {
      case KIND.blanks:
      case KIND.lineEnd:
        put(literal);
        break;
      case KIND.lineComment:
        put(`// ${HIDDEN}`);
        break;
      case KIND.blockComment:
        put(`/*${literal.replace(/[^\r\n]+/g, HIDDEN)}*/`);
        break;
      case KIND.colon:
        flush(true);
        shown += literal;
        break;
      default:
        flush(false);
        if (kind === KIND.string) held = { literal, between: "" };
        else if (kind === KIND.number) shown += ours(read(literal)) ? literal : HIDDEN;
        else shown += kind === KIND.unknown && literal !== "\ufeff" ? HIDDEN : literal;
    }
  }
  flush(false);
  return shown;
}

function shownToml(
  text: string,
  written: readonly string[],
  ours: (value: unknown) => boolean,
): string {
  const names = namesIn(text);
  return text
    .split("\n")
    .map((line, index) => {
      const end = line.endsWith("\r") ? "\r" : "";
      const bare = line.slice(0, line.length - end.length);
      return shownTomlLine(bare, names.get(index + 1), written, ours) + end;
    })
    .join("\n");
}

function shownTomlLine(
  line: string,
  is: "table" | "value" | undefined,
  written: readonly string[],
  ours: (value: unknown) => boolean,
): string {
  if (line.trim() === "" || written.includes(line) || MARKER.test(line)) return line;
  if (is === "table") {
    const isPlain = /^\s*\[\[?[\w." -]+\]\]?\s*$/.test(line);
    return isPlain && line.split(/[^\w-]+/).every(isNameLike) ? line : `[${HIDDEN}]`;
  }
  const [name, value = ""] = /^\s*[\w.-]+\s*=\s*(.*)$/.exec(line) ?? [];
  if (name === undefined || is !== "value") return HIDDEN;
  const values = [read(value)].flat();
  const key = line.slice(0, line.length - value.length);
  return values.length > 0 && values.every(ours) ? line : `${key}${HIDDEN}`;
}

const MARKER =
  /^# (?:>>> holdfast: made by holdfast harness install; do not edit(?: \(the line above had no end\))?|<<< holdfast)$/;

/** What each line begins; none where the file cannot be read. */
function namesIn(text: string): Map<number, "table" | "value"> {
  try {
    return new Map(tomlNames("", text).map(({ line, is }) => [line, is]));
  } catch {
    return new Map();
  }
}
