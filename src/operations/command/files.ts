// The files whose content decides what a command does, by their SHA-256: whoever edits or swaps one
// while an answer is awaited has another command.
//
// F1 A program is in it where this user could put another in its place; what a program is told to
//    run or to do by a file is always in it.
// F2 What cannot be hashed whole (too many, too large, a pipe, a directory) makes the class unknown.

import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { resolve } from "node:path";
import { bindObstacle, isOneOf } from "./known-programs.ts";
import { findProgram, isChangeable, kindOf } from "./program.ts";
import { wordsWithin } from "./see-through.ts";

export const MOST_FILES = 16;
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_PROGRAM_BYTES = 1024 * 1024 * 1024;

/** Why the files cannot be bound: one clause. */
export class Unbindable extends Error {}

/** They do what a file says: `terraform apply PLAN`, `kubectl apply -f FILE`. */
const TAUGHT_BY_FILES: ReadonlySet<string> = new Set(
  "terraform tofu terragrunt pulumi kubectl oc helm docker podman".split(" "),
);

/** Files that a program looks for in its directory, without being told. */
const IMPLICIT: readonly (readonly [programs: string, files: string])[] = [
  ["make gmake bmake", "GNUmakefile makefile Makefile BSDmakefile"],
  ["npm npx pnpm yarn bun", "package.json"],
  ["just", "justfile Justfile .justfile"],
  ["task", "Taskfile.yml Taskfile.yaml"],
  ["rake", "Rakefile rakefile"],
  [
    "docker-compose docker podman",
    "compose.yaml compose.yml docker-compose.yml docker-compose.yaml",
  ],
];

/** Where the words of the command are looked up. */
export interface Place {
  readonly cwd: string;
  /** The entries of PATH that count. */
  readonly directories: readonly string[];
}

/**
 * Path -> SHA-256, hex, of every such file of the program at `executable`, called like this.
 * @throws Unbindable (F2)
 */
export function filesOf(
  executable: string,
  args: readonly string[],
  place: Place,
): Record<string, string> {
  const digests = new Digests();
  digests.addProgram(executable);
  addInterpreter(executable, place, digests);
  const isRunner = bindObstacle(executable, args) !== undefined || isScript(executable);
  if (!isRunner && !isOneOf(executable, TAUGHT_BY_FILES)) return digests.all();
  for (const path of implicitFiles(executable, place.cwd)) digests.addOperand(path);
  const words = wordsWithin(args);
  for (const word of words) addOperands(word, place, digests);
  if (isRunner) addInnerPrograms(words, place, digests);
  if (isRunner) refuseDirectory(executable, args, place);
  return digests.all();
}

const isScript = (path: string): boolean => kindOf(path).kind === "script";

class Digests {
  readonly #programs = new Map<string, string>();
  readonly #operands = new Map<string, string>();
  #bytes = 0;

  /** A program, where this user could swap it (F1). */
  addProgram(path: string): void {
    if (this.#programs.has(path) || !isChangeable(path)) return;
    this.#programs.set(path, digestOf(path, MOST_PROGRAM_BYTES).digest);
    if (this.#programs.size > MOST_FILES) throw new Unbindable("it runs too many programs");
  }

  addOperand(path: string): void {
    if (this.#operands.has(path)) return;
    if (this.#operands.size === MOST_FILES)
      throw new Unbindable(`it is given more than ${MOST_FILES} files`);
    const { digest, bytes } = digestOf(path, MOST_BYTES - this.#bytes);
    this.#bytes += bytes;
    this.#operands.set(path, digest);
  }

  all(): Record<string, string> {
    const both = [...this.#programs, ...this.#operands];
    return Object.fromEntries(both.sort(([one], [other]) => (one < other ? -1 : 1)));
  }
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

function implicitFiles(executable: string, cwd: string): string[] {
  return IMPLICIT.filter(([programs]) => isOneOf(executable, new Set(programs.split(" "))))
    .flatMap(([, files]) => files.split(" "))
    .map((name) => resolve(cwd, name))
    .filter((path) => statOf(path)?.isFile() === true)
    .map((path) => realpathSync.native(path));
}

/** Ways in which a word may name a file: `FILE`, `--flag=FILE`, `-fFILE`, `@FILE`, `file://FILE`. */
function spellings(word: string): string[] {
  const value = word.slice(word.indexOf("=") + 1);
  return [
    word,
    ...(word.includes("=") ? [value] : []),
    ...(/^-[^-]/.test(word) ? [word.slice(2)] : []),
    ...(word.startsWith("@") ? [word.slice(1)] : []),
    ...(word.startsWith("file://") ? [word.slice("file://".length)] : []),
    // A module's name, and what Node adds to one.
    ...(/^[\w.]+$/.test(word)
      ? [`${word.replaceAll(".", "/")}.py`, `${word.replaceAll(".", "/")}/__main__.py`]
      : []),
    ...(/^[^-]/.test(word) ? [".js", ".cjs", ".mjs"].map((end) => word + end) : []),
  ].filter((each) => each !== "");
}

/** Names of what is already open, which say nothing of what is in it. */
const OPEN_FILE = /^\/(?:dev\/(?:fd\/|stdin$)|proc\/[^/]+\/fd\/)/;

function addOperands(word: string, { cwd }: Place, digests: Digests): void {
  for (const spelling of spellings(word)) {
    const path = resolve(cwd, spelling);
    if (OPEN_FILE.test(path)) throw new Unbindable(`${spelling} is a file that is already open`);
    const found = statOf(path);
    if (found === undefined || found.isDirectory() || path === "/dev/null") continue;
    if (!found.isFile()) throw new Unbindable(`${spelling} is not a regular file`);
    digests.addOperand(realpathSync.native(path));
  }
}

/** Programs behind a wrapper, or in a shell's text, that are found on PATH. */
function addInnerPrograms(words: readonly string[], place: Place, digests: Digests): void {
  const names = words.filter((word) => /^[A-Za-z0-9_][\w.+-]{0,254}$/.test(word));
  for (const name of [...new Set(names)].slice(0, 256)) {
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
function refuseDirectory(executable: string, args: readonly string[], { cwd }: Place): void {
  if (!isOneOf(executable, RUNS_DIRECTORIES)) return;
  const first = args.find((each) => !each.startsWith("-"));
  if (first !== undefined && statOf(resolve(cwd, first))?.isDirectory() === true)
    throw new Unbindable(`${first} is a directory, and files in it decide what runs`);
}

function statOf(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

const CHUNK_BYTES = 1024 * 1024;

function digestOf(path: string, mostBytes: number): { digest: string; bytes: number } {
  let descriptor: number | undefined;
  try {
    // Without O_NONBLOCK a FIFO that was put in its place would hold us up for ever.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw new Unbindable(`${path} is not a regular file`);
    const hash = createHash("sha256");
    const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, found.size + 1));
    let bytes = 0;
    for (;;) {
      const length = readSync(descriptor, buffer);
      if (length === 0) return { digest: hash.digest("hex"), bytes };
      bytes += length;
      if (bytes > mostBytes) throw new Unbindable(`${path} is too large to be looked through`);
      hash.update(buffer.subarray(0, length));
    }
  } catch (error) {
    if (error instanceof Unbindable) throw error;
    throw new Unbindable(`${path} cannot be read`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
