// Two clocks. The wall clock can be set; the boot clock cannot, and goes on while the machine sleeps.

import { readFileSync } from "node:fs";

export interface Clock {
  /** Milliseconds since 1970, as the machine believes. */
  wall(): number;
  /** Milliseconds since boot, sleep included where the platform tells. Never goes back. */
  boot(): number;
}

function bootMilliseconds(): number {
  try {
    return Number.parseFloat(readFileSync("/proc/uptime", "latin1")) * 1000;
  } catch {
    return Number(process.hrtime.bigint() / 1_000_000n);
  }
}

/** The machine's own clocks. */
export const systemClock: Clock = { wall: () => Date.now(), boot: bootMilliseconds };
