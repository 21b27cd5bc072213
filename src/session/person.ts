// Whether a person can be asked here and now.
//
// N6 A person is at a controlling terminal, outside any session and not an agent.
// N7 While sessions live, the asking process has an ancestor older than each of them: a terminal
//    that was made inside one (a new tmux server, `script`, a pty of a daemon) vouches for nobody.

import { isGone, listSessions } from "../grants/session-store.ts";
import type { Facts } from "../policy/decide.ts";
import { SESSION_VARIABLE, sessionDirectory } from "../system/places.ts";
import type { ProcessInfo, Processes } from "../system/processes.ts";
import { hasTerminal } from "../system/has-terminal.ts";
import { findAgent } from "./agents.ts";
import { hasOlderAncestor } from "./lineage.ts";
import type { StandingWorld } from "./standing.ts";

/** Whether an ancestor was started inside a session, its own variables unset or not. */
export function startedInsideSession(chain: readonly ProcessInfo[], processes: Processes): boolean {
  return chain
    .slice(1)
    .some((each) => Boolean(processes.initialEnvironment(each.pid)?.get(SESSION_VARIABLE)));
}

/** The id of a live session that no ancestor of ours is older than (N7); undefined for none. */
export async function youngerThanSession(
  chain: readonly ProcessInfo[],
  world: StandingWorld,
): Promise<string | undefined> {
  for (const stored of listSessions(sessionDirectory(world.env, world.home))) {
    if (!("record" in stored) || (await isGone(stored.record, world.processes))) continue;
    if (!hasOlderAncestor(chain, stored.record.process_started)) return stored.record.id;
  }
  return undefined;
}

/** Finds out, by N6 and N7. `quiet`: --quiet was given, which disables prompts. */
export async function findPerson(world: StandingWorld, quiet: boolean): Promise<Facts["person"]> {
  const no = (because: string): Facts["person"] => ({ present: false, because });
  if (quiet) return no("--quiet disables the prompt");
  const chain = await world.processes.lineage(process.pid);
  const agent = findAgent(world.env, chain, world.processes);
  if (agent !== undefined) return no(`this runs under ${agent}`);
  if (startedInsideSession(chain, world.processes)) return no("this was started inside a session");
  if (!hasTerminal()) return no("there is no terminal");
  const session = await youngerThanSession(chain, world);
  if (session !== undefined)
    return no(`this terminal is younger than session ${session}: use one that was open before it`);
  return { present: true };
}
