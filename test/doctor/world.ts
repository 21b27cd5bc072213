// A doctor's world of its own for each test: real directories, real processes, no network but loopback.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Check, type CheckResult, runChecks } from "../../src/doctor/check.ts";
import { CHECKS } from "../../src/doctor/checks.ts";
import { type DoctorWorld, openDoctorWorld } from "../../src/doctor/world.ts";

export interface Place {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** The world there, with more variables or other answers where a test wants them. */
  world(
    env?: Record<string, string | undefined>,
    other?: Partial<DoctorWorld>,
  ): Promise<DoctorWorld>;
  remove(): void;
}

/** A directory with an empty home; the address is a port on which nobody listens. */
export function makePlace(): Place {
  const directory = mkdtempSync(join(tmpdir(), "hf-"));
  const env = {
    HOLDFAST_CONFIG_DIR: join(directory, "c"),
    HOLDFAST_RUNTIME_DIR: join(directory, "r"),
    TFE_ADDRESS: "http://127.0.0.1:1",
  };
  mkdirSync(join(directory, "home"));
  return {
    directory,
    env,
    world: async (more = {}, other = {}) => ({
      ...(await openDoctorWorld(
        {
          env: { ...env, ...more },
          home: join(directory, "home"),
          cwd: directory,
          version: "0.0.0",
        },
        2000,
      )),
      ...other,
    }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Runs one check of the table. */
export async function run(id: string, world: DoctorWorld): Promise<CheckResult> {
  const check = CHECKS.find((each) => each.id === id);
  if (check === undefined) throw new Error(`there is no check ${id}`);
  return first(check, world);
}

/** Runs a check and returns its only result. */
export async function first(check: Check, world: DoctorWorld): Promise<CheckResult> {
  for await (const result of runChecks([check], world)) return result;
  throw new Error("no result");
}
