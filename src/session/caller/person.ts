// Whether a person can be asked here and now.
//
// N6 A person is at a controlling terminal, outside any session and not an agent.
// N7 While sessions live, the asking terminal was open before each of them (lineage.ts, N11): one
//    that was made later, such as by a tmux server, `script` or a daemon, vouches for nobody,
//    however old its maker is. Each of those sessions, and no other, can take a code instead.

import type { SessionRecord } from "../../grants/session-record.ts";
import { isGone, listSessions } from "../../grants/session-store.ts";
import type { Failure } from "../../policy/failure.ts";
import { SESSION_VARIABLE, sessionDirectory } from "../../system/places.ts";
import {
  type BootComparison,
  compareBoots,
  type ProcessInfo,
  type Processes,
} from "../../system/processes.ts";
import { hasTerminal } from "../../system/has-terminal.ts";
import { findAgent } from "../agents.ts";
import { hasOlderAncestor, isAtOlderTerminal } from "../lineage.ts";
import type { StandingWorld } from "./standing.ts";

/** Whether an ancestor was started inside a session, its own variables unset or not. */
export function startedInsideSession(chain: readonly ProcessInfo[], processes: Processes): boolean {
  return chain
    .slice(1)
    .some((each) => Boolean(processes.initialEnvironment(each.pid)?.get(SESSION_VARIABLE)));
}

/** What speaks against a process being a person's. */
export type Objection =
  /** A session whose host is among its ancestors, or at whose terminal it is. */
  | { readonly because: "inside"; readonly record: SessionRecord }
  /** A session that is older than its terminal (N7): what only that session's code lifts. */
  | { readonly because: "younger"; readonly record: SessionRecord }
  /** A record that cannot be trusted: nothing shows whether its session lives, or how old it is. */
  | { readonly because: "unreadable"; readonly problem: Failure };

interface LiveSession {
  readonly record: SessionRecord;
  readonly comparison: BootComparison;
  /** The controlling terminal of its host; undefined where that cannot be known. */
  readonly terminal: number | undefined;
}

/** Every session in the store that is not provably gone, and what cannot be read. */
async function liveSessions(
  world: StandingWorld,
): Promise<{ readonly live: LiveSession[]; readonly problems: Failure[] }> {
  const here = await world.processes.bootId();
  const live: LiveSession[] = [];
  const problems: Failure[] = [];
  for (const stored of listSessions(sessionDirectory(world.env, world.home))) {
    if ("problem" in stored) problems.push(stored.problem);
    else if (!(await isGone(stored.record, world.processes))) {
      const { record } = stored;
      const comparison = compareBoots(here, record.boot_id);
      const host = comparison === "same" ? await world.processes.info(record.pid) : undefined;
      live.push({ record, comparison, terminal: host?.terminal });
    }
  }
  return { live, problems };
}

/**
 * All that speaks against this process being a person's; empty for nothing. What no code lifts
 * stands first.
 *
 * @param isStart of a session: where neither this process nor any session's host has a terminal, as
 *   in CI, an older ancestor is enough (launch/start.ts, N10)
 */
export async function findObjections(
  chain: readonly ProcessInfo[],
  world: StandingWorld,
  isStart = false,
): Promise<Objection[]> {
  const { live, problems } = await liveSessions(world);
  const terminal = chain[0]?.terminal;
  const hasNone = isStart && [terminal, ...live.map((each) => each.terminal)].every(isNone);
  const isOlder = hasNone ? hasOlderAncestor : isAtOlderTerminal;
  const objections = live.flatMap(({ record, comparison, terminal: of }): Objection[] => {
    const { pid, process_started: started } = record;
    if (chain.slice(1).some((each) => each.pid === pid && each.started === started))
      return [{ because: "inside", record }];
    if (comparison !== "other-times" && isOlder(chain, started)) return [];
    // Nobody older is at this terminal, and the session's host is: all that is there came from it.
    const isItsTerminal = !isNone(terminal) && terminal !== undefined && terminal === of;
    return [{ because: isItsTerminal ? "inside" : "younger", record }];
  });
  const unreadable = problems.map((problem): Objection => ({ because: "unreadable", problem }));
  const isLifted = ({ because }: Objection) => because === "younger";
  return [
    ...unreadable,
    ...objections.filter((each) => !isLifted(each)),
    ...objections.filter(isLifted),
  ];
}

const isNone = (terminal: number | undefined): boolean => terminal === 0;

/** Whether a person is here. `youngerThan`: the codes of all of these sessions could show it. */
export type PersonHere =
  | { readonly present: true }
  | {
      readonly present: false;
      readonly because: string;
      readonly youngerThan?: readonly SessionRecord[];
    };

/** Finds out, by N6 and N7. `quiet`: --quiet was given, which disables prompts. */
export async function findPerson(world: StandingWorld, quiet: boolean): Promise<PersonHere> {
  const no = (because: string): PersonHere => ({ present: false, because });
  if (quiet) return no("--quiet disables the prompt");
  const chain = await world.processes.lineage(world.processes.self());
  const agent = findAgent(world.env, chain, world.processes);
  if (agent !== undefined) return no(`this runs under ${agent}`);
  if (startedInsideSession(chain, world.processes)) return no("this was started inside a session");
  if (!hasTerminal()) return no("there is no terminal");
  const objections = await findObjections(chain, world);
  const [first] = objections;
  if (first === undefined) return { present: true };
  const because = objectionText(first);
  if (first.because !== "younger") return { present: false, because };
  const youngerThan = objections.flatMap((each) =>
    each.because === "younger" ? [each.record] : [],
  );
  return { present: false, because, youngerThan };
}

function objectionText(objection: Objection): string {
  switch (objection.because) {
    case "inside":
      return `this was started inside session ${objection.record.id}`;
    case "younger":
      return `this terminal is younger than session ${objection.record.id}: use one that was open before it`;
    case "unreadable": {
      const { message, fix } = objection.problem;
      return `a session's record cannot be trusted: ${message}${fix === undefined ? "" : ` (${fix})`}`;
    }
  }
}
