// Every resource class, once. Help, completion, the grant check, `explain` and the documentation
// read this table; routes name a class from it.

import type { Reversibility } from "./operation.ts";

export interface ResourceClassInfo {
  readonly reversibility: Reversibility;
  /** What one of them is called in a sentence: `workspace`. */
  readonly singular: string;
  /** Why it is reversible, irreversible, or what it depends on. One clause, no full stop. */
  readonly because: string;
}

export const RESOURCE_CLASSES = {
  workspaces: {
    reversibility: "depends",
    singular: "workspace",
    because: "reversible only while it manages no resources",
  },
} as const satisfies Record<string, ResourceClassInfo>;

export type ResourceClass = keyof typeof RESOURCE_CLASSES;
