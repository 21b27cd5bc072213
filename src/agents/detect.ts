// Which agents are on this machine.

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { Agent, Place } from "./agent.ts";

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** What shows that the agent is there: a path; undefined: nothing does. */
export function detected(agent: Agent, place: Place): string | undefined {
  const directories = (place.env.PATH ?? "").split(delimiter).filter((each) => isAbsolute(each));
  const programs = directories.flatMap((each) => agent.programs.map((name) => join(each, name)));
  return programs.find(isProgram) ?? agent.traces(place).find(isThere);
}
