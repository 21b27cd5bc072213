import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HandRecords } from "../../support/entries.ts";
import { HOSTNAME } from "../../support/live-session.ts";
import { operationOn } from "../../support/summary.ts";

let log: HandRecords;
beforeEach(() => {
  vi.useFakeTimers();
  log = new HandRecords();
});
afterEach(() => {
  log.records.ended("exited with 0");
  vi.useRealTimers();
});

const one = (n = 1, items = 1) => operationOn(HOSTNAME, "vars", items, `/api/v2/vars/var-${n}`);
const broken = new Error("log.jsonl: is a directory");

describe("D1: what is let through is logged first", () => {
  it("with what it is about", () => {
    const operation = { ...one(7, 3), organization: "acme" };
    expect(log.records.allowed(operation)).toBeUndefined();
    expect(log.kept).toEqual([
      {
        event: "decided",
        session: "7KQF2M",
        class: "vars",
        operation: "DELETE /vars/var-7",
        target: `acme on ${HOSTNAME}`,
        items: 3,
        effect: "allow",
        reason: "granted",
      },
    ]);
  });

  it("what cannot be logged is told to whoever would let it through", () => {
    log.failure = broken;
    expect(log.records.allowed(one())).toBe(broken.message);
    expect(log.said).toEqual([]);
  });
});

describe("D2: an outcome that cannot be logged", () => {
  it("is unknown, and said once", () => {
    log.failure = broken;
    log.records.settled(one(), "succeeded", 204);
    log.records.settled(one(2), "failed_no_effect", 404);
    expect(log.receipt.counts).toEqual({ deleted: 0, failed: 0, unknown: 2, refused: 0 });
    expect(log.said).toEqual(["the audit log cannot be written: log.jsonl: is a directory"]);
  });

  it.each([
    ["succeeded", "deleted"],
    ["failed_no_effect", "failed"],
    ["unknown", "unknown"],
  ] as const)("otherwise %s is %s on both", (outcome, result) => {
    log.records.settled(one(), outcome, 200);
    expect(log.receipt.entries).toMatchObject([{ result, status: 200 }]);
    expect(log.kept).toMatchObject([{ event: "outcome", outcome, status: 200, reason: "granted" }]);
  });
});

describe("D3: a refusal that cannot be logged", () => {
  it("stands, and is said once", () => {
    log.failure = broken;
    for (let n = 0; n < 9; n++) log.records.refused(one(n), "class-not-granted");
    expect(log.receipt.counts.refused).toBe(9);
    expect(log.said).toHaveLength(1);
  });
});

describe("D4: the same refusal again and again", () => {
  const again = (times: number, n = 1) => {
    for (let time = 0; time < times; time++) log.records.refused(one(n, 2), "class-not-granted");
  };

  it("is logged at once, and then counted, once a second at most", async () => {
    again(1);
    expect(log.kept).toMatchObject([{ event: "decided", effect: "deny", items: 2 }]);
    expect(log.kept[0]).not.toHaveProperty("detail");
    again(99);
    expect(log.kept).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(log.kept.slice(1)).toMatchObject([
      { reason: "class-not-granted", items: 198, detail: "99 times" },
    ]);
    again(3);
    await vi.advanceTimersByTimeAsync(1000);
    expect(log.kept.at(-1)).toMatchObject({ items: 6, detail: "3 times" });
  });

  it("is not the same with another path or for another reason", () => {
    again(1, 1);
    again(1, 2);
    log.records.refused(one(1), "budget-spent");
    expect(log.kept).toHaveLength(3);
  });

  it("is news again after a while", async () => {
    again(1);
    await vi.advanceTimersByTimeAsync(5000);
    again(1);
    expect(log.kept).toHaveLength(2);
    expect(log.kept[1]).not.toHaveProperty("detail");
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("loses nothing at the end", () => {
    again(5);
    log.records.ended("exited with 1");
    expect(log.kept.map(({ event, items }) => [event, items])).toEqual([
      ["decided", 2],
      ["decided", 8],
      ["session-ended", undefined],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the end", () => {
  it("is the last entry, and nothing is let through or counted after it", () => {
    log.records.ended("was ended by SIGTERM");
    expect(log.records.allowed(one())).toBe("the session has ended");
    log.records.refused(one(), "revoked");
    log.records.ended("exited with 0");
    expect(log.kept).toEqual([
      { event: "session-ended", session: "7KQF2M", detail: "was ended by SIGTERM" },
    ]);
    expect(log.receipt.counts.refused).toBe(0);
  });
});

describe("a report of what the session did not allow", () => {
  it("takes the place of the last refusal of the same request", () => {
    log.records.refused(one(1), "class-not-granted");
    log.records.refused(one(2), "class-not-granted");
    log.records.refused(one(1), "class-not-granted");
    log.records.reported(one(1), "approved", "succeeded", 204);
    expect(log.receipt.counts).toEqual({ deleted: 1, failed: 0, unknown: 0, refused: 2 });
    expect(log.receipt.entries.map(({ path, result, reason }) => [path, result, reason])).toEqual([
      ["/api/v2/vars/var-1", "refused", "class-not-granted"],
      ["/api/v2/vars/var-2", "refused", "class-not-granted"],
      ["/api/v2/vars/var-1", "deleted", "approved"],
    ]);
    expect(log.kept.at(-1)).toMatchObject({ event: "outcome", reason: "approved", items: 1 });
  });

  it("stands by itself where nothing was refused", () => {
    log.records.reported(one(1), "allowlisted", "unknown");
    expect(log.receipt.counts).toEqual({ deleted: 0, failed: 0, unknown: 1, refused: 0 });
  });

  it("is unknown where it cannot be logged", () => {
    log.failure = broken;
    log.records.reported(one(1), "approved", "succeeded", 204);
    expect(log.receipt.entries).toMatchObject([{ result: "unknown", reason: "approved" }]);
  });
});
