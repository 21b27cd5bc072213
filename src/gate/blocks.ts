// What a session's host may not let through, read from the approvals store while the session lives.
//
// K1 Where nothing was ever asked and no policy names another store, nothing is loaded.

import { statSync } from "node:fs";
import { join } from "node:path";
import type { Block } from "../grants/approvals/store.ts";
import type { StandingWorld } from "../session/caller/standing.ts";
import type { BlocksPorts } from "../session/host/blocks.ts";
import { configDirectory } from "../system/places.ts";

/** As policy-source.ts and the embedded store have them; a test compares. */
export const WATCHED = {
  policies: ["/etc/holdfast/policy.yaml", "policy.yaml"],
  store: ["approvals/approvals.db", "approvals/approvals.db-wal"],
} as const;

/** The ports of session/host/blocks.ts, for the stores of this user. */
export function blocksPorts(world: StandingWorld): BlocksPorts {
  const directory = configDirectory(world.env, world.home);
  const stampOf = (paths: readonly string[]) =>
    paths.map((path) => stamp(path.startsWith("/") ? path : join(directory, path))).join(" ");
  let isShared = false;
  return {
    loadBlocks: async (): Promise<readonly Block[]> => {
      const nothing = [...WATCHED.policies, ...WATCHED.store].map(() => "-").join(" ");
      if (stampOf([...WATCHED.policies, ...WATCHED.store]) === nothing) return [];
      const { openDesk } = await import("./answer.ts");
      const store = await openDesk(world);
      if (store === undefined) return [];
      isShared = !store.place.startsWith(directory);
      try {
        return await store.blocks();
      } finally {
        await store.close();
      }
    },
    // Others change a shared store, and no file of this machine shows it.
    blocksVersion: () => (isShared ? undefined : stampOf([...WATCHED.policies, ...WATCHED.store])),
  };
}

function stamp(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? "-" : `${found.ino}:${found.size}:${found.mtimeMs}`;
}
