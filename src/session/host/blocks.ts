// What a person said no to, what is being attempted, and what may have happened: the resources that
// nothing in the session may touch, whatever it grants. Remembered here, so that a deletion that the
// grant covers opens no store.
//
// X1 Nothing is let through before the store was read once, nor after it was told or seen to have
//    changed and until it was read again.
// X2 A store that cannot be read, or does not answer in time, blocks everything, and is tried again
//    by whoever asks next.
// X3 Where nothing tells of a change, the store is looked at again every few seconds while somebody
//    asks.

import type { Block } from "../../grants/approvals/store.ts";
import type { BlockingState } from "../../policy/approval.ts";
import type { Reason } from "../../policy/reason.ts";

/** How long reading the store may take, in milliseconds: less than a caller waits. */
const LOAD_TIMEOUT_MS = 4000;

/** How soon a store that seems changed is read again, and one that cannot tell, in milliseconds. */
const LOOK_AGAIN_MS = 2000;
const LOOK_ANYWAY_MS = 10_000;

export interface BlocksPorts {
  /** Everything that blocks; empty, and nothing loaded for it, where there is no store. */
  readonly loadBlocks: () => Promise<readonly Block[]>;
  /** Differs when the store may have changed; undefined where that cannot be seen cheaply. */
  readonly blocksVersion: () => string | undefined;
}

/** Why nothing may be done to a resource. */
export interface Blocked {
  readonly reason: Reason;
  readonly request?: string;
  readonly detail?: string;
}

const REASON: Readonly<Record<BlockingState, Reason>> = {
  denied: "denied",
  executing: "executing",
  unknown: "outcome-unknown",
};

/** What blocks, as far as it is known. */
export class Blocks {
  readonly #ports: BlocksPorts;
  #byResource: ReadonlyMap<string, Block> = new Map();
  #problem: string | undefined = "the approvals store was not read yet";
  /** How often a reading was called for, and for which of those calls there is one. */
  #wanted = 1;
  #held = 0;
  #reading: Promise<void> | undefined;
  #version: string | undefined;
  #readAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: BlocksPorts) {
    this.#ports = ports;
  }

  /** Resolves when what is known is as new as this call, or there is a problem (X1, X2). */
  async current(): Promise<void> {
    this.#lookAgain();
    const wanted = this.#wanted;
    while (this.#held < wanted) {
      this.#reading ??= this.#read();
      await this.#reading;
    }
  }

  /** Whoever asks from now on waits for a new reading. */
  changed(): void {
    this.#wanted += 1;
  }

  /** Why nothing may be done to `resource`, as far as is known now; undefined: nothing blocks it. */
  of(resource: string): Blocked | undefined {
    if (this.#problem !== undefined) return { reason: "store-refused", detail: this.#problem };
    const block = this.#byResource.get(resource);
    return block && { reason: REASON[block.state], request: block.id };
  }

  /** Waits for nothing any more. */
  close(): void {
    clearTimeout(this.#timer);
  }

  /** Calls for a new reading where there is a reason to, unless one is called for already. */
  #lookAgain(): void {
    if (this.#held === this.#wanted && (this.#problem !== undefined || this.#isOld()))
      this.changed();
  }

  #isOld(): boolean {
    const age = performance.now() - this.#readAt;
    if (age < LOOK_AGAIN_MS) return false;
    const version = this.#seenVersion();
    return version === undefined ? age >= LOOK_ANYWAY_MS : version !== this.#version;
  }

  #seenVersion(): string | undefined {
    try {
      return this.#ports.blocksVersion();
    } catch (error) {
      return `unreadable: ${(error as Error).message}`;
    }
  }

  async #read(): Promise<void> {
    const wanted = this.#wanted;
    // Before the reading: what changes meanwhile is seen next time.
    this.#version = this.#seenVersion();
    try {
      const blocks = await this.#inTime(this.#ports.loadBlocks());
      this.#byResource = new Map(blocks.map((block) => [block.resourceKey, block]));
      this.#problem = undefined;
    } catch (error) {
      this.#problem = (error as Error).message;
    } finally {
      clearTimeout(this.#timer);
      this.#held = wanted;
      this.#readAt = performance.now();
      this.#reading = undefined;
    }
  }

  #inTime<T>(loading: Promise<T>): Promise<T> {
    const late = new Promise<never>((_, fail) => {
      this.#timer = setTimeout(
        () => fail(new Error("the approvals store does not answer in time")),
        LOAD_TIMEOUT_MS,
      );
    });
    return Promise.race([loading, late]);
  }
}
