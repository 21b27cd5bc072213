// SHA-256 of files, within limits.
//
// D1 What cannot be hashed whole (too many, too large, a pipe, unreadable) is a problem that is kept:
//    what else could be hashed stays hashed.

import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { isChangeable } from "./program.ts";

/** How many files may be named, and how many more may be found where they were not. */
export const MOST_FILES = 16;
const MOST_FOUND = 64;
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_PROGRAM_BYTES = 1024 * 1024 * 1024;
const MOST_DEPTH = 8;

/** Why something cannot be hashed: one clause. */
class Unbindable extends Error {}

/** Names of what is already open, which say nothing of what is in it. */
const OPEN_FILE = /^\/(?:dev\/(?:fd\/|std(?:in|out|err)$|tty)|proc\/[^/]+\/fd\/)/;

/** The files of one command, as they are added up. */
export class Digests {
  readonly #programs = new Map<string, string>();
  readonly #named = new Map<string, string>();
  readonly #found = new Map<string, string>();
  #bytes = 0;
  #problem: string | undefined;

  /** A program, where this user could swap it. */
  addProgram(path: string): void {
    if (this.#programs.has(path) || !isChangeable(path)) return;
    this.#try(() => {
      if (this.#programs.size === MOST_FILES) throw new Unbindable("it runs too many programs");
      this.#programs.set(path, digestOf(path, MOST_PROGRAM_BYTES).digest);
    });
  }

  /** What a word names, if that is a file. */
  addNamed(path: string): void {
    this.#try(() => {
      if (OPEN_FILE.test(path)) throw new Unbindable(`${path} is a file that is already open`);
      const found = statOf(path);
      if (found === undefined || found.isDirectory() || path === "/dev/null") return;
      if (!found.isFile()) throw new Unbindable(`${path} is not a regular file`);
      this.#add(this.#named, realpathSync.native(path), MOST_FILES);
    });
  }

  /** What is read without being named, where it is there. */
  addFound(path: string): void {
    this.#try(() => {
      if (statOf(path)?.isFile() === true)
        this.#add(this.#found, realpathSync.native(path), MOST_FOUND);
    });
  }

  /** Everything in a directory. */
  addDirectory(path: string, depth = 0): void {
    this.#try(() => {
      if (depth > MOST_DEPTH) throw new Unbindable(`${path} is too deep to be looked through`);
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (this.#problem !== undefined) return;
        const each = join(path, entry.name);
        if (entry.isDirectory()) this.addDirectory(each, depth + 1);
        else if (statOf(each)?.isDirectory() === true)
          throw new Unbindable(`${each} is a link to a directory`);
        else this.#add(this.#found, realpathSync.native(each), MOST_FOUND);
      }
    });
  }

  /** That something decides what runs which is no file that could be hashed. */
  refuse(why: string): void {
    this.#problem ??= why;
  }

  /** Path -> SHA-256, hex; and the first thing that could not be hashed. */
  all(): { readonly files: Record<string, string>; readonly problem?: string } {
    const all = [...this.#programs, ...this.#found, ...this.#named];
    const files = Object.fromEntries(all.sort(([one], [other]) => (one < other ? -1 : 1)));
    return this.#problem === undefined ? { files } : { files, problem: this.#problem };
  }

  #add(to: Map<string, string>, path: string, most: number): void {
    if (this.#named.has(path) || this.#found.has(path)) return;
    if (to.size === most) throw new Unbindable(`it is given more than ${most} files`);
    const { digest, bytes } = digestOf(path, MOST_BYTES - this.#bytes);
    this.#bytes += bytes;
    to.set(path, digest);
  }

  #try(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof Unbindable) this.refuse(error.message);
      else if (isSystemError(error)) this.refuse(`${error.path ?? "a file"} cannot be read`);
      else throw error;
    }
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;

/** What is there; undefined: nothing that can be looked at. */
export function statOf(path: string): ReturnType<typeof statSync> {
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
