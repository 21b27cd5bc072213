// Where the log ended when it was last written, in a file of its own: so that a cut end shows.
//
// H1 The head is written after the line that it names: it is never ahead of the log.
// H2 It only moves on, but when two processes write at the same moment: then it may fall behind by
//    the lines of that moment, until the next entry.
// H3 It is there before the first line is. A log without one has lost it.

import { closeSync, readSync, writeSync } from "node:fs";
import { NO_HASH } from "../policy/audit-entry.ts";
import { openPrivate } from "./private-descriptor.ts";

/** The end of a line, in bytes from the start of the log, and the hash of its entry. */
export interface Head {
  readonly end: number;
  readonly hash: string;
}

const DIGITS = 15;
const LENGTH = DIGITS + 1 + 64 + 1;
const START: Head = { end: 0, hash: NO_HASH };

const headText = ({ end, hash }: Head): string => `${String(end).padStart(DIGITS, "0")} ${hash}\n`;

/** Reads what `headText` wrote; undefined for anything else. */
export function parseHead(text: string): Head | undefined {
  const match = /^(\d{15}) ([0-9a-f]{64})\n$/.exec(text);
  return match === null ? undefined : { end: Number(match[1]), hash: match[2] ?? "" };
}

/** Reads the head through an open descriptor; undefined where it holds none. */
export function readHead(descriptor: number): Head | undefined {
  // One byte more than it should have, to see that it has no more.
  const buffer = Buffer.alloc(LENGTH + 1);
  return parseHead(buffer.toString("latin1", 0, readSync(descriptor, buffer, 0, LENGTH + 1, 0)));
}

/** The head of one log, kept open. */
export class HeadFile {
  readonly #descriptor: number;
  /** What it said when it was opened; undefined where there was none. */
  readonly found: Head | undefined;

  /** Opens or makes it (H3). @throws UnsafeFile, or the system's error where there is no room */
  constructor(path: string) {
    this.#descriptor = openPrivate(path, "change");
    try {
      this.found = readHead(this.#descriptor);
      if (this.found === undefined) this.#write(START);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  now(): Head | undefined {
    return readHead(this.#descriptor);
  }

  /** Moves the head on to `head` (H2); with `back`, there in any case. Never throws. */
  put(head: Head, back = false): void {
    try {
      if (back || (this.now()?.end ?? 0) < head.end) this.#write(head);
    } catch {
      // The line is kept, and that counts; the head falls behind.
    }
  }

  #write(head: Head): void {
    writeSync(this.#descriptor, headText(head), 0, "latin1");
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
