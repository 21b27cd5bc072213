// Who asks, as the operating system tells it: what a request is bound to, and what a person reads.
//
// Q1 The same agent asks with the same scope again; another session, or another terminal's tree, does
//    not. Nothing that the asking process says of itself is part of it.

import { hostname, userInfo } from "node:os";
import type { Decider, Requester } from "../policy/approval.ts";
import type { SessionFact } from "../policy/decide.ts";
import { findAgent } from "../session/agents.ts";
import type { StandingWorld } from "../session/caller/standing.ts";
import { isEverybodysAncestor } from "../session/lineage.ts";
import type { ProcessInfo, Processes } from "../system/processes.ts";
import { outerUserId } from "../system/user.ts";
import { provenSession } from "./host-word.ts";

/** How many ancestors are named to a person. */
const MOST_NAMES = 8;

/** The longest text that an agent may say for itself, in characters. */
const LONGEST_SAID = 500;

/** The operating system's name of this user. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that nobody gave a name.
    return `uid ${outerUserId()}`;
  }
}

/** This process as a requester (Q1). `said`: --reason. */
export async function requesterOf(
  { env, processes }: StandingWorld,
  session: SessionFact,
  said?: string,
): Promise<Requester> {
  const chain = await processes.lineage(processes.self());
  const own = chain.slice(1).filter((each) => !isEverybodysAncestor(each));
  const top = topOf(own, chain[0]?.terminal, processes);
  const boot = (await processes.bootId()).split(" ")[0] ?? "";
  const id = provenSession(session);
  const agent = findAgent(env, chain, processes);
  const tree = top === undefined ? `user:${outerUserId()}` : `${top.pid}:${top.started}`;
  return {
    scope: id === undefined ? `lineage:${tree}:${boot}` : `session:${id}`,
    ...(id === undefined ? {} : { session: id }),
    pid: processes.self(),
    lineage: own
      .slice(0, MOST_NAMES)
      .map(({ name }) => name)
      .join(", "),
    ...(agent === undefined ? {} : { agent }),
    user: userName(),
    machine: hostname(),
    ...(said === undefined ? {} : { said: said.slice(0, LONGEST_SAID) }),
  };
}

/**
 * What the lineage is named by: the oldest agent; else the oldest process of the caller's own
 * terminal; else the oldest of all. A terminal's server is the ancestor of many agents.
 */
function topOf(
  own: readonly ProcessInfo[],
  terminal: number | undefined,
  processes: Processes,
): ProcessInfo | undefined {
  const isAgent = (each: ProcessInfo) => findAgent({}, [each, each], processes) !== undefined;
  const isHere = (each: ProcessInfo) => terminal !== 0 && each.terminal === terminal;
  return own.findLast(isAgent) ?? own.findLast(isHere) ?? own.at(-1);
}

/** This process as a person who decides. The database's own name of the user comes from the store. */
export function deciderHere(proof: Decider["proof"]): Decider {
  return { user: userName(), machine: hostname(), pid: process.pid, proof };
}
