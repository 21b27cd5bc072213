// Whether programs of another user can reach a path: tests that start one need it.

import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Whether every directory above the path, and itself, lets others in. */
export function isReachableByOthers(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
