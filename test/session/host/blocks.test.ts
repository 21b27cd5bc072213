import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Blocks } from "../../../src/session/host/blocks.ts";
import { HandBlocks } from "../../support/blocks.ts";

let store: HandBlocks;
let blocks: Blocks;
beforeEach(() => {
  vi.useFakeTimers();
  store = new HandBlocks();
  blocks = new Blocks(store);
});
afterEach(() => {
  blocks.close();
  vi.useRealTimers();
});

describe("X1: nothing is let through on old knowledge", () => {
  it("before the store was read, nothing is", () => {
    expect(blocks.of("a")).toMatchObject({ reason: "store-refused" });
    expect(store.loads).toBe(0);
  });

  it("says which request blocks, and nothing of other resources", async () => {
    store.block("a", "denied", "AAAA");
    store.block("b", "executing", "BBBB");
    store.block("c", "unknown", "CCCC");
    await blocks.current();
    expect(blocks.of("a")).toEqual({ reason: "denied", request: "AAAA" });
    expect(blocks.of("b")).toEqual({ reason: "executing", request: "BBBB" });
    expect(blocks.of("c")).toEqual({ reason: "outcome-unknown", request: "CCCC" });
    expect(blocks.of("d")).toBeUndefined();
    expect(blocks.of("constructor")).toBeUndefined();
  });

  it("whoever asks after a change waits for a reading that began after it", async () => {
    let answer = () => {};
    store.delay = new Promise<void>((done) => {
      answer = done;
    });
    const first = blocks.current();
    // The first reading has seen the list already when this is added to it.
    store.block("a");
    blocks.changed();
    const second = blocks.current();
    answer();
    await first;
    await second;
    expect(blocks.of("a")).toMatchObject({ reason: "denied" });
    expect(store.loads).toBe(2);
  });

  it("many who ask at once share one reading", async () => {
    await Promise.all(Array.from({ length: 100 }, () => blocks.current()));
    expect(store.loads).toBe(1);
    await blocks.current();
    expect(store.loads).toBe(1);
  });

  it("a block that is lifted is lifted", async () => {
    store.block("a");
    await blocks.current();
    store.list = [];
    blocks.changed();
    await blocks.current();
    expect(blocks.of("a")).toBeUndefined();
  });
});

describe("X2: a store that cannot be read", () => {
  it("blocks everything, says why, and is tried again by whoever asks next", async () => {
    store.failure = new Error("approvals.db: is a directory");
    await blocks.current();
    expect(blocks.of("a")).toEqual({
      reason: "store-refused",
      detail: "approvals.db: is a directory",
    });
    await blocks.current();
    expect(store.loads).toBe(2);
    store.failure = undefined;
    await blocks.current();
    expect(blocks.of("a")).toBeUndefined();
  });

  it("does so after a good reading too", async () => {
    await blocks.current();
    store.failure = new Error("gone");
    blocks.changed();
    await blocks.current();
    expect(blocks.of("a")).toMatchObject({ reason: "store-refused", detail: "gone" });
  });

  it("is one that does not answer in time, and what it answers then does not count", async () => {
    let answer = () => {};
    store.delay = new Promise<void>((done) => {
      answer = done;
    });
    const asked = blocks.current();
    await vi.advanceTimersByTimeAsync(4000);
    await asked;
    expect(blocks.of("a")).toMatchObject({ reason: "store-refused" });
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(blocks.of("a")).toMatchObject({ reason: "store-refused" });
  });

  it("throwing at once is no different", async () => {
    const broken = new Blocks({
      loadBlocks: () => {
        throw new Error("no driver");
      },
      blocksVersion: () => {
        throw new Error("no file");
      },
    });
    await broken.current();
    expect(broken.of("a")).toMatchObject({ reason: "store-refused", detail: "no driver" });
  });
});

describe("X3: a store that changed without a word", () => {
  it("is read again when it looks different, every few seconds at most", async () => {
    await blocks.current();
    store.block("a");
    store.version = "1";
    await blocks.current();
    expect(store.loads).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    await blocks.current();
    expect(store.loads).toBe(2);
    expect(blocks.of("a")).toMatchObject({ reason: "denied" });
    await vi.advanceTimersByTimeAsync(60_000);
    await blocks.current();
    expect(store.loads).toBe(2);
  });

  it("is read again after ten seconds where no difference can be seen", async () => {
    store.version = undefined;
    await blocks.current();
    await vi.advanceTimersByTimeAsync(9999);
    await blocks.current();
    expect(store.loads).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await blocks.current();
    expect(store.loads).toBe(2);
  });

  it("and not at all while nobody asks", async () => {
    store.version = undefined;
    await blocks.current();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(store.loads).toBe(1);
  });
});
