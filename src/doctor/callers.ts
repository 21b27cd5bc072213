// Who is calling: an agent, or a person who can be asked.

import { findAgent } from "../session/agents.ts";
import { findPerson } from "../session/caller/person.ts";
import { type Check, type Finding, note, ok } from "./check.ts";
import type { DoctorWorld } from "./world.ts";

async function agent({ env, processes }: DoctorWorld): Promise<Finding> {
  const chain = await processes.lineage(processes.self());
  const found = findAgent(env, chain, processes);
  if (found === undefined) return ok("none detected");
  return note(
    `this runs under ${found}: it can answer no prompt, and start a session on this machine's own addresses only`,
    "from a terminal of your own: holdfast harness exec --allow-delete=CLASSES -- COMMAND",
  );
}

async function prompt(world: DoctorWorld): Promise<Finding> {
  const person = await findPerson(world, false);
  if (person.present) return ok("a person at this terminal can be asked");
  return note(`nobody can be asked here: ${person.because ?? "there is no terminal"}`);
}

/** The checks. */
export const CALLERS: readonly Check[] = [
  { id: "agent", title: "agent", run: agent },
  { id: "prompt", title: "prompt", run: prompt },
];
