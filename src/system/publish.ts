// A file that many processes rewrite, each from what it has read, and of which every reader sees one
// whole revision. No lock is held, so nobody has to find out whether a holder is dead.
//
// Beside FILE is a directory, FILE.turns, that holds one directory, the turn: `turn.ID`. A writer puts
// its revision into the turn, as `ID.NEW.BASE` (BASE: the SHA-256 of what it was made from), and then
// takes the turn: it renames `turn.ID` to `turn.NEW`. That can succeed once, because then `turn.ID`
// is gone, and an id, which is random, never comes back; whoever comes too late finds no such
// directory, and starts again from what is there now. The revision in a turn that bears its name is
// decided, and is published by renaming it over FILE, by its writer, or by the next if that is dead:
// a file can be renamed away only once, and only while its turn is the latest, so none comes late.
//
// U1 Of all who rewrite one revision exactly one succeeds; nothing that was acknowledged is lost.
// U2 FILE is only ever replaced by a whole file that is synced to disk.
// U3 A writer that is killed at any step keeps nobody waiting: what it decided is published by the
//    next one, and what it left is removed.
// U4 FILE is replaced only while it holds what the change was made from: what a person wrote by hand
//    in between stays, and the change is reported as not made. (Between that look and the rename is a
//    moment that no file system closes.)

import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { checkPrivateDirectory, quoted, readPrivateFile, UnsafeFile } from "./safe-file.ts";

/** FILE was not written, or not for certain: the message names it and says which. */
export class NotWritten extends Error {
  override readonly name = "NotWritten";
}

/** A change of the whole file. */
export interface Rewrite<T> {
  readonly file: string;
  /** A larger file is neither read nor written. */
  readonly maxBytes: number;
  /**
   * Makes what shall stand there from what does (undefined: no file); without `text` nothing is
   * written. Called again whenever another writer was faster; what it throws is thrown on.
   */
  readonly change: (text: string | undefined) => {
    readonly text?: () => string;
    readonly result: T;
  };
  /** Whether the change is part of what stands there: asked when another process has published it. */
  readonly holds: (text: string | undefined, result: T) => boolean;
  /** Told before each step that changes something on disk, for tests that stop it there. */
  readonly onStep?: (step: string) => void;
}

/** How long a writer tries before it gives up, in milliseconds; each failure is another's success. */
const PATIENCE_MS = 10_000;

/** How often, and for how many milliseconds at most, it lets another that is writing go first. */
const MOST_COURTESIES = 8;
const COURTESY_MS = 6;

/** How often a file that is being replaced is opened again. */
const MOST_LOOKS = 100;

const TURN = /^turn\.([0-9a-f]{32})$/;

const newId = (): string => randomBytes(16).toString("hex");

const hashOf = (text: string | undefined): string =>
  createHash("sha256")
    .update(text ?? "")
    .update(text === undefined ? "missing" : "")
    .digest("hex");

/** Reads FILE as `readPrivateFile` does; undefined when there is none. Throws UnsafeFile. */
export function readPublished(file: string, maxBytes: number): string | undefined {
  for (let look = 1; ; look++)
    try {
      return readPrivateFile(file, maxBytes);
    } catch (error) {
      if (!(error instanceof UnsafeFile)) throw error;
      if (error.code === "missing" && !isThere(file)) return undefined;
      // A file that is replaced after we have opened it has no name any more: that is no second one.
      if (!["linked", "missing"].includes(error.code) || !hasOneName(file) || look >= MOST_LOOKS)
        throw error;
    }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return false;
    throw error;
  }
}

function hasOneName(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined || (found.isFile() && found.nlink === 1);
}

/**
 * Rewrites FILE, and makes it and its directory where they are missing.
 *
 * @throws UnsafeFile when FILE cannot be trusted, NotWritten, and whatever `change` throws
 */
