// What a writer knows of the log's end: how far it has read, and what stands there.

import type { AuditEntry } from "../policy/audit-entry.ts";
import type { Head } from "./head.ts";
import { gluedBytes, looksTorn, parseLine } from "./line.ts";
import type { LogFile } from "./log-file.ts";
import type { Tips } from "./tips.ts";

/** How much is read of a log that is new to us, and at most of what others wrote, in bytes. */
const FIRST_READ = 16 * 1024;
const LATER_READ = 256 * 1024;

/** A piece of the log, in bytes from its start. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

export class Tail {
  readonly #file: LogFile;
  readonly #tips: Tips;
  #known = 0;
  #isNew = true;
  /** Where torn pieces start that nothing whole came after yet. */
  #tornFrom: number | undefined;
  /** The furthest entry. */
  last: Head | undefined;

  constructor(file: LogFile, tips: Tips) {
    this.#file = file;
    this.#tips = tips;
  }

  /** The end of the last whole line. */
  get known(): number {
    return this.#known;
  }

  /** Forgets what it knew: another file has taken the log's place. */
  forget(): void {
    this.#known = 0;
    this.#isNew = true;
    this.#tornFrom = undefined;
    this.last = undefined;
  }

  /**
   * Reads on to `size`. What the writer `own` wrote needs no naming.
   * @returns the torn pieces that entries of `own` were glued to
   */
  readTo(size: number, own: string): Piece[] {
    const from = Math.max(this.#known, size - (this.#isNew ? FIRST_READ : LATER_READ));
    const isInside = from > this.#known;
    this.#isNew = false;
    this.#known = from;
    const bytes = this.#file.bytes(from, size);
    const glued: Piece[] = [];
    let start = isInside ? bytes.indexOf(0x0a) + 1 : 0;
    for (let end = bytes.indexOf(0x0a, start); end !== -1; end = bytes.indexOf(0x0a, start)) {
      const piece = this.#readLine(bytes.subarray(start, end), from + start, own);
      if (piece !== undefined) glued.push(piece);
      start = end + 1;
      this.#known = from + start;
    }
    return glued;
  }

  /** Our own line was written, and nothing else since `readTo`. */
  wrote({ hash }: AuditEntry, end: number): void {
    this.#known = end;
    this.#tornFrom = undefined;
    this.last = { end, hash };
  }

  /** What is to be set aside where the log ends with a torn line, at `size`. */
  torn(size: number): Piece {
    return { from: this.#tornFrom ?? this.#known, to: size };
  }

  #readLine(line: Buffer, at: number, own: string): Piece | undefined {
    const before = gluedBytes(line);
    const entry = parseLine(line.toString("utf8", before));
    if (typeof entry === "string") {
      this.#tornFrom = looksTorn(line.toString("utf8")) ? (this.#tornFrom ?? at) : undefined;
      return undefined;
    }
    this.#tornFrom = undefined;
    this.last = { end: at + line.length + 1, hash: entry.hash };
    if (entry.writer === own) this.#tips.named(entry);
    else this.#tips.take(entry);
    return before > 0 && entry.writer === own ? { from: at, to: at + before } : undefined;
  }
}
