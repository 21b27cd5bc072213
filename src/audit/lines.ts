// The lines of a log, one after the other, in bounded memory.

import { closeSync, fstatSync, readSync } from "node:fs";

/** How much is read at a time, in bytes. */
const CHUNK = 256 * 1024;

/** A longer line is no entry; only its start is kept. */
const LONGEST = 128 * 1024;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Bytes from the start of the log to the line, and to what follows it. */
  readonly from: number;
  readonly to: number;
  /** Without its line end; a start of it where it is too long. */
  readonly bytes: Buffer;
  /** False: the log ends here, without a line end. */
  readonly isWhole: boolean;
}

/** Goes through the lines from where it stopped to the end, as often as it is asked. */
export class LineReader {
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafe(CHUNK);
  #number = 0;
  #offset = 0;

  /** Takes the descriptor over. */
  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** How many bytes the whole lines so far take. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * The lines that are there now, however fast others write. One without an end comes last, and
   * comes again when it has one.
   */
  *lines(): Generator<Line> {
    const stop = fstatSync(this.#descriptor).size;
    let rest: Buffer = Buffer.alloc(0);
    // How long the line is so far: `rest` may be only its start.
    let length = 0;
    for (;;) {
      const at = this.#offset + length;
      const most = Math.max(0, Math.min(CHUNK, stop - at));
      const read = readSync(this.#descriptor, this.#buffer, 0, most, at);
      if (read === 0) break;
      let start = 0;
      for (;;) {
        const end = this.#buffer.subarray(0, read).indexOf(0x0a, start);
        const piece = this.#buffer.subarray(start, end === -1 ? read : end);
        length += piece.length;
        const room = Math.max(0, LONGEST - rest.length);
        rest = Buffer.concat([rest, piece.subarray(0, room)]);
        if (end === -1) break;
        yield this.#line(rest, length, true);
        rest = Buffer.alloc(0);
        length = 0;
        start = end + 1;
      }
    }
    if (length > 0) yield this.#line(rest, length, false);
  }

  #line(bytes: Buffer, length: number, isWhole: boolean): Line {
    const from = this.#offset;
    const to = from + length + (isWhole ? 1 : 0);
    if (isWhole) {
      this.#offset = to;
      this.#number += 1;
    }
    return { number: this.#number + (isWhole ? 0 : 1), from, to, bytes, isWhole };
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
