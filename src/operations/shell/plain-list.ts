// Shell text that is nothing but simple commands, one after another or each into the next.
//
// L1 Each command is one that bash would run with exactly these words; between them stands nothing but
//    `|`, `&&`, `||` and `;`, and no output goes anywhere but on, or to /dev/null. Whatever else is in
//    the text, it is none.
// L2 The reader of bash's whole grammar must find the same commands, and no others.

import { readPlainWords } from "./plain-words.ts";
import { whyNoProgram } from "./reserved.ts";
import { commandsWithin, MOST_TEXT } from "./within.ts";

export type Joint = "|" | "&&" | "||" | ";";

export interface PlainList {
  /** At least one, each with at least one word. */
  readonly commands: readonly (readonly string[])[];
  /** What stands after each of them but the last. */
  readonly joints: readonly Joint[];
}

const MOST_COMMANDS = 32;
/** What is gone through outside quotes: all that could start something else. */
const TOKEN =
  /(?<quoted>'[^']*'|"(?:[^"\\$`]|\\[^\n])*"|\\[ -~])|(?<joint>&&|\|\||[|;])(?![&|;])|(?<=[ \t])(?<kept>(?:2>&1|1>&2|>&2|(?:[12]?>>?|&>)[ \t]?\/dev\/null)(?=[ \t|;&]|$))|(?<plain>[^'"\\|;&<>()$`{}#\n!])|(?<=[^ \t|;&])(?<inner>[#!{}])/uy;

/** Reads it; undefined for any other text. Never throws. */
export function readPlainList(text: string): PlainList | undefined {
  if (text.length > MOST_TEXT) return undefined;
  const texts = [""];
  const joints: Joint[] = [];
  TOKEN.lastIndex = 0;
  const whole = text.trim();
  while (TOKEN.lastIndex < whole.length) {
    const { 0: token, groups = {} } = TOKEN.exec(whole) ?? {};
    if (token === undefined) return undefined;
    if (groups.joint !== undefined) {
      joints.push(groups.joint as Joint);
      texts.push("");
    } else if (groups.kept === undefined) texts.push(`${texts.pop()}${token}`);
  }
  if (texts.length > MOST_COMMANDS) return undefined;
  const words = texts.flatMap(wordsOf);
  const isAll = words.length === texts.length && isAgreed(words, text);
  return isAll ? { commands: words, joints } : undefined;
}

/** Builtins that change nothing but where the shell is. */
export const PLAIN_BUILTINS = ["cd", "echo", "false", "pwd", "true"] as const;

/** The words of one command, in a list of its own; empty where they are not plain (L1). */
function wordsOf(text: string): [words: readonly string[]] | [] {
  const plain = readPlainWords(text);
  if (!("words" in plain)) return [];
  const [name = ""] = plain.words;
  const isKnown = PLAIN_BUILTINS.some((each) => each === name);
  return isKnown || whyNoProgram(name) === undefined ? [plain.words] : [];
}

/** L2 */
function isAgreed(commands: readonly (readonly string[])[], text: string): boolean {
  const [ours, theirs] = [commands, commandsWithin(text)].map((all) =>
    [...new Set(all.map((words) => JSON.stringify(words)))].sort(),
  );
  return JSON.stringify(ours) === JSON.stringify(theirs);
}
