// Whether a person can be asked here and now.
//
// N6 A person is at a controlling terminal, outside any session and not an agent.
// N7 While sessions live, the asking process has an ancestor older than each of them: a terminal
//    that was made inside one (a new tmux server, `script`, a pty of a daemon) vouches for nobody.

import { isGone, listSessions } from "../grants/session-store.ts";
import type { Facts } from "../policy/decide.ts";
import { SESSION_VARIABLE, sessionDirectory } from "../system/places.ts";
import { compareBoots, type ProcessInfo, type Processes } from "../system/processes.ts";
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

/**
 * A live session that speaks against this process being a person's: one whose host is among our
 * ancestors, or one that no ancestor of ours is older than (N7). Undefined for none.
 */
export async function objectingSession(
  chain: readonly ProcessInfo[],
  world: StandingWorld,
): Promise<{ readonly id: string; readonly because: "inside" | "younger" } | undefined> {
  const here = await world.processes.bootId();
  for (const stored of listSessions(sessionDirectory(world.env, world.home))) {
    if (!("record" in stored) || (await isGone(stored.record, world.processes))) continue;
    const { id, pid, process_started: started } = stored.record;
    if (chain.slice(1).some((each) => each.pid === pid && each.started === started))
      return { id, because: "inside" };
    const comparison = compareBoots(here, stored.record.boot_id);
    if (comparison === "other-times" || !hasOlderAncestor(chain, started))
      return { id, because: "younger" };
  }
  return undefined;
}

/** Finds out, by N6 and N7. `quiet`: --quiet was given, which disables prompts. */
export async function findPerson(world: StandingWorld, quiet: boolean): Promise<Facts["person"]> {
  const no = (because: string): Facts["person"] => ({ present: false, because });
  if (quiet) return no("--quiet disables the prompt");
  const chain = await world.processes.lineage(world.processes.self());
  const agent = findAgent(world.env, chain, world.processes);
  if (agent !== undefined) return no(`this runs under ${agent}`);
  if (startedInsideSession(chain, world.processes)) return no("this was started inside a session");
  if (!hasTerminal()) return no("there is no terminal");
  const session = await objectingSession(chain, world);
  if (session?.because === "inside") return no(`this was started inside session ${session.id}`);
  if (session !== undefined)
    return no(
      `this terminal is younger than session ${session.id}: use one that was open before it`,
    );
  return { present: true };
}
