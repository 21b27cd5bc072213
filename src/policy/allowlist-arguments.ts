// What an entry says about arguments. There are two forms, and neither is a regular expression:
//
//   sha256:HEX            exactly these arguments, under this name, in this directory, with these files
//                         and variables
//   ["get","pods","*"]    these words; `*` is exactly one argument, a last `**` any that are left
//
// M1 No two commands with different arguments, names that they are called by, directories, files or
//    variables have the same digest: every part goes in with its length before it, every list with
//    how many there are.
// M2 Words are compared with arguments, one by one, never with a line that they were joined to.

import { createHash } from "node:crypto";
import type { AllowlistEntry } from "./allowlist.ts";
import { shellWord } from "./command-line.ts";
import type { CommandRequest } from "./operation.ts";

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const ONE = "*";
const ANY = "**";

/** Limits of the words of one entry. */
const MOST_WORDS = 256;
const LONGEST_ARG_PATTERN = 16_384;

/** The part of a command that an entry can bind, besides the executable's path. */
type Bound = Pick<CommandRequest, "args" | "calledAs" | "cwd" | "environment" | "files">;

/** The argPattern that exactly this command matches: `sha256:` and 64 hex digits (M1). */
export function argPatternOf({ args, calledAs, cwd, environment, files }: Bound): string {
  const hash = createHash("sha256");
  const add = (part: string | number): void => {
    const text = String(part);
    hash.update(`${Buffer.byteLength(text)}:`).update(text);
  };
  add("holdfast allowlist arguments 2");
  add(args.length);
  for (const word of args) add(word);
  add(calledAs ?? "");
  add(cwd);
  for (const named of [files, environment]) {
    // Sorted by code unit, whatever the locale.
    const names = Object.keys(named).sort();
    add(names.length);
    for (const name of names) {
      add(name);
      add(named[name] ?? "");
    }
  }
  return `sha256:${hash.digest("hex")}`;
}

/** The argPattern that these words are. @throws RangeError that says what cannot be one */
export function wordsPattern(words: readonly string[]): string {
  const pattern = JSON.stringify(words);
  const problem = argPatternProblem(pattern);
  if (problem !== undefined) throw new RangeError(problem);
  return pattern;
}

/** Whether an argPattern is a digest, not words. */
export function isDigest(argPattern: string): boolean {
  return DIGEST.test(argPattern);
}

/** Why text is no argPattern, as one clause; undefined: it is one. */
export function argPatternProblem(text: string): string | undefined {
  if (isDigest(text)) return undefined;
  if (text.length > LONGEST_ARG_PATTERN) return "the arguments are too long for an entry";
  const words = wordsOf(text);
  if (words === undefined)
    return "argPattern is neither sha256: with 64 hex digits nor a JSON array of words";
  if (words.length > MOST_WORDS) return `an entry has at most ${MOST_WORDS} words`;
  if (words.slice(0, -1).includes(ANY)) return "** stands for the rest, so it can only be the last";
  return undefined;
}

function wordsOf(text: string): readonly string[] | undefined {
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === "string")
      ? words
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a command's arguments are what an argPattern says. What is no argPattern matches nothing. */
export function argumentsMatch(argPattern: string, command: Bound): boolean {
  if (argPatternProblem(argPattern) !== undefined) return false;
  if (isDigest(argPattern)) return argPattern === argPatternOf(command);
  const words = wordsOf(argPattern) ?? [];
  const isOpen = words.at(-1) === ANY;
  const fixed = isOpen ? words.slice(0, -1) : words;
  const { args } = command;
  if (isOpen ? args.length < fixed.length : args.length !== fixed.length) return false;
  return fixed.every((word, at) => word === ONE || word === args[at]);
}

/** Whether an entry can never match: what `approve --always` made is bound to a digest, or to nothing. */
export function isInert({
  origin,
  argPattern,
}: Pick<AllowlistEntry, "origin" | "argPattern">): boolean {
  return origin === "approved" && (argPattern === undefined || !isDigest(argPattern));
}

/**
 * How much an entry covers, in words. What it says of arguments is quoted as for a shell, and holds
 * nothing that a terminal would hide.
 */
export function describeBreadth(entry: Pick<AllowlistEntry, "origin" | "argPattern">): string {
  if (isInert(entry)) return "nothing: it is not bound to its arguments";
  const { argPattern } = entry;
  if (argPattern === undefined) return "any arguments";
  if (isDigest(argPattern)) return "exactly these arguments";
  const words = wordsOf(argPattern) ?? [];
  if (words.length === 0) return "no arguments";
  if (words.length === 1 && words[0] === ANY) return "any arguments";
  const text = words.map((word) => (word === ONE || word === ANY ? word : shellWord(word)));
  const stars = [
    ...(words.includes(ONE) ? ["* any one"] : []),
    ...(words.includes(ANY) ? ["** any more"] : []),
  ];
  return [`these words: ${text.join(" ")}`, ...stars].join(", ");
}
