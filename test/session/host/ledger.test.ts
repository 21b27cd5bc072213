import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Ledger, type Reservation } from "../../../src/session/host/ledger.ts";
import { NO_BLOCKS } from "../../support/blocks.ts";
import { HandRecords } from "../../support/entries.ts";
import { FUZZ_RUNS } from "../../support/fuzz-runs.ts";
import { HandClock, HOSTNAME } from "../../support/live-session.ts";
import { operationOn } from "../../support/summary.ts";

const HOUR = 3_600_000;

function ledgerOf(maxDeletes?: number, ttlMs = HOUR) {
  const clock = new HandClock();
  const log = new HandRecords(clock.wall);
  const { receipt, records } = log;
  const grant = {
    hostname: HOSTNAME,
    classes: ["vars" as const],
    wildcard: false,
    ...(maxDeletes === undefined ? {} : { maxDeletes }),
  };
  const ledger = new Ledger(grant, ttlMs, { clock, records, blocks: NO_BLOCKS });
  return { clock, receipt, log, ledger };
}
const items = (count: number) => operationOn(HOSTNAME, "vars", count);

/** What callers do, in any order: each names the reservation that it is about. */
type Step = readonly ["reserve" | "send" | "settle" | "drop" | "revoke" | "wait", number];
const steps = fc.array(
  fc.tuple(
    fc.constantFrom("reserve", "reserve", "send", "settle", "drop", "revoke", "wait"),
    fc.nat(9),
  ) as fc.Arbitrary<Step>,
  { maxLength: 60 },
);

