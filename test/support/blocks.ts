// An approvals store as a session's host sees it: a list that a test changes.

import type { Block } from "../../src/grants/approvals/store.ts";
import type { BlocksPorts } from "../../src/session/host/blocks.ts";

/** What blocks, in a test's hands. */
export class HandBlocks implements BlocksPorts {
  list: Block[] = [];
  /** Undefined: no change can be seen. */
  version: string | undefined = "0";
  /** Thrown instead of an answer. */
  failure: Error | undefined;
  /** Resolves before each answer. */
  delay: Promise<unknown> = Promise.resolve();
  /** How often it was read. */
  loads = 0;

  readonly loadBlocks = async (): Promise<readonly Block[]> => {
    this.loads += 1;
    const found = [...this.list];
    await this.delay;
    if (this.failure !== undefined) throw this.failure;
    return found;
  };
  readonly blocksVersion = (): string | undefined => this.version;

  /** A person says no to it, or it is attempted. */
  block(resourceKey: string, state: Block["state"] = "denied", id = "K7QF"): void {
    this.list.push({ resourceKey, state, id });
  }
}

/** Where nothing blocks. */
export const NO_BLOCKS = { of: () => undefined };
