// Reads what should be a short file, whatever stands there.

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

const MOST_BYTES = 4 * 1024 * 1024;

/** Its text; undefined where there is none that could be read whole, or something else is there. */
export function smallText(path: string): string | undefined {
  let descriptor: number | undefined;
  try {
    // Without O_NONBLOCK a FIFO would hold us up for ever.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = fstatSync(descriptor);
    if (!fstatSync(descriptor).isFile() || size > MOST_BYTES) return undefined;
    const buffer = Buffer.alloc(size + 1);
    const length = readSync(descriptor, buffer, 0, buffer.length, 0);
    return length > size ? undefined : buffer.toString("utf8", 0, length);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
