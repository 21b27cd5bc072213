// The gate's stores for one operation, opened when they are first asked for: what a session's grant
// covers never loads them.

import type { GateStores } from "./stores.ts";
import type { StoresOptions } from "./stores-open.ts";
import { requestWords } from "../policy/command-line.ts";
import type { StandingWorld } from "../session/caller/standing.ts";

export interface LazyStores {
  readonly stores: () => Promise<GateStores>;
  /** Lets go of what was opened, so that the process can end. */
  readonly close: () => Promise<void>;
}

/** Opens nothing yet. */
export function lazyStores(
  world: StandingWorld,
  { reason }: { readonly reason?: string | undefined },
  more: Pick<StoresOptions, "commandFact" | "policyFile"> = {},
): LazyStores {
  let opened: Promise<GateStores> | undefined;
  const open = async () => {
    const { openStores } = await import("./stores-open.ts");
    const said = reason === undefined ? {} : { said: reason };
    return openStores({ world, line: requestWords, ...said, ...more });
  };
  return {
    stores: () => {
      opened ??= open();
      return opened;
    },
    close: async () => (await opened)?.close(),
  };
}
