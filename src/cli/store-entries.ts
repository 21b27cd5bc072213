// The approvals store's audit entries, for the commands that read the record; opened when they do.

import { openProcesses } from "../system/open-processes.ts";
import type { StoreEntries } from "./audit-command.ts";
import type { CliContext } from "./context.ts";

/** Opens nothing yet. */
export function storeEntriesOf({ env, home }: CliContext): StoreEntries {
  return async () => {
    const { storeEntries } = await import("../gate/store-entries.ts");
    return storeEntries({ env, home, processes: await openProcesses() });
  };
}
