// Whether a signal has come to a process that has not been seen to end of it yet.

import { readFileSync } from "node:fs";
import { constants } from "node:os";

/**
 * Whether the signal waits for the process, or the process has ended and was not looked at yet. False
 * where nobody can tell (no /proc).
 */
export function isSignalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    if (/^State:\s+[ZX]/m.test(status)) return true;
    const bit = 1n << BigInt(constants.signals[signal] - 1);
    return [...status.matchAll(/^(?:SigPnd|ShdPnd):\s+([0-9a-f]+)$/gm)].some(
      ([, mask]) => (BigInt(`0x${mask}`) & bit) !== 0n,
    );
  } catch {
    return false;
  }
}
