// What the checks are told: the outside as one run of the command line sees it.

import type { StandingWorld } from "../session/caller/standing.ts";
import { type Clock, systemClock } from "../system/clock.ts";
import { openProcesses } from "../system/open-processes.ts";
import { askApi, type Reach } from "./reach.ts";

export interface DoctorWorld extends StandingWorld {
  readonly cwd: string;
  /** holdfast's own version. */
  readonly version: string;
  /** Such as `v20.12.0`. */
  readonly nodeVersion: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  /** Asks the API, once however often it is called. @throws Failure for an unusable address */
  readonly reach: () => Promise<Reach>;
}

/** How long the API may take to answer, in milliseconds. */
const REACH_TIMEOUT_MS = 8000;

/** Opens the world of this process. */
export async function openDoctorWorld(
  outside: Pick<DoctorWorld, "env" | "home" | "cwd" | "version">,
  timeoutMs: number = REACH_TIMEOUT_MS,
): Promise<DoctorWorld> {
  let asked: Promise<Reach> | undefined;
  return {
    ...outside,
    nodeVersion: process.version,
    platform: process.platform,
    processes: await openProcesses(),
    clock: systemClock,
    reach: () => {
      asked ??= askApi(outside, timeoutMs);
      return asked;
    },
  };
}