export async function rewrite<T>(how: Rewrite<T>): Promise<T> {
  const first = how.change(readPublished(how.file, how.maxBytes));
  if (first.text === undefined) return first.result;
  const writer = new Writer(how);
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    const done = writer.tryOnce();
    if (done !== undefined) return done.result;
    await setTimeout(Math.random() * COURTESY_MS);
  }
  checkTurns(how.file);
  throw new NotWritten(`${how.file} is being changed by too many others`);
}

/**
 * Checks that writers of FILE can take turns; takes none, and makes nothing.
 *
 * @throws UnsafeFile for a directory of turns that nobody could use
 */
export function checkTurns(file: string): void {
  const turns = `${file}.turns`;
  if (!isThere(turns)) return;
  checkPrivateDirectory(turns);
  // While a turn is taken a reader may see both of its names, or none.
  for (let look = 1; ; look++) {
    const names = trying(turns, () => readdirSync(turns)) ?? [];
    const usable = names.filter((name) => TURN.test(name) && isDirectory(join(turns, name)));
    if (names.length === 0 || usable.length === 1) return;
    if (look < MOST_LOOKS) continue;
    throw new UnsafeFile(
      "unusable",
      turns,
      `is damaged: it holds ${usable.length} turns instead of one`,
      `rm -r -- ${quoted(turns)}`,
    );
  }
}

const isDirectory = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

class Writer<T> {
  readonly #how: Rewrite<T>;
  readonly #turns: string;
  #courtesies = { turn: "", left: MOST_COURTESIES };

  constructor(how: Rewrite<T>) {
    this.#how = how;
    this.#turns = `${how.file}.turns`;
  }

  /** One attempt; undefined: another writer was faster, or is let go first. */
  tryOnce(): { readonly result: T } | undefined {
    const turn = this.#currentTurn();
    if (turn === undefined) return undefined;
    const found = this.#look(turn);
    if (found === undefined) return undefined;
    if (found.decided !== undefined) {
      this.#publish(turn, found.decided);
      return undefined;
    }
    if (found.others > 0 && this.#isCourteous(turn)) return undefined;
    return this.#write(turn);
  }

  #step(name: string): void {
    this.#how.onStep?.(name);
  }

  #pathOf(turn: string, ...rest: readonly string[]): string {
    return join(this.#turns, `turn.${turn}`, ...rest);
  }

