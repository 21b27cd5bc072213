// Whether a command looks for its stores where its agent was started to look.
//
// V1 An agent chooses its commands' variables, so what it was started with counts: a command whose
//    variables lead to another configuration directory than those of its oldest ancestor that is an
//    agent, or was started in a session, uses no store at all.

import { findAgent } from "../session/agents.ts";
import type { StandingWorld } from "../session/caller/standing.ts";
import { configDirectory, SESSION_VARIABLE } from "../system/places.ts";

const PLACING = ["HOLDFAST_CONFIG_DIR", "XDG_CONFIG_HOME", "HOME"];

/** The variable that leads elsewhere (V1); undefined: none does. */
export async function movedPlace({
  env,
  home,
  processes,
}: StandingWorld): Promise<string | undefined> {
  const chain = (await processes.lineage(processes.self())).slice(1);
  for (const ancestor of chain.toReversed()) {
    const started = processes.initialEnvironment(ancestor.pid);
    if (started === undefined) continue;
    const isAgents = findAgent({}, [ancestor, ancestor], processes) !== undefined;
    if (!isAgents && !started.get(SESSION_VARIABLE)) continue;
    const theirs = Object.fromEntries(PLACING.map((name) => [name, started.get(name)]));
    if (configDirectory(theirs, started.get("HOME") ?? home) === configDirectory(env, home))
      return undefined;
    return PLACING.find((name) => (theirs[name] ?? "") !== (env[name] ?? "")) ?? "HOME";
  }
  return undefined;
}
