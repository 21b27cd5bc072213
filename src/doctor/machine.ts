// This machine and this process: Node, the clocks, our variables.

import { commandLine } from "../policy/command-line.ts";
import { SESSION_VARIABLE, VARIABLES } from "../system/places.ts";
import { type Check, type Finding, note, ok, problem } from "./check.ts";
import type { DoctorWorld } from "./world.ts";

/** The oldest Node that package.json allows: major and minor. */
export const OLDEST_NODE = [20, 12] as const;

async function node({ nodeVersion }: DoctorWorld): Promise<Finding> {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, "").split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor))
    return ok(nodeVersion);
  const wanted = OLDEST_NODE.join(".");
  return problem(`${nodeVersion} is too old`, `install Node.js ${wanted} or newer`);
}

/** No machine that runs this is older than the first release. */
const EARLIEST = Date.UTC(2025, 0, 1);
const TOLERATED_SKEW_MS = 120_000;

async function clock(world: DoctorWorld): Promise<Finding> {
  const wall = world.clock.wall();
  const fix = world.platform === "linux" ? "sudo timedatectl set-ntp true" : "set the clock";
  if (wall < EARLIEST) return problem(`it is not ${new Date(wall).toISOString()}`, fix);
  if (!(world.clock.boot() > 0))
    return problem("the clock since boot cannot be read", "mount /proc");
  const theirs = await serverTime(world);
  if (theirs === undefined) return ok("plausible; no server to compare it with");
  const seconds = Math.round((wall - theirs) / 1000);
  if (Math.abs(seconds) * 1000 <= TOLERATED_SKEW_MS) return ok("agrees with the API's");
  const side = seconds > 0 ? "ahead of" : "behind";
  return note(`${Math.abs(seconds)} s ${side} the API's: times that are shown are off`, fix);
}

/** The API's own time in milliseconds, to the second; undefined where it told none. */
async function serverTime(world: DoctorWorld): Promise<number | undefined> {
  const reach = await world.reach().catch(() => undefined);
  const date = reach?.answered ? Date.parse(reach.response.headers.date ?? "") : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}

async function variables({ env }: DoctorWorld): Promise<Finding> {
  const known = [...Object.keys(VARIABLES), SESSION_VARIABLE];
  const set = Object.keys(env).filter(
    (name) => name.startsWith("HOLDFAST_") && env[name] !== undefined,
  );
  const unknown = set.filter((name) => !known.includes(name)).sort();
  if (unknown.length > 0) {
    const text = `${unknown.join(", ")}: no variable of holdfast; known are ${known.join(", ")}`;
    return note(text, commandLine(["unset", ...unknown]));
  }
  const ours = set.filter((name) => Object.hasOwn(VARIABLES, name)).sort();
  return ok(ours.length === 0 ? "none set" : `${ours.join(", ")} set`);
}

/** The checks. */
export const NODE: Check = { id: "node", title: "Node.js", run: node };
export const CLOCK: Check = { id: "clock", title: "clock", run: clock };
export const VARIABLE_NAMES: Check = { id: "variables", title: "variables", run: variables };