  /** The latest turn; undefined: it is being taken at this very moment. */
  #currentTurn(): string | undefined {
    if (!isThere(this.#turns)) this.#makeTurns();
    checkPrivateDirectory(this.#turns);
    const turns = trying(this.#turns, () => readdirSync(this.#turns)) ?? [];
    const ids = turns.flatMap((name) => TURN.exec(name)?.[1] ?? []);
    // While a turn is taken a reader of the directory may see both of its names, or none.
    const there = ids.filter((id) => isThere(this.#pathOf(id)));
    if (turns.length === 0) this.#makeTurns();
    return there.length === 1 ? there[0] : undefined;
  }

  /** Makes the directory and its turn in one step: no other can come of two who do so at once. */
  #makeTurns(): void {
    const fresh = `${this.#turns}.new-${newId()}`;
    trying(this.#turns, () => {
      this.#step("make the directory");
      mkdirSync(dirname(this.#turns), { recursive: true, mode: 0o700 });
      this.#step("make the turns");
      mkdirSync(fresh, { mode: 0o700 });
      this.#step("make the first turn");
      mkdirSync(join(fresh, `turn.${newId()}`), { mode: 0o700 });
      this.#step("put the turns in place");
      renameSync(fresh, this.#turns);
    });
    if (isThere(fresh)) rmSync(fresh, { recursive: true, force: true });
  }

  /** What is in a turn: the revision that is decided but not published, and those that try. */
  #look(turn: string): { decided: string | undefined; others: number } | undefined {
    const names = trying(this.#turns, () => readdirSync(this.#pathOf(turn)));
    if (names === undefined) return undefined;
    return {
      decided: names.find((name) => name.split(".")[1] === turn),
      others: names.filter((name) => name.startsWith(`${turn}.`)).length,
    };
  }

  /** Lets others that are at work finish, for a moment only: they may be dead. */
  #isCourteous(turn: string): boolean {
    if (this.#courtesies.turn !== turn) this.#courtesies = { turn, left: MOST_COURTESIES };
    return this.#courtesies.left-- > 0;
  }

  #write(turn: string): { readonly result: T } | undefined {
    const { file, maxBytes, change, holds } = this.#how;
    const before = readPublished(file, maxBytes);
    const changed = change(before);
    const { result } = changed;
    if (changed.text === undefined) return { result };
    const text = changed.text();
    if (Buffer.byteLength(text) > maxBytes)
      throw new NotWritten(`${file} would become larger than ${maxBytes} bytes`);
    const id = newId();
    const name = `${turn}.${id}.${hashOf(before)}`;
    if (!this.#decide(turn, id, name, text)) return undefined;
    if (!this.#publish(id, name) && !holds(readPublished(file, maxBytes), result))
      throw new NotWritten(`${file} was changed by hand at the same moment`);
    this.#sync(dirname(file));
    this.#clean(id);
    return { result };
  }

  /** Takes the turn; false: another has. */
  #decide(turn: string, id: string, name: string, text: string): boolean {
    const path = this.#pathOf(turn, name);
    try {
      const decided = trying(this.#how.file, () => {
        this.#step("write the revision");
        writeSynced(path, text);
        this.#step("take the turn");
        renameSync(this.#pathOf(turn), this.#pathOf(id));
        return true;
      });
      return decided === true;
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
  }

  /**
   * Publishes the revision that a turn has decided on, unless FILE is not what it was made from: then
   * it is dropped, and nobody has been told that it was made. False: it was not we who published it.
   */
  #publish(turn: string, name: string): boolean {
    const { file, maxBytes } = this.#how;
    const path = this.#pathOf(turn, name);
    try {
      const isFromThis = hashOf(readPublished(file, maxBytes)) === name.split(".")[2];
      const done = trying(file, () => {
        this.#step(isFromThis ? "publish" : "drop");
        if (isFromThis) renameSync(path, file);
        else unlinkSync(path);
        return isFromThis;
      });
      return done === true;
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
  }

  #sync(directory: string): void {
    this.#step("sync the directory");
    try {
      syncDirectory(directory);
    } catch (error) {
      const why = (error as Error).message;
      throw new NotWritten(`${this.#how.file} was changed, but may be lost: ${why}`);
    }
  }

  /** Removes what others have left: attempts at turns that are over, and turns that were never used. */
  #clean(turn: string): void {
    const directory = dirname(this.#turns);
    const unused = `${basename(this.#turns)}.new-`;
    try {
      this.#step("clean up");
      for (const name of readdirSync(this.#pathOf(turn)))
        if (!name.startsWith(`${turn}.`)) rmSync(this.#pathOf(turn, name), { force: true });
      for (const name of readdirSync(directory))
        if (name.startsWith(unused))
          rmSync(join(directory, name), { recursive: true, force: true });
    } catch {
      // Another has the next turn already, and cleans up.
    }
  }
}

/** What `act` returns; undefined where another was faster (something is gone, or there already). */
function trying<R>(file: string, act: () => R): R | undefined {
  try {
    return act();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (["ENOENT", "EEXIST", "ENOTEMPTY"].includes(code)) return undefined;
    throw new NotWritten(`${file} cannot be written: ${message}`, { cause: error });
  }
}

function writeSynced(path: string, text: string): void {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  const descriptor = openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    // Whatever the umask: the file must be readable by us later.
    fchmodSync(descriptor, 0o600);
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncDirectory(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some file systems have no such thing; then there is nothing more to do for it.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EINVAL" && code !== "ENOTSUP") throw error;
  } finally {
    closeSync(descriptor);
  }
}
