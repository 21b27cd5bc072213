// Whether a command looks for its stores where its agent was started to look.
//
// V1 An agent chooses its commands' variables, so what it was started with counts: a command whose
//    variables lead to another configuration directory than those of its oldest ancestor that is an
//    agent, or was started in a session, uses no store at all.
// V2 But what it sends to loopback, to an address that this ancestor was not started with, goes to
//    something that it started itself, such as the demo's stand-in: nothing of anybody's is there.

import type { Operation } from "../policy/operation.ts";
import { findAgent } from "../session/agents.ts";
import type { StandingWorld } from "../session/caller/standing.ts";
import { isLoopbackHost } from "../system/http-loopback.ts";
import { configDirectory, SESSION_VARIABLE } from "../system/places.ts";

const PLACING = ["HOLDFAST_CONFIG_DIR", "XDG_CONFIG_HOME", "HOME"];

/** A variable that leads elsewhere, and the directory that the agent was started with. */
export interface Moved {
  readonly variable: string;
  readonly directory: string;
}

/** What leads elsewhere (V1); undefined: nothing does, or nothing that matters (V2). */
export async function movedPlace(
  { env, home, processes }: StandingWorld,
  operation: Operation,
): Promise<Moved | undefined> {
  const chain = (await processes.lineage(processes.self())).slice(1);
  for (const ancestor of chain.toReversed()) {
    const started = processes.initialEnvironment(ancestor.pid);
    if (started === undefined) continue;
    const isAgents = findAgent({}, [ancestor, ancestor], processes) !== undefined;
    if (!isAgents && !started.get(SESSION_VARIABLE)) continue;
    const theirs = Object.fromEntries(PLACING.map((name) => [name, started.get(name)]));
    const directory = configDirectory(theirs, started.get("HOME") ?? home);
    if (directory === configDirectory(env, home)) return undefined;
    if (isOfItsOwn(operation, started.get("TFE_ADDRESS"))) return undefined;
    const differs = (name: string) => (theirs[name] ?? "") !== (env[name] ?? "");
    return { variable: PLACING.find(differs) ?? "HOME", directory };
  }
  return undefined;
}

/** V2; a command may do anything, so it never is. */
function isOfItsOwn({ kind, target }: Operation, address: string | undefined): boolean {
  if (kind !== "hcp") return false;
  const { host, hostname } = new URL(`http://${target.hostname}`);
  if (!isLoopbackHost(hostname)) return false;
  return address === undefined || (URL.canParse(address) && new URL(address).host !== host);
}
