// The files whose content decides what a command does, by their SHA-256: whoever edits or swaps one
// while an answer is awaited has another command.
//
// F1 A program is in it where this user could put another in its place; what a program is told to
//    run or to do by a file is always in it: named from where it runs, or from a directory that its
//    words tell it to work in.
// F2 What cannot be hashed whole (too many, too large, a pipe, a directory) makes the class unknown.

import { resolve } from "node:path";
import { Digests, statOf } from "./digests.ts";
import { bindObstacle, isOneOf, namesOf } from "./known-programs.ts";
import { findProgram, isReplaceable, kindOf, type Program } from "./program.ts";
import { MOST_WORDS, whyCommandDestroys, wordsWithin } from "./see-through.ts";
import {
  foundIn,
  REMOVERS,
  TAKES_MANIFESTS,
  TAUGHT_BY_DIRECTORIES,
  TAUGHT_BY_FILES,
} from "./taught.ts";

/** Where the words of the command are looked up. */
export interface Place {
  readonly cwd: string;
  /** The entries of PATH that count. */
  readonly directories: readonly string[];
}

/** What could be hashed, and why not all of it could, as one clause (F2). */
export interface Files {
  /** Path -> SHA-256, hex. */
  readonly files: Readonly<Record<string, string>>;
  readonly problem?: string;
}

/** Every such file of a program, called like this: by what it is called, and by what it is. */
export function filesOf(program: Program, args: readonly string[], place: Place): Files {
  const { executable, calledAs = executable } = program;
  const digests = new Digests();
  digests.addProgram(executable);
  addInterpreter(executable, place, digests);
  const own = [...new Set([calledAs, executable])];
  const isRunner =
    own.some((each) => bindObstacle(each, args) !== undefined) || isScript(executable);
  const isToAct = whyCommandDestroys({ executable, calledAs, args }) !== undefined;
  const words = wordsWithin(args);
  if (!isRunner && !isTaught(program, isToAct)) {
    if (isToAct) addLists(words, place.cwd, digests);
    return digests.all();
  }
  if (words.length > MOST_WORDS) digests.refuse("it has more words than can be looked through");
  const isNamed = nameTest(isRunner ? [...own, ...words] : own);
  const bases = workingDirectories(words, place.cwd);
  if (bases.length > MOST_BASES) digests.refuse("it works in too many directories");
  for (const base of bases.slice(0, MOST_BASES)) {
    for (const path of foundIn(isNamed, base, isToAct)) digests.addFound(path);
    for (const word of words) addOperands(word, base, digests);
    if (isNamed(TAUGHT_BY_DIRECTORIES)) addDirectories(words, base, isNamed(CHARTS), digests);
  }
  if (isRunner) addInnerPrograms(words, place, digests);
  if (isRunner && own.some((each) => isOneOf(each, RUNS_DIRECTORIES)))
    refuseDirectory(args, bases, digests);
  return digests.all();
}

const isScript = (path: string): boolean => kindOf(path).kind === "script";

/** Of one that could be anything, nobody can tell what its files teach it. */
function isTaught({ executable, calledAs = executable }: Program, isToAct: boolean): boolean {
  const isIn = (names: ReadonlySet<string>) =>
    isOneOf(executable, names) || isOneOf(calledAs, names);
  return isIn(TAUGHT_BY_FILES) || isReplaceable(executable) || (isToAct && !isIn(REMOVERS));
}

/** Files that say what is to be removed: `tar -T FILE --remove-files`, `--pathspec-from-file=FILE`. */
function addLists(words: readonly string[], cwd: string, digests: Digests): void {
  for (const [index, word] of words.entries())
    if (/^(?:-T|--[a-z0-9-]*from[a-z-]*)$/.test(words[index - 1] ?? ""))
      digests.addNamed(resolve(cwd, word));
}

/** Whether the command is, or may run, one of the programs named. */
function nameTest(programs: readonly string[]): (names: ReadonlySet<string>) => boolean {
  const own = new Set(programs.flatMap(namesOf));
  return (names) => [...names].some((each) => own.has(each));
}

const MOST_BASES = 8;

/** What stands before a directory to work in: `-C`, `--directory`, `-chdir`, `--prefix`, `cd`. */
const BEFORE_DIRECTORY =
  /^(?:cd|pushd|-[CDdpwP]|--?(?:[a-z]+-)*(?:dir|directory|chdir|cwd|wd|prefix|root|rootdir|workdir))$/i;