describe("B1, B2: whatever callers do", () => {
  it("reserved and spent never exceed the budget, and what is not reserved is spent", () => {
    fc.assert(
      fc.property(fc.nat(12), steps, (budget, all) => {
        const { ledger, receipt, clock } = ledgerOf(budget);
        const made: Reservation[] = [];
        let let_go = 0;
        for (const [what, n] of all) {
          const one = made[n % Math.max(1, made.length)];
          if (what === "revoke" && n > 0) continue;
          if (what === "revoke") ledger.revoke();
          if (what === "wait") clock.wallMs += n * 60_000;
          if (what === "reserve" && ledger.judge(items(n + 1)).verdict === "allowed")
            made.push(ledger.reserve(items(n + 1)));
          if (one === undefined) continue;
          const was = one.state;
          if (what === "send" && ledger.startSending(one) === undefined) {
            expect([was, ledger.state]).toEqual(["reserved", "live"]);
            let_go += one.operation.items;
          }
          if (what === "settle") ledger.settle(one, "succeeded", 204);
          if (what === "drop") ledger.drop(one);
          expect(ledger.spent).toBe(let_go);
          expect(ledger.reserved).toBeGreaterThanOrEqual(0);
          expect(ledger.spent + ledger.reserved).toBeLessThanOrEqual(budget);
          const open = made.filter(({ state }) => state === "reserved");
          expect(ledger.reserved).toBe(open.reduce((sum, each) => sum + each.operation.items, 0));
        }
        for (const one of made) ledger.drop(one);
        expect(ledger.reserved).toBe(0);
        expect(receipt.counts.deleted + receipt.counts.unknown).toBe(let_go);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it("without a limit nothing is ever too much", () => {
    const { ledger } = ledgerOf();
    expect(ledger.remaining).toBeUndefined();
    expect(ledger.judge(items(1_000_000))).toEqual({ verdict: "allowed", by: "name" });
  });

  it.each([
    ["succeeded", "deleted"],
    ["failed_no_effect", "failed"],
    ["unknown", "unknown"],
  ] as const)("%s is %s on the receipt, once", (outcome, result) => {
    const { ledger, receipt } = ledgerOf(5);
    const reservation = ledger.reserve(items(2));
    ledger.settle(reservation, outcome);
    expect(receipt.entries).toEqual([]);
    expect(ledger.startSending(reservation)).toBeUndefined();
    ledger.settle(reservation, outcome, 204);
    ledger.settle(reservation, "unknown");
    ledger.drop(reservation);
    expect(receipt.entries).toMatchObject([{ result, items: 2, status: 204 }]);
    expect([ledger.spent, ledger.reserved, ledger.remaining]).toEqual([2, 0, 3]);
  });
});

describe("B3: revoked and expired are final, and asked again at sending", () => {
  it("a revocation between the two is heard, and gives the items back", () => {
    const { ledger } = ledgerOf(5);
    const reservation = ledger.reserve(items(2));
    ledger.revoke();
    expect(ledger.startSending(reservation)).toEqual({ verdict: "refused", reason: "revoked" });
    expect([ledger.spent, ledger.reserved]).toEqual([0, 0]);
    expect(ledger.startSending(reservation)).toMatchObject({ verdict: "refused" });
    expect(ledger.spent).toBe(0);
  });

  it("what is revoked stays revoked after it has expired too", () => {
    const { ledger, clock } = ledgerOf(5);
    ledger.revoke();
    clock.wallMs += 2 * HOUR;
    expect(ledger.state).toBe("revoked");
  });
});

describe("B4: the session ends when either clock says so", () => {
  it.each([
    ["nothing passes", 0, 0, "live"],
    ["almost all of it passes", HOUR - 1, HOUR - 1, "live"],
    ["all of it passes", HOUR, HOUR, "expired"],
    ["the wall clock is set on", HOUR, 0, "expired"],
    ["the wall clock is set back an hour, and all of it passes", 0, HOUR, "expired"],
    ["the wall clock is set back a day, and all of it passes", -23 * HOUR, HOUR, "expired"],
    ["the wall clock is set back an hour", -HOUR, 0, "live"],
    ["the wall clock is nudged by a second", 1000, 0, "live"],
    ["the wall clock is nudged back by a second", -1000, 0, "live"],
    ["the machine sleeps, and only the boot clock knows", 0, HOUR, "expired"],
  ])("%s: %s", (_, wall, boot, state) => {
    const { ledger, clock } = ledgerOf(5);
    clock.wallMs += wall;
    clock.bootMs += boot;
    expect(ledger.state).toBe(state);
    expect(ledger.judge(items(1)).verdict).toBe(state === "live" ? "allowed" : "refused");
  });
});

describe("what a refusal says", () => {
  it.each([
    ["other-hostname", operationOn("elsewhere.example", "vars"), HOSTNAME],
    ["class-not-granted", operationOn(HOSTNAME, "projects"), undefined],
    ["budget-spent", items(6), "5 of 5 left, 6 asked for"],
    ["unknown-class", { ...items(1), resourceClass: "unknown" as const }, undefined],
  ])("%s", (reason, operation, detail) => {
    const { ledger } = ledgerOf(5);
    expect(ledger.judge(operation)).toEqual({
      verdict: "refused",
      reason,
      ...(detail === undefined ? {} : { detail }),
    });
  });
});

describe("B5: what blocks a resource", () => {
  const denied = { reason: "denied", request: "K7QF" } as const;
  function blocking(maxDeletes = 5) {
    const clock = new HandClock();
    const log = new HandRecords(clock.wall);
    const found = new Map<string, typeof denied>();
    const grant = { hostname: HOSTNAME, classes: ["vars" as const], wildcard: true, maxDeletes };
    const ports = {
      clock,
      records: log.records,
      blocks: { of: (name: string) => found.get(name) },
    };
    return { found, log, ledger: new Ledger(grant, HOUR, ports) };
  }

  it("is refused whatever is granted, with the request", () => {
    const { found, ledger } = blocking();
    found.set(items(1).resource, denied);
    expect(ledger.judge(items(1))).toEqual({ verdict: "refused", ...denied });
    expect(ledger.judge({ ...items(1), resource: "another" }).verdict).toBe("allowed");
  });

  it("is asked again at sending, and the items return", () => {
    const { found, ledger, log } = blocking();
    const reservation = ledger.reserve(items(2));
    found.set(items(2).resource, denied);
    expect(ledger.startSending(reservation)).toEqual({ verdict: "refused", ...denied });
    expect([ledger.spent, ledger.reserved]).toEqual([0, 0]);
    expect(log.kept).toEqual([]);
  });

  it("what cannot be recorded is not sent, and costs nothing", () => {
    const { ledger, log } = blocking();
    const reservation = ledger.reserve(items(2));
    log.failure = new Error("disk full");
    expect(ledger.startSending(reservation)).toEqual({
      verdict: "refused",
      reason: "store-refused",
      detail: "disk full",
    });
    expect([ledger.spent, ledger.reserved, ledger.remaining]).toEqual([0, 0, 5]);
  });

  it("the log says when the budget is used up, once", () => {
    const { ledger, log } = blocking(3);
    for (const n of [2, 1]) ledger.startSending(ledger.reserve(items(n)));
    expect(log.kept.map(({ event }) => event)).toEqual(["decided", "decided", "session-spent"]);
  });
});

describe("B6: widening", () => {
  const more = { request: "K7QF", by: "ana@laptop" };

  it("adds one class by name, and changes nothing else", () => {
    const { ledger } = ledgerOf(5);
    const { grant } = ledger;
    expect(ledger.judge(operationOn(HOSTNAME, "projects")).verdict).toBe("refused");
    expect(ledger.widen("projects", more)).toBe(true);
    expect(ledger.judge(operationOn(HOSTNAME, "projects")).verdict).toBe("allowed");
    expect(ledger.judge(operationOn(HOSTNAME, "workspaces")).verdict).toBe("refused");
    expect(ledger.judge(operationOn("elsewhere.example", "projects")).verdict).toBe("refused");
    expect(ledger.judge(operationOn(HOSTNAME, "projects", 6))).toMatchObject({
      reason: "budget-spent",
    });
    expect(ledger.grant).toEqual({ ...grant, classes: ["projects", "vars"] });
    expect(grant.classes).toEqual(["vars"]);
    expect(ledger.widened).toEqual([
      { class: "projects", at: new Date(1_800_000_000_000).toISOString(), ...more },
    ]);
  });

  it("says nothing of a class that is granted already", () => {
    const { ledger } = ledgerOf(5);
    expect(ledger.widen("vars", more)).toBe(false);
    expect(ledger.widened).toEqual([]);
  });

  it.each(["revoked", "expired"])("does nothing once the session is %s", (state) => {
    const { ledger, clock } = ledgerOf(5);
    if (state === "revoked") ledger.revoke();
    else clock.bootMs += HOUR;
    expect(ledger.widen("projects", more)).toBe(false);
    expect(ledger.grant.classes).toEqual(["vars"]);
  });

  it("is over when the session is", () => {
    const { ledger } = ledgerOf(5);
    ledger.widen("projects", more);
    const reservation = ledger.reserve(operationOn(HOSTNAME, "projects"));
    ledger.revoke();
    expect(ledger.startSending(reservation)).toMatchObject({ reason: "revoked" });
  });
});
