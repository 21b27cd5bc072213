// When a process ends, Node sets the terminals it was started with back to the modes they had, and
// aborts (SIGABRT) where that fails: so it does when a terminal has been closed meanwhile.

import { closeSync, fstatSync } from "node:fs";
import { isatty } from "node:tty";

const STANDARD = [0, 1, 2];

/** Closes those standard streams whose terminal is gone. Only for the very end: nothing can be said after it. */
export function letGoOfHungUpTerminals(): void {
  for (const descriptor of STANDARD) if (isHungUp(descriptor)) closeSync(descriptor);
}

/** Also true of /dev/null, which is as well closed. */
function isHungUp(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice() && !isatty(descriptor);
  } catch {
    return false;
  }
}
