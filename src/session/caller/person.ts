// Whether a person can be asked here and now.
//
// N6 A person is at a controlling terminal, outside any session and not an agent.
// N7 While sessions live, the asking process has an ancestor older than each of them: a terminal
//    that was made inside one (a new tmux server, `script`, a pty of a daemon) vouches for nobody.

import { isGone, listSessions } from "../../grants/session-store.ts";
import type { Failure } from "../../policy/failure.ts";
import { SESSION_VARIABLE, sessionDirectory } from "../../system/places.ts";
import { compareBoots, type ProcessInfo, type Processes } from "../../system/processes.ts";
import { hasTerminal } from "../../system/has-terminal.ts";
import { findAgent } from "../agents.ts";
import { hasOlderAncestor } from "../lineage.ts";
import type { StandingWorld } from "./standing.ts";

/** Whether an ancestor was started inside a session, its own variables unset or not. */
export function startedInsideSession(chain: readonly ProcessInfo[], processes: Processes): boolean {
  return chain
    .slice(1)
    .some((each) => Boolean(processes.initialEnvironment(each.pid)?.get(SESSION_VARIABLE)));
}

/** What speaks against a process being a person's. */
export type Objection =
  /** One whose host is among its ancestors, or one that no ancestor of it is older than (N7). */
  | { readonly because: "inside" | "younger"; readonly id: string }
  /** A record that cannot be trusted: nothing shows whether its session lives, or how old it is. */
  | { readonly because: "unreadable"; readonly problem: Failure };

/** The first thing in the store that speaks against this process being a person's; undefined for none. */
export async function findObjection(
  chain: readonly ProcessInfo[],
  world: StandingWorld,
): Promise<Objection | undefined> {
  const here = await world.processes.bootId();
  for (const stored of listSessions(sessionDirectory(world.env, world.home))) {
    if ("problem" in stored) return { because: "unreadable", problem: stored.problem };
    if (await isGone(stored.record, world.processes)) continue;
    const { id, pid, process_started: started } = stored.record;
    if (chain.slice(1).some((each) => each.pid === pid && each.started === started))
      return { id, because: "inside" };
    const comparison = compareBoots(here, stored.record.boot_id);
    if (comparison === "other-times" || !hasOlderAncestor(chain, started))
      return { id, because: "younger" };
  }
  return undefined;
}

/** Whether a person is here; `youngerThan`: only the code of that session could show it. */
export type PersonHere =
  | { readonly present: true }
  | { readonly present: false; readonly because: string; readonly youngerThan?: string };

/** Finds out, by N6 and N7. `quiet`: --quiet was given, which disables prompts. */
export async function findPerson(world: StandingWorld, quiet: boolean): Promise<PersonHere> {
  const no = (because: string): PersonHere => ({ present: false, because });
  if (quiet) return no("--quiet disables the prompt");
  const chain = await world.processes.lineage(world.processes.self());
  const agent = findAgent(world.env, chain, world.processes);
  if (agent !== undefined) return no(`this runs under ${agent}`);
  if (startedInsideSession(chain, world.processes)) return no("this was started inside a session");
  if (!hasTerminal()) return no("there is no terminal");
  const objection = await findObjection(chain, world);
  if (objection === undefined) return { present: true };
  const younger = objection.because === "younger" ? { youngerThan: objection.id } : {};
  return { present: false, because: objectionText(objection), ...younger };
}

function objectionText(objection: Objection): string {
  switch (objection.because) {
    case "inside":
      return `this was started inside session ${objection.id}`;
    case "younger":
      return `this terminal is younger than session ${objection.id}: use one that was open before it`;
    case "unreadable": {
      const { message, fix } = objection.problem;
      return `a session's record cannot be trusted: ${message}${fix === undefined ? "" : ` (${fix})`}`;
    }
  }
}