/** The directory it runs in, and those that its words tell it to work in, each within each before. */
function workingDirectories(words: readonly string[], cwd: string): string[] {
  const bases = new Set([cwd]);
  for (const [index, word] of words.entries()) {
    const stuck = /^-[CDd](.+)$/s.exec(word)?.[1];
    const given = BEFORE_DIRECTORY.test(words[index - 1] ?? "") ? word : stuck;
    if (given === undefined || given === "") continue;
    for (const base of [...bases]) {
      const path = resolve(base, given);
      if (statOf(path)?.isDirectory() === true) bases.add(path);
    }
    if (bases.size > MOST_BASES) break;
  }
  return [...bases];
}

/** What the first line of a script names: `#!/usr/bin/env -S node --flag`, `#!/bin/sh`. */
function addInterpreter(executable: string, { cwd, directories }: Place, digests: Digests): void {
  const kind = kindOf(executable);
  if (kind.kind !== "script") return;
  const [first = "", ...rest] = kind.interpreter.split(/\s+/);
  const named = [first, ...rest.filter((word) => !word.startsWith("-") && !word.includes("="))];
  for (const name of named.slice(0, 2)) {
    const found = name === "" ? undefined : findProgram(name, cwd, directories);
    if (found !== undefined) digests.addProgram(found.executable);
  }
}

/** Ways in which a word may name a file: `FILE`, `--flag=FILE`, `-fFILE`, `@FILE`, `file://FILE`. */
function spellings(word: string): string[] {
  const value = word.slice(word.indexOf("=") + 1);
  const url = /^fileb?:\/\/(.*)$/s.exec(value)?.[1] ?? "";
  return [
    word,
    url,
    ...(word.includes("=") ? [value] : []),
    ...(/^-[^-]/.test(word) ? [word.slice(2)] : []),
    ...(value.startsWith("@") ? [value.slice(1)] : []),
    // A module's name, and what Node adds to one.
    ...(/^[\w.]+$/.test(word)
      ? [`${word.replaceAll(".", "/")}.py`, `${word.replaceAll(".", "/")}/__main__.py`]
      : []),
    ...(/^[^-]/.test(word) ? [".js", ".cjs", ".mjs"].map((end) => word + end) : []),
  ].filter((each) => each !== "");
}

function addOperands(word: string, base: string, digests: Digests): void {
  for (const spelling of spellings(word)) digests.addNamed(resolve(base, spelling));
}

/** They take a directory wherever a word stands. */
const CHARTS: ReadonlySet<string> = new Set(["helm", "kustomize"]);

/** `-f DIRECTORY`, `-k DIRECTORY`, and what looks like a path to one. */
function addDirectories(
  words: readonly string[],
  base: string,
  isAny: boolean,
  digests: Digests,
): void {
  for (const [index, word] of words.entries()) {
    const isGiven =
      isAny || TAKES_MANIFESTS.test(words[index - 1] ?? "") || /^\.{1,2}$|\//.test(word);
    const stuck = /^-[fk](.+)$/s.exec(word)?.[1];
    for (const each of [isGiven ? word : undefined, stuck]) {
      if (each === undefined) continue;
      const path = resolve(base, each);
      if (statOf(path)?.isDirectory() === true) digests.addDirectory(path);
    }
  }
}

const MOST_NAMES = 1024;

/** Programs behind a wrapper, or in a shell's text, that are found on PATH. */
function addInnerPrograms(words: readonly string[], place: Place, digests: Digests): void {
  const names = words.filter((word) => /^[A-Za-z0-9_][\w.+-]{0,254}$/.test(word));
  const looked = [...new Set(names)];
  if (looked.length > MOST_NAMES) digests.refuse("it may run too many programs");
  for (const name of looked.slice(0, MOST_NAMES)) {
    const found = findProgram(name, place.cwd, place.directories);
    if (found === undefined) continue;
    digests.addProgram(found.executable);
    addInterpreter(found.executable, place, digests);
  }
}

const RUNS_DIRECTORIES: ReadonlySet<string> = new Set(
  "python pythonw pypy node nodejs bun deno tsx go cargo".split(" "),
);

/** `python3 DIRECTORY` and `node DIRECTORY` run a file in it that no word names. */
function refuseDirectory(
  args: readonly string[],
  bases: readonly string[],
  digests: Digests,
): void {
  const first = args.find((each) => !each.startsWith("-"));
  if (first === undefined) return;
  if (bases.some((base) => statOf(resolve(base, first))?.isDirectory() === true))
    digests.refuse(`${first} is a directory, and files in it decide what runs`);
}
