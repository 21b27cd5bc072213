// "Always", by a person: allowlist entries are made and removed here, and recorded.
//
// B1 Recorded before it is done: what cannot be recorded is not done.

import { openAuditLog } from "../audit/log.ts";
import { createRedactor } from "../audit/redact.ts";
import { listEntries } from "../grants/allowlist/read.ts";
import { readUsage } from "../grants/allowlist/usage.ts";
import { type Added, addEntry, removeEntry } from "../grants/allowlist/write.ts";
import type { AllowlistEntry, ListedEntry, NewEntry } from "../policy/allowlist.ts";
import { describeBreadth } from "../policy/allowlist-arguments.ts";
import { noteOf } from "../policy/allowlist-note.ts";
import { entryFor, notBindableBecause } from "../policy/allowlist-match.ts";
import type { Decider } from "../policy/approval.ts";
import type { AuditFacts } from "../policy/audit-entry.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { Operation } from "../policy/operation.ts";
import type { StandingWorld } from "../session/caller/standing.ts";
import { auditDirectory, configDirectory } from "../system/places.ts";

function record({ env, home }: StandingWorld, facts: AuditFacts): void {
  const log = openAuditLog(auditDirectory(env, home), {
    now: Date.now,
    redact: createRedactor(env, []),
  });
  try {
    log.append(facts);
  } finally {
    log.close();
  }
}

const directoryOf = ({ env, home }: StandingWorld): string => configDirectory(env, home);

const byText = ({ user, machine, proof }: Decider): string => `${user}@${machine} (${proof})`;

/** Adds an entry for an agent. @throws Failure where it cannot be recorded or written */
export async function addRecorded(
  world: StandingWorld,
  by: Decider,
  agent: string,
  entry: NewEntry,
): Promise<Added> {
  // What cannot be read cannot be added to, and is not recorded as if it had been.
  listEntries(directoryOf(world));
  record(world, {
    event: "allowlist-added",
    operation: `${entry.pattern}: ${describeBreadth(entry)}`,
    detail: `agent ${agent}, ${entry.origin}`,
    by: byText(by),
  });
  return addEntry(directoryOf(world), agent, entry);
}

/** Removes an entry; undefined where there is none. @throws Failure as `addRecorded` */
export async function removeRecorded(
  world: StandingWorld,
  by: Decider,
  id: string,
): Promise<(AllowlistEntry & { readonly agent: string }) | undefined> {
  const directory = directoryOf(world);
  const found = listEntries(directory).find((entry) => entry.id === id);
  if (found === undefined) return undefined;
  const operation = `${found.pattern}: ${describeBreadth(found)}`;
  const detail = `entry ${id}, agent ${found.agent}`;
  record(world, { event: "allowlist-removed", operation, detail, by: byText(by) });
  return removeEntry(directory, id);
}

/** The entry for exactly this command, for `approve --always`; returns its id. @throws Failure */
export async function addAlways(
  operation: Operation,
  world: StandingWorld,
  by: Decider,
): Promise<string> {
  const why =
    operation.kind === "command"
      ? notBindableBecause(operation.command)
      : "only commands have standing entries";
  if (operation.kind !== "command" || why !== undefined)
    throw new Failure("not-bindable", `it cannot be allowed for good: ${why}`, {
      exitCode: EXIT.refused,
      fix: "allow it this once: holdfast approve",
    });
  const { command } = operation;
  const note = noteOf(command, createRedactor(world.env, []));
  return (await addRecorded(world, by, command.agent, { ...entryFor(command), note })).entry.id;
}

/** What the allowlist holds, with when each entry was last used. @throws Failure for the file */
export function allowlistEntries(world: StandingWorld): {
  readonly entries: ListedEntry[];
  readonly usage: ReturnType<typeof readUsage>;
} {
  const directory = directoryOf(world);
  return { entries: listEntries(directory), usage: readUsage(directory) };
}
