// The writing half of the allowlist. Only the gate's answers call it.
//
// K1 Every change is one entry more or one entry less, made from what stands there at that moment:
//    never a list that was read before. So nothing that others add is lost, and nothing that they
//    remove comes back (system/publish.ts).
// K2 A removed id is remembered, so that nothing brings its entry back.
// K3 A file that cannot be read or trusted is not written.

import { randomInt } from "node:crypto";
import type { Allowlist, AllowlistEntry, NewEntry } from "../../policy/allowlist.ts";
import { ANY_AGENT, agentIdOf, isAgentId } from "../../policy/allowlist.ts";
import { isInert } from "../../policy/allowlist-arguments.ts";
import { isCurrent } from "../../policy/allowlist-match.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { NotWritten, type Rewrite, rewrite } from "../../system/publish.ts";
import { visible } from "../../system/terminal-text.ts";
import {
  EMPTY,
  entryProblem,
  formatAllowlist,
  MAX_ALLOWLIST_BYTES,
  MOST_REVOKED,
  parseAllowlist,
} from "./document.ts";
import { allowlistFile, asRefusal } from "./read.ts";

/** What tests look at, and stop. */
export type Watch = Pick<Rewrite<unknown>, "onStep">;

export interface Added {
  readonly entry: AllowlistEntry;
  /** False: an entry that covers the same stood there already, and is the one that is returned. */
  readonly isNew: boolean;
}

/**
 * Adds an entry for an agent (blank: `main`) or for every agent (`*`).
 *
 * @throws Failure `allowlist-entry` for what can be no entry, `allowlist-not-written`, or what is
 *   wrong with the file
 */
export async function addEntry(
  directory: string,
  agent: string,
  entry: NewEntry,
  watch: Watch = {},
): Promise<Added> {
  const name = agent.trim() === ANY_AGENT ? ANY_AGENT : agentIdOf(agent);
  const createdAt = new Date();
  checkEntry(name, entry, createdAt);
  return change<Added>(directory, watch, {
    apply: (allowlist) => {
      const { entries } = ownAgent(allowlist, name);
      const found = entries.find((one) => coversTheSame(one, entry, createdAt));
      if (found !== undefined) return { result: { entry: found, isNew: false } };
      const made = { id: newId(allowlist), ...entry, createdAt: createdAt.toISOString() };
      // What has expired is not worth a second entry that says the same.
      const kept = entries.filter((one) => !saysTheSame(one, entry) || isCurrent(one, createdAt));
      return {
        next: withEntries(allowlist, name, [...kept, made]),
        result: { entry: made, isNew: true },
      };
    },
    holds: (allowlist, { entry: { id } }) =>
      allowlist.revoked.some((one) => one.id === id) ||
      ownAgent(allowlist, name).entries.some((one) => one.id === id),
  });
}

/** Removes an entry for good (K2), and returns it; undefined: there is none. @throws Failure */
export async function removeEntry(
  directory: string,
  id: string,
  watch: Watch = {},
): Promise<(AllowlistEntry & { readonly agent: string }) | undefined> {
  return change<(AllowlistEntry & { readonly agent: string }) | undefined>(directory, watch, {
    apply: (allowlist) => {
      const found = findEntry(allowlist, id);
      if (found === undefined) return { result: undefined };
      const { agent, entry } = found;
      const left = ownAgent(allowlist, agent).entries.filter((one) => one.id !== id);
      const at = new Date().toISOString();
      const revoked = [...allowlist.revoked, { id, at }].slice(-MOST_REVOKED);
      return {
        next: { ...withEntries(allowlist, agent, left), revoked },
        result: { ...entry, agent },
      };
    },
    holds: (allowlist) => findEntry(allowlist, id) === undefined,
  });
}

interface Delta<T> {
  readonly apply: (allowlist: Allowlist) => { readonly next?: Allowlist; readonly result: T };
  readonly holds: (allowlist: Allowlist, result: T) => boolean;
}

async function change<T>(directory: string, watch: Watch, delta: Delta<T>): Promise<T> {
  const file = allowlistFile(directory);
  const parsed = (text: string | undefined): Allowlist =>
    text === undefined ? EMPTY : parseAllowlist(text, file);
  try {
    return await rewrite<T>({
      file,
      maxBytes: MAX_ALLOWLIST_BYTES,
      ...watch,
      change: (text) => {
        const allowlist = parsed(text);
        const { next, result } = delta.apply(allowlist);
        if (next === undefined) return { result };
        const revision = allowlist.revision + 1;
        return { text: () => formatAllowlist({ ...next, revision }), result };
      },
      holds: (text, result) => delta.holds(parsed(text), result),
    });
  } catch (error) {
    throw asFailure(error);
  }
}

function asFailure(error: unknown): unknown {
  if (!(error instanceof NotWritten)) return asRefusal(error);
  return new Failure("allowlist-not-written", visible(error.message), {
    exitCode: EXIT.refused,
    fix: "look at the place, and try again: holdfast allowlist list shows what counts",
    cause: error,
  });
}

function checkEntry(agent: string, entry: NewEntry, createdAt: Date): void {
  const example = { id: "AAAA", ...entry, createdAt: createdAt.toISOString() };
  const problem =
    agent !== ANY_AGENT && !isAgentId(agent)
      ? `${JSON.stringify(agent)} is no agent id: lower-case letters, digits, dots and dashes, at most 64`
      : (entryProblem(example) ??
        (isInert(entry) ? "it is not bound to its arguments" : undefined));
  if (problem === undefined) return;
  throw new Failure("allowlist-entry", visible(`no entry: ${problem}`), {
    exitCode: EXIT.usage,
    fix: "holdfast allowlist add --help",
  });
}

type Shape = Pick<NewEntry, "pattern" | "argPattern">;

const saysTheSame = (one: Shape, other: Shape): boolean =>
  one.pattern === other.pattern && one.argPattern === other.argPattern;

function coversTheSame(one: AllowlistEntry, other: NewEntry, now: Date): boolean {
  return saysTheSame(one, other) && !isInert(one) && isCurrent(one, now);
}

const NOBODY: { readonly entries: readonly AllowlistEntry[] } = { entries: [] };

function ownAgent({ agents }: Allowlist, name: string): typeof NOBODY {
  return (Object.hasOwn(agents, name) ? agents[name] : undefined) ?? NOBODY;
}

function withEntries(
  allowlist: Allowlist,
  agent: string,
  entries: readonly AllowlistEntry[],
): Allowlist {
  const { [agent]: _, ...others } = allowlist.agents;
  if (entries.length === 0) return { ...allowlist, agents: others };
  return { ...allowlist, agents: { ...allowlist.agents, [agent]: { entries } } };
}

function findEntry(
  { agents }: Allowlist,
  id: string,
): { readonly agent: string; readonly entry: AllowlistEntry } | undefined {
  for (const [agent, { entries }] of Object.entries(agents)) {
    const entry = entries.find((one) => one.id === id);
    if (entry !== undefined) return { agent, entry };
  }
  return undefined;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An id that no entry has, and none that was removed. */
function newId(allowlist: Allowlist): string {
  for (;;) {
    const id = Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
    const isTaken = allowlist.revoked.some((one) => one.id === id);
    if (!isTaken && findEntry(allowlist, id) === undefined) return id;
  }
}
