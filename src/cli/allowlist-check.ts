// What a person types for an entry, before it is one: what could never match, or means more than it
// seems to, is refused or warned of here, while somebody looks.

import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { whyItDestroys } from "../operations/command/destroyers.ts";
import { bindObstacle } from "../operations/command/known-programs.ts";
import { isReplaceable } from "../operations/command/program.ts";
import { ANY_AGENT, agentIdOf, isAgentId, type NewEntry } from "../policy/allowlist.ts";
import { wordsPattern } from "../policy/allowlist-arguments.ts";
import { hasWildcard, patternProblem } from "../policy/allowlist-glob.ts";
import { commandLine } from "../policy/command-line.ts";
import { parseDuration } from "../policy/duration.ts";
import { quoted, usageFailure } from "./api/usage-failure.ts";

/** What was typed after `allowlist add`. */
export interface TypedEntry {
  readonly pattern: string;
  /** The words after `--`; undefined: there was no `--`. */
  readonly args: readonly string[] | undefined;
  readonly agent?: string;
  readonly expires?: string;
}

/** An entry that can be added, and what its author should know first: one line each. */
export interface CheckedEntry {
  readonly agent: string;
  readonly entry: NewEntry;
  readonly warnings: readonly string[];
  /** It covers so much that a person says yes to it first. */
  readonly isBroad: boolean;
}

/** Checks it. @throws Failure usage, exit 1, that says what would work */
export function checkTyped(typed: TypedEntry, now: Date): CheckedEntry {
  const { pattern, args } = typed;
  const problem = patternProblem(pattern);
  if (problem !== undefined)
    throw usageFailure(`PATTERN: ${quoted(pattern)} ${problem}`, whatWorks(pattern));
  refuseUncoverable(pattern, args);
  refuseLink(typed);
  refuseReplaceable(pattern);
  const expiresAt = expiryOf(typed.expires, now);
  return {
    agent: agentOf(typed.agent),
    entry: {
      pattern,
      origin: "added",
      ...(args === undefined ? {} : { argPattern: argPatternFrom(args) }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
    warnings: warningsOf(pattern, args),
    isBroad: hasWildcard(pattern) || isAnything(args),
  };
}

/** No entry covers by its name what the agent could put another program in the place of. */
function refuseReplaceable(pattern: string): void {
  if (hasWildcard(pattern) || realPathOf(pattern) === undefined || !isReplaceable(pattern)) return;
  throw usageFailure(
    `PATTERN: ${quoted(pattern)} could be replaced by the agent, so no entry covers it by its name`,
    "run it through holdfast gate, and answer what waits: holdfast approve --always binds its content",
  );
}

/** Whether any arguments are meant. */
const isAnything = (args: readonly string[] | undefined): boolean =>
  args === undefined || (args.length === 1 && args[0] === "**");

/** Commands are matched by their real path, so an entry for a link would never cover anything. */
function refuseLink({ pattern, args, agent, expires }: TypedEntry): void {
  const real = realPathOf(pattern);
  const start = literalStart(pattern);
  if (real === undefined || real === start) return;
  const better = [
    ...["holdfast", "allowlist", "add"],
    ...(agent === undefined ? [] : ["--agent", agent]),
    ...(expires === undefined ? [] : ["--expires", expires]),
    (real === "/" ? "" : real) + pattern.slice(start === "/" ? 0 : start.length),
    ...(args === undefined ? [] : ["--", ...args]),
  ];
  throw usageFailure(
    `PATTERN: ${quoted(start)} is a link, or behind one, and commands are matched by their real path`,
    commandLine(better),
  );
}

function whatWorks(pattern: string): string {
  if (pattern.includes("/")) return "an absolute path, such as /usr/bin/kubectl";
  return `the absolute path of the one that is meant: ${commandLine(["command", "-v", pattern || "kubectl"])}`;
}

function agentOf(typed: string | undefined): string {
  const agent = agentIdOf(typed);
  if (agent === ANY_AGENT || isAgentId(agent)) return agent;
  throw usageFailure(
    `--agent: ${quoted(agent)} is no agent id`,
    "lower-case letters, digits, dots and dashes, at most 64; '*' for every agent",
  );
}

function argPatternFrom(args: readonly string[]): string {
  try {
    return wordsPattern(args);
  } catch (error) {
    throw usageFailure(
      `ARGS: ${(error as Error).message}`,
      "* for one argument, a last ** for the rest",
    );
  }
}

function expiryOf(typed: string | undefined, now: Date): string | undefined {
  if (typed === undefined) return undefined;
  const ms = parseDuration(typed);
  if (ms !== undefined) return new Date(now.getTime() + ms).toISOString();
  throw usageFailure(`--expires: ${quoted(typed)} is no duration`, "--expires 30d");
}

/** No entry covers these, so one that says so would be a promise that is not kept. */
function refuseUncoverable(pattern: string, args: readonly string[] | undefined): void {
  const literal = (args ?? []).filter((word) => word !== "*" && word !== "**");
  for (const path of hasWildcard(pattern) ? [pattern] : [pattern, realPathOf(pattern)]) {
    if (path === undefined || hasWildcard(basename(path))) continue;
    const why = whyUncoverable(path, literal);
    if (why !== undefined)
      throw usageFailure(
        `PATTERN: ${quoted(pattern)} ${why}`,
        "leave it out: each such command is asked about, and holdfast approve allows it once",
      );
  }
}

function whyUncoverable(path: string, args: readonly string[]): string | undefined {
  const obstacle = bindObstacle(path, args);
  if (obstacle === "interpreter")
    return "is a shell or an interpreter: its arguments decide what runs, so no entry covers it";
  if (obstacle === "wrapper")
    return "starts other programs: its arguments decide what runs, so no entry covers it";
  const destroys = whyItDestroys(path, args);
  return destroys === undefined
    ? undefined
    : `is known to destroy, so no entry covers it (${destroys})`;
}

function warningsOf(pattern: string, args: readonly string[] | undefined): string[] {
  const warnings: string[] = [];
  if (realPathOf(pattern) === undefined)
    warnings.push(`${literalStart(pattern)} is not there now; the entry waits for it`);
  if (isAnything(args))
    warnings.push(
      "it covers any arguments; say which after --, * for any one, a last ** for the rest",
    );
  if (hasWildcard(pattern))
    warnings.push(
      "a pattern covers programs that are not there yet; whoever can put one there can run it",
    );
  return warnings;
}

/** The part of a pattern before its first segment with a wildcard; `/` where there is none. */
function literalStart(pattern: string): string {
  if (!hasWildcard(pattern)) return pattern;
  const before = pattern.slice(0, pattern.search(/[*?]/));
  return before.slice(0, before.lastIndexOf("/")) || "/";
}

function realPathOf(pattern: string): string | undefined {
  try {
    return realpathSync.native(literalStart(pattern));
  } catch {
    return undefined;
  }
}
