// What stands for a command without anybody being asked: its agent's knobs, and an allowlist entry.

import { readAllowlist } from "../grants/allowlist/read.ts";
import { agentKnobs, type CommandFact, entriesFor } from "../policy/allowlist.ts";
import { matchEntry } from "../policy/allowlist-match.ts";
import type { CommandOperation } from "../policy/operation.ts";
import type { Policy } from "../policy/policy.ts";

/**
 * Reads it, as it is now.
 *
 * @param directory the configuration directory
 * @throws Failure where the allowlist cannot be read or trusted
 */
export function commandFact(
  { command }: CommandOperation,
  policy: Policy,
  directory: string,
): CommandFact {
  const knobs = agentKnobs(policy.commands, command.agent);
  const entries = entriesFor(readAllowlist(directory), command.agent);
  const entry = matchEntry(entries, command, new Date());
  return entry === undefined ? { knobs } : { knobs, entry };
}
