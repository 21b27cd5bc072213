// Which entry covers a command, and which entry `approve --always` would make.
//
// N1 A shell, an interpreter or a wrapper is covered by no entry, whatever the entry says.
// N2 An expired entry covers nothing; nor does one that `approve --always` made, unless it is bound
//    to exact arguments and to a path without wildcards.
// N3 A program that the agent could replace is covered only by an entry that is bound to its content.
// N4 What `approve --always` makes covers exactly the command that was approved.

import type { AllowlistEntry, NewEntry } from "./allowlist.ts";
import { argPatternOf, argumentsMatch, isDigest, isInert } from "./allowlist-arguments.ts";
import { globMatches, hasWildcard, patternProblem } from "./allowlist-glob.ts";
import type { BindObstacle, CommandRequest } from "./operation.ts";

const BECAUSE: Readonly<Record<BindObstacle, string>> = {
  interpreter: "it is a shell or an interpreter: its arguments decide what really runs",
  wrapper: "it starts other programs: its arguments decide what really runs",
  "not-resolved": "its executable was not found",
};

/** Why no entry can be made for a command, as one clause; undefined: one can. */
export function notBindableBecause(command: CommandRequest): string | undefined {
  if (command.unbindable !== undefined) return BECAUSE[command.unbindable];
  const problem = patternProblem(command.executable);
  if (problem !== undefined) return `the path of its executable ${problem}`;
  if (hasWildcard(command.executable)) return "the path of its executable holds a * or a ?";
  return undefined;
}

/** Whether `approve --always` may be offered. */
export function bindable(command: CommandRequest): boolean {
  return notBindableBecause(command) === undefined;
}

/** The entry that `approve --always` makes (N4). @throws Error when the command is not bindable */
export function entryFor(command: CommandRequest): NewEntry & { readonly argPattern: string } {
  const why = notBindableBecause(command);
  if (why !== undefined) throw new Error(`no entry can cover this command: ${why}`);
  return { pattern: command.executable, argPattern: argPatternOf(command), origin: "approved" };
}

/** Whether an entry has not expired by `now`. */
export function isCurrent({ expiresAt }: Pick<AllowlistEntry, "expiresAt">, now: Date): boolean {
  // Written so that what is no time at all counts as expired.
  return expiresAt === undefined || Date.parse(expiresAt) > now.getTime();
}

/**
 * The entry that covers a command: of those that do, the one that says most about its arguments, the
 * first where several say as much.
 *
 * @param entries what can cover this agent's commands (allowlist.ts `entriesFor`)
 */
export function matchEntry(
  entries: readonly AllowlistEntry[],
  command: CommandRequest,
  now: Date,
): AllowlistEntry | undefined {
  if (command.unbindable !== undefined || !command.executable.startsWith("/")) return undefined;
  let best: AllowlistEntry | undefined;
  for (const entry of entries)
    if ((best === undefined || bound(entry) > bound(best)) && covers(entry, command, now))
      best = entry;
  return best;
}

function covers(entry: AllowlistEntry, command: CommandRequest, now: Date): boolean {
  if (!pathMatches(entry, command.executable)) return false;
  if (isInert(entry) || !isCurrent(entry, now)) return false;
  if (command.replaceable === true && !isDigestEntry(entry)) return false;
  return entry.argPattern === undefined || argumentsMatch(entry.argPattern, command);
}

function pathMatches({ pattern, origin }: AllowlistEntry, executable: string): boolean {
  if (!hasWildcard(pattern)) return pattern === executable;
  if (origin === "approved" || patternProblem(pattern) !== undefined) return false;
  return globMatches(pattern, executable);
}

const isDigestEntry = ({ argPattern }: AllowlistEntry): boolean =>
  argPattern !== undefined && isDigest(argPattern);

/** How much an entry says about arguments. */
function bound(entry: AllowlistEntry): number {
  if (entry.argPattern === undefined) return 0;
  return isDigestEntry(entry) ? 2 : 1;
}
