// What a session host tells about its session: `session list`, `show`, and the receipt.

import type { HostOptions } from "./host.ts";
import type { ProcessIdentity } from "../lineage.ts";
import type { SessionDescription } from "../protocol/messages.ts";

/** How many entries of the receipt are told. */
const MOST_ENTRIES = 100;

/** A description is one line of an answer, and its longest part is what agents asked for. */
const MOST_CHARACTERS = 64 * 1024;

type Described = Pick<HostOptions, "id" | "command" | "ledger" | "records" | "startedAt" | "outer">;

/** Describes the session as it is now. */
export function describeSession(
  { id, command, ledger, records, startedAt, outer }: Described,
  adopted: readonly ProcessIdentity[],
): SessionDescription {
  const { grant } = ledger;
  const { receipt } = records;
  return {
    id,
    command,
    hostname: grant.hostname,
    ...(grant.organization === undefined ? {} : { organization: grant.organization }),
    classes: [...grant.classes],
    widened: [...ledger.widened],
    wildcard: grant.wildcard,
    ...(grant.maxDeletes === undefined ? {} : { maxDeletes: grant.maxDeletes }),
    spent: ledger.spent,
    reserved: ledger.reserved,
    startedAt: startedAt.toISOString(),
    expiresAt: ledger.expiresAt.toISOString(),
    state: ledger.state,
    adopted: adopted.map(({ pid }) => pid),
    ...(outer === undefined ? {} : { inside: outer.description.id }),
    counts: { ...receipt.counts },
    entries: receipt.latest(MOST_ENTRIES, MOST_CHARACTERS),
  };
}
