// The log's file: opened once and kept open, checked at every use, and opened again where another
// file has taken its place.

import { closeSync, fstatSync, lstatSync, readSync, type Stats, writeSync } from "node:fs";
import { checkPrivate, openPrivate } from "./private-descriptor.ts";

/** A write that the system cut short: what it left is torn. */
export class ShortWrite extends Error {
  override readonly name = "ShortWrite";
}

export class LogFile {
  readonly path: string;
  #open:
    | { readonly descriptor: number; readonly device: number; readonly inode: number }
    | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Its size in bytes now, and whether it was opened for that: for the first time, or again.
   * @throws UnsafeFile
   */
  look(): { readonly size: number; readonly isFresh: boolean } {
    const found = lstatSync(this.path, { throwIfNoEntry: false });
    if (found !== undefined && this.#open?.inode === found.ino && this.#open.device === found.dev) {
      checkPrivate(this.path, found);
      return { size: found.size, isFresh: false };
    }
    this.close();
    const descriptor = openPrivate(this.path, "append");
    const opened: Stats = fstatSync(descriptor);
    this.#open = { descriptor, device: opened.dev, inode: opened.ino };
    return { size: opened.size, isFresh: true };
  }

  /** The size of the file that is open. @throws Error where it was removed meanwhile */
  size(): number {
    const { size, nlink } = fstatSync(this.#descriptor);
    if (nlink === 0) throw new Error("it was removed while it was being written");
    return size;
  }

  /** The bytes from one offset to another, or fewer where the file ends. */
  bytes(from: number, to: number): Buffer {
    const buffer = Buffer.allocUnsafe(Math.max(0, to - from));
    return buffer.subarray(0, readSync(this.#descriptor, buffer, 0, buffer.length, from));
  }

  /** Appends with one write. @throws ShortWrite where a part was written, else the system's error */
  append(bytes: Buffer): void {
    const written = writeSync(this.#descriptor, bytes);
    if (written < bytes.length)
      throw new ShortWrite(`only ${written} of ${bytes.length} bytes could be written`);
  }

  /** Applies `sync` to the file where it is open. */
  flush(sync: (descriptor: number) => void): void {
    if (this.#open !== undefined) sync(this.#open.descriptor);
  }

  close(): void {
    if (this.#open !== undefined) closeSync(this.#open.descriptor);
    this.#open = undefined;
  }

  get #descriptor(): number {
    if (this.#open === undefined) throw new Error("the log's file is not open");
    return this.#open.descriptor;
  }
}
