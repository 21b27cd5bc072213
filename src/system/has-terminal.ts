// Apart from terminal.ts, so that asking whether there is a terminal does not load what asks at it.

import { closeSync, openSync } from "node:fs";

/** Whether there is a controlling terminal. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r+"));
    return true;
  } catch {
    return false;
  }
}
