// The approvals store's part of the record, for whoever reads or verifies the whole of it.

import type { AuditEntry } from "../policy/audit-entry.ts";
import type { StandingWorld } from "../session/caller/standing.ts";
import { openDesk } from "./answer.ts";

/** The store's audit entries, oldest first; undefined where there is no store. @throws Failure */
export async function storeEntries(
  world: StandingWorld,
): Promise<AsyncIterable<AuditEntry> | undefined> {
  const store = await openDesk(world);
  if (store === undefined) return undefined;
  return (async function* () {
    try {
      yield* store.audit();
    } finally {
      await store.close();
    }
  })();
}
