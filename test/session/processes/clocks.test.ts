import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Ledger } from "../../../src/session/host/ledger.ts";
import { type OpenSession, openSession } from "../../../src/session/launch/open-session.ts";
import type { OperationSummary } from "../../../src/session/protocol/messages.ts";
import type { Clock } from "../../../src/system/clock.ts";
import { openProcesses } from "../../../src/system/open-processes.ts";
import { HandBlocks, NO_BLOCKS } from "../../support/blocks.ts";
import { HandRecords } from "../../support/entries.ts";
import { exists, workspace } from "../../support/scripts.ts";
import { type Stage, setStage } from "../../support/stage.ts";

const HOUR = 3_600_000;
const SECOND = 1000;
const TTL = 8 * HOUR;

/** Two clocks that only the test moves. */
class Clocks implements Clock {
  #wall = Date.now();
  #boot = 50 * HOUR;
  wall = () => this.#wall;
  boot = () => this.#boot;
  /** Time goes by. */
  pass(milliseconds: number): void {
    this.#wall += milliseconds;
    this.#boot += milliseconds;
  }
  /** Somebody sets the wall clock. */
  set(by: number): void {
    this.#wall += by;
  }
  /** The machine was asleep, and the wall clock was set back to before. */
  bootOnly(milliseconds: number): void {
    this.#boot += milliseconds;
  }
}

const STEPS: [string, (clocks: Clocks) => void, "live" | "expired"][] = [
  ["nothing happens", () => {}, "live"],
  ["the wall clock is nudged forward by a second", (clocks) => clocks.set(SECOND), "live"],
  ["the wall clock is nudged back by a second", (clocks) => clocks.set(-SECOND), "live"],
  ["the wall clock is set back by an hour", (clocks) => clocks.set(-HOUR), "live"],
  ["time passes to the last millisecond", (clocks) => clocks.pass(TTL - 1), "live"],
  ["time passes to the end", (clocks) => clocks.pass(TTL), "expired"],
  [
    "the wall clock is set back by an hour, and the time passes",
    (clocks) => {
      clocks.set(-HOUR);
      clocks.pass(TTL);
    },
    "expired",
  ],
  [
    "the wall clock is set back again and again",
    (clocks) => {
      for (let hour = 0; hour < 8; hour += 1) {
        clocks.pass(HOUR);
        clocks.set(-HOUR);
      }
    },
    "expired",
  ],
  ["only the boot clock comes to the end", (clocks) => clocks.bootOnly(TTL), "expired"],
  ["only the wall clock comes to the end", (clocks) => clocks.set(TTL), "expired"],
];

describe("a session's end by two clocks (B4)", () => {
  const grant = { hostname: "app.terraform.io", classes: ["vars"], wildcard: false } as const;
  const operation: OperationSummary = {
    title: "x",
    method: "DELETE",
    path: "/api/v2/vars/var-1",
    hostname: "app.terraform.io",
    resourceClass: "vars",
    resource: "x",
    reversibility: "reversible",
    items: 1,
  };

  const ledgerOf = (clock: Clock) => {
    const { records } = new HandRecords(clock.wall);
    return new Ledger(grant, TTL, { clock, records, blocks: NO_BLOCKS });
  };

  it.each(STEPS)("%s: %s", (_, step, expected) => {
    const clocks = new Clocks();
    const ledger = ledgerOf(clocks);
    step(clocks);
    expect(ledger.state).toBe(expected);
    expect(ledger.judge(operation).verdict).toBe(expected === "live" ? "allowed" : "refused");
  });

  it("is asked again just before the request leaves (B3)", () => {
    const clocks = new Clocks();
    const ledger = ledgerOf(clocks);
    const reservation = ledger.reserve(operation);
    clocks.bootOnly(TTL);
    expect(ledger.startSending(reservation)).toMatchObject({ reason: "expired" });
    expect([ledger.spent, ledger.reserved]).toEqual([0, 0]);
  });
});

describe("a nested delete, with a host whose clocks are moved (B4)", () => {
  let stage: Stage;
  let clocks: Clocks;
  let session: OpenSession;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    stage.api.reset();
    clocks = new Clocks();
    const grant = {
      hostname: stage.api.address,
      classes: ["workspaces"],
      wildcard: false,
    } as const;
    session = await openSession(
      { command: ["test"], grant, ttlMs: TTL, quiet: true },
      {
        env: stage.env,
        home: stage.directory,
        processes: await openProcesses(),
        clock: clocks,
        say: () => {},
        isTerminal: false,
        ...new HandBlocks(),
      },
    );
  });
  afterEach(() => session.end("exited with 0"));

  it.each(STEPS.map((step, index) => [...step, index] as const))(
    "%s: %s",
    async (_, step, expected, index) => {
      const id = workspace(stage, `tmp-0${10 + index}`);
      step(clocks);
      const env = { ...stage.env, HOLDFAST_EXEC_SESSION: session.identity.token };
      const { code, stderr } = await stage.run(["api", "-X", "DELETE", `/workspaces/${id}`], {
        env,
      });
      expect(code, stderr).toBe(expected === "live" ? 0 : 7);
      if (expected === "expired") expect(stderr).toContain("has expired [expired]");
      expect(exists(stage, id)).toBe(expected === "expired");
    },
  );
});
