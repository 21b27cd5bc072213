// Who waits. Every filing starts a courier, and each delivers what is due; but only one of a machine
// stays for what is due later, or fifty waiting requests would be fifty waiting processes.
//
// W1 A courier that does not stay leaves only after it has seen a living one for longer than a dead
//    one's lock lasts.
// W2 Whoever stays looks once more after it has let go: what was filed in between is not forgotten.

import { lock, type Release } from "../../system/lock.ts";

/** A lock whose owner does not touch it for that long is a dead one's (proper-lockfile: 10 s). */
const SEEN_ALIVE_MS = 12_000;

export interface Turn {
  /** Whether this courier may wait for what is due later. */
  mayStay(): Promise<boolean>;
  letGo(): void;
}

/** For couriers that end with whoever started them. */
export const ALWAYS: Turn = { mayStay: async () => true, letGo: () => {} };

/** One of a machine. `file`: what the lock stands beside; `now`: milliseconds that never go back. */
export function turnOf(file: string, now: () => number = () => performance.now()): Turn {
  let release: Release | undefined;
  let refusedSince: number | undefined;
  const letGo = () => {
    release?.();
    release = undefined;
  };
  const mayStay = async () => {
    if (release !== undefined) return true;
    try {
      release = await lock(file, () => {
        release = undefined;
      });
      return true;
    } catch (error) {
      // Without a place for the lock nobody can be counted on.
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") return true;
    }
    refusedSince ??= now();
    return now() - refusedSince < SEEN_ALIVE_MS;
  };
  return { mayStay, letGo };
}
