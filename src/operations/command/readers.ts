// Which commands only read, and only where they may.
//
// B1 Only a program of the table, where the system has installed it, with options that the table
//    knows: what it does not know is no read.
// B2 Every file that it is given is below one of the roots once all links are followed, and is not
//    likely to hold a secret. What a word means could change before it is run: the executor asks again.
// B3 Never by what is merely called so: a link of another name, a script, what somebody could replace.

import { lstatSync, realpathSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { isLikelySecret } from "./likely-secrets.ts";
import { isReplaceable, kindOf, type Program } from "./program.ts";
import { FIND_ALONE, FIND_WITH_WORD, READERS, type Reader } from "./readers-table.ts";

/** Where it would read: all absolute. */
export interface ReadingPlace {
  readonly cwd: string;
  readonly roots: readonly string[];
  /** Directories that nothing is read from. */
  readonly kept: readonly string[];
}

/** Where systems keep their own programs: nothing else does what the table says of its name. */
const SYSTEM = /^\/(?:usr\/)?bin\/[^/]+$/;

/** Whether this program, called like this, only reads, and only where it may (B1, B2). */
export function onlyReads(program: Program, args: readonly string[], place: ReadingPlace): boolean {
  const { executable, calledAs = executable } = program;
  const name = basename(executable);
  if (process.platform !== "linux" || place.roots.length === 0) return false;
  if (!SYSTEM.test(executable) || basename(calledAs) !== name) return false;
  if (isReplaceable(executable) || kindOf(executable).kind !== "binary") return false;
  if (name === "find") return findOnlyReads(args, place);
  const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  return reader !== undefined && readsWhereItMay(reader, args, place);
}

function readsWhereItMay(reader: Reader, args: readonly string[], place: ReadingPlace): boolean {
  const read = readArguments(reader, args);
  if (read === undefined) return false;
  const { operands, seen } = read;
  const { patternOptions, operands: kind, most = Number.POSITIVE_INFINITY } = reader;
  const isPattern = patternOptions?.every((each) => !seen.has(each)) === true;
  if (isPattern && operands.length === 0) return false;
  const files = isPattern ? operands.slice(1) : operands;
  if (files.length > most) return false;
  switch (kind) {
    case "none":
      return files.length === 0;
    case "text":
      return true;
    case "format":
      return files.every((each) => each.startsWith("+"));
    case "names-or-here":
      return (files.length === 0 ? ["."] : files).every((each) => mayRead(each, place, false));
    case "names":
      return files.every((each) => mayRead(each, place, false));
    case "contents":
      // To some `+1f` is no file but an old way to say that the next one is followed.
      return files.every(
        (each) => each === "-" || (!each.startsWith("+") && mayRead(each, place, true)),
      );
  }
}

const wordsOf = (text = ""): readonly string[] => text.split(/\s+/);

/** The words that are no options, and the options that were seen; undefined: one is not known. */
function readArguments(
  reader: Reader,
  args: readonly string[],
): { operands: readonly string[]; seen: ReadonlySet<string> } | undefined {
  const operands: string[] = [];
  const seen = new Set<string>();
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? "";
    if (word === "--") return { operands: [...operands, ...args.slice(index + 1)], seen };
    if (word === "-" || !word.startsWith("-")) operands.push(word);
    else if (reader.also?.test(word) !== true) {
      const takesNext = word.startsWith("--")
        ? readLong(reader, word.slice(2), seen)
        : readShort(reader, word.slice(1), seen);
      if (takesNext === undefined) return undefined;
      if (takesNext && ++index >= args.length) return undefined;
    }
  }
  return { operands, seen };
}

/** Whether the next word is its value; undefined: not known. Only whole names: a prefix may mean another. */
function readLong(reader: Reader, typed: string, seen: Set<string>): boolean | undefined {
  const [name = ""] = typed.split("=", 1);
  seen.add(name);
  if (name === "") return undefined;
  if (wordsOf(reader.longFlags).includes(name)) return false;
  return wordsOf(reader.longValues).includes(name) ? !typed.includes("=") : undefined;
}

function readShort(reader: Reader, letters: string, seen: Set<string>): boolean | undefined {
  const { flags = "", values = "" } = reader;
  for (const [index, letter] of [...letters].entries()) {
    seen.add(letter);
    if (values.includes(letter)) return index === [...letters].length - 1;
    if (!flags.includes(letter)) return undefined;
  }
  return false;
}

function findOnlyReads(args: readonly string[], place: ReadingPlace): boolean {
  const words = args[0] === "-P" ? args.slice(1) : args;
  const first = words.findIndex((each) => /^(?:-.*|[!(),])$/s.test(each));
  const starts = words.slice(0, first === -1 ? words.length : first);
  for (let index = starts.length; index < words.length; index++) {
    const word = words[index] ?? "";
    if (FIND_WITH_WORD.has(word)) {
      if (++index >= words.length) return false;
    } else if (!FIND_ALONE.has(word)) return false;
  }
  return (starts.length === 0 ? ["."] : starts).every((each) => mayRead(each, place, false));
}

/** Whether what the word names is where it may be read (B2). */
function mayRead(word: string, { cwd, roots, kept }: ReadingPlace, isOpened: boolean): boolean {
  if (word === "" || isLikelySecret(word)) return false;
  const path = realPath(word.startsWith("/") ? word : `${cwd}/${word}`);
  if (path === undefined || /^\/(?:proc|sys|dev)(?:\/|$)/.test(path)) return false;
  const root = roots.find((each) => isWithin(path, each));
  if (root === undefined || kept.some((each) => isWithin(path, each))) return false;
  if (isLikelySecret(path.slice(root.length))) return false;
  return !isOpened || isRegularOrMissing(path);
}

const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith("/") ? directory : `${directory}/`);

/**
 * Where the word leads once every link is followed, as the kernel does: `..` after a link is not what
 * it looks like. What is not there is where its directory is; a link to nowhere is nowhere.
 */
function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return undefined;
  }
  const name = basename(path);
  if (path.endsWith("/") || name === "." || name === ".." || isThere(path)) return undefined;
  try {
    return `${realpathSync.native(dirname(path))}/${name}`;
  } catch {
    return undefined;
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isRegularOrMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() !== false;
  } catch {
    return false;
  }
}
