import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type StandIn, startStandIn } from "../../src/demo/stand-in/server.ts";
import { prepareHcp } from "../../src/gate/executors/hcp.ts";
import { explain, run } from "../../src/gate/run.ts";
import type { HcpOperation } from "../../src/policy/operation.ts";
import type { SessionGrant } from "../../src/policy/session-grant.ts";
import { type LiveSession, openLiveSession } from "../support/live-session.ts";
import type { HcpGateWorld } from "../../src/cli/gate-world.ts";
import { EMPTY_STORES } from "../support/empty-stores.ts";
import { deletion } from "../support/operations.ts";
import { freshWorkspace } from "../support/workspaces.ts";

let api: StandIn;
let session: LiveSession;
let happened: string[];
beforeEach(async () => {
  api = await startStandIn();
  happened = [];
});
afterEach(async () => {
  session?.close();
  await api.close();
});

const enter = async (grant: Partial<SessionGrant>) => {
  session = await openLiveSession({ hostname: api.address, ...grant });
};

/** The real way to the API, with what a command line would add; says what happened, in order. */
function worldOf(more: Partial<HcpGateWorld> = {}): HcpGateWorld {
  const client = async () => ({
    baseUrl: new URL(api.url),
    token: api.token,
    userAgent: "test",
    env: {},
  });
  return {
    ...session.world,
    quiet: true,
    stores: async () => EMPTY_STORES,
    lookUp: async () => {
      happened.push("look-up");
      return { reversibility: "reversible" };
    },
    describe: async () => ({ question: "?", rows: [], unknown: [] }),
    ask: async () => "no",
    prepare: async (operation) => {
      happened.push("prepare");
      const send = await prepareHcp(operation, client);
      return () => {
        happened.push(`send (spent ${session.host.describe().spent})`);
        return send();
      };
    },
    onGranted: (decision, remaining) => {
      happened.push(`${decision.reason}, ${remaining} left`);
    },
    ...more,
  };
}

const workspace = (more: Partial<HcpOperation> = {}): HcpOperation => {
  const path = `/workspaces/${freshWorkspace(api)}`;
  return deletion("workspaces", api.address, {
    target: { hostname: api.address, path },
    request: { method: "DELETE", path: `/api/v2${path}`, query: [], headers: {} },
    ...more,
  });
};
const state = () => {
  const { spent, reserved, counts } = session.host.describe();
  return { spent, reserved, ...counts };
};
const none = { spent: 0, reserved: 0, deleted: 0, failed: 0, unknown: 0, refused: 0 };

describe("R1: what is sent is what was decided on", () => {
  it("what is harmless is sent, and no session is asked", async () => {
    await enter({});
    session.host.close();
    const harmless = workspace({ impact: "change" });
    const { decision, execution } = await run(harmless, worldOf());
    expect([decision.reason, execution?.outcome]).toEqual(["not-destructive", "succeeded"]);
    expect(api.mutations).toHaveLength(1);
  });

  it("what is refused is not prepared, let alone sent", async () => {
    await enter({ classes: ["vars"] });
    const { decision, execution } = await run(workspace(), worldOf());
    expect([decision.effect, decision.reason, execution]).toEqual([
      "deny",
      "class-not-granted",
      undefined,
    ]);
    expect([happened, api.mutations, state()]).toEqual([[], [], { ...none, refused: 1 }]);
  });

  it("R3: what is granted is prepared, claimed, told, sent and settled, in this order", async () => {
    await enter({ classes: ["workspaces"], maxDeletes: 3 });
    const operation = workspace();
    const { decision, execution } = await run(operation, worldOf());
    expect(decision.operation).toBe(operation);
    expect(execution?.outcome).toBe("succeeded");
    expect(happened).toEqual(["prepare", "granted, 2 left", "send (spent 1)"]);
    expect(api.mutations.map(({ path }) => path)).toEqual([operation.request.path]);
    await expect.poll(state).toEqual({ ...none, spent: 1, deleted: 1 });
  });

  it("a wildcard looks first, at the host's word", async () => {
    await enter({ wildcard: true });
    await run(workspace(), worldOf());
    expect(happened).toEqual(["look-up", "prepare", "granted, undefined left", "send (spent 1)"]);
  });

  it("a look-up that fails sends nothing, and reserves nothing", async () => {
    await enter({ wildcard: true });
    const failing = worldOf({ lookUp: () => Promise.reject(new Error("the API is away")) });
    await expect(run(workspace(), failing)).rejects.toThrow("the API is away");
    await expect.poll(state).toEqual(none);
    expect(api.mutations).toEqual([]);
  });
});

describe("R3: a claim is carried through, whatever fails", () => {
  beforeEach(() => enter({ classes: ["workspaces"], maxDeletes: 3 }));

  it("what cannot be prepared gives its item back", async () => {
    const failing = worldOf({ prepare: () => Promise.reject(new Error("no token")) });
    await expect(run(workspace(), failing)).rejects.toThrow("no token");
    await expect.poll(state).toEqual(none);
  });

  it("what cannot be sent is unknown", async () => {
    const failing = worldOf({ prepare: async () => () => Promise.reject(new Error("defect")) });
    await expect(run(workspace(), failing)).rejects.toThrow("defect");
    await expect.poll(state).toEqual({ ...none, spent: 1, unknown: 1 });
  });

  it.each([
    [{ status: 404 }, "failed_no_effect", { failed: 1 }],
    [{ status: 422 }, "failed_no_effect", { failed: 1 }],
    [{ status: 500 }, "unknown", { unknown: 1 }],
  ])("an answer of %j is %s", async (failure, outcome, counts) => {
    api.failNext({ method: "DELETE", ...failure });
    const { execution } = await run(workspace(), worldOf());
    expect(execution?.outcome).toBe(outcome);
    await expect.poll(state).toEqual({ ...none, spent: 1, ...counts });
  });

  it("a session whose time is up while it is being prepared: refused, not sent, not told", async () => {
    const world = worldOf();
    const prepare: HcpGateWorld["prepare"] = async (operation, decision) => {
      await new Promise((resolve) => setImmediate(resolve));
      session.clock.wallMs += 7_200_000;
      return world.prepare(operation, decision);
    };
    const { decision, execution } = await run(workspace(), { ...world, prepare });
    expect([decision.effect, decision.reason, execution]).toEqual(["deny", "expired", undefined]);
    expect(happened).toEqual(["prepare"]);
    expect([api.mutations, state()]).toEqual([[], { ...none, refused: 1 }]);
  });

  it("a host that is gone while it is being prepared: refused, not sent", async () => {
    const world = worldOf();
    const prepare: HcpGateWorld["prepare"] = async (operation, decision) => {
      session.host.close();
      return world.prepare(operation, decision);
    };
    const { decision } = await run(workspace(), { ...world, prepare });
    expect([decision.effect, decision.reason]).toEqual(["deny", "not-live"]);
    expect(api.mutations).toEqual([]);
  });
});

describe("explain", () => {
  it.each([
    [["workspaces"], "allow", "granted"],
    [["vars"], "deny", "class-not-granted"],
  ] as const)(
    "of a session for %s: %s, and nothing is taken or sent",
    async (classes, effect, reason) => {
      await enter({ classes, maxDeletes: 1 });
      for (let n = 0; n < 3; n++)
        expect(await explain(workspace(), worldOf())).toMatchObject({ effect, reason });
      expect([happened, api.mutations, state()]).toEqual([[], [], none]);
    },
  );

  it("of what is harmless: allow", async () => {
    await enter({});
    const decision = await explain(workspace({ impact: "read" }), worldOf());
    expect(decision).toMatchObject({ effect: "allow", reason: "not-destructive" });
  });
});

it("P3: nobody is asked inside a session, however it refuses", async () => {
  await enter({ classes: ["vars"] });
  const asked: string[] = [];
  const world = worldOf({
    quiet: false,
    ask: async () => {
      asked.push("asked");
      return "yes";
    },
  });
  expect((await run(workspace(), world)).decision.reason).toBe("class-not-granted");
  session.host.close();
  expect((await run(workspace(), world)).decision.reason).toBe("not-live");
  expect([asked, api.mutations]).toEqual([[], []]);
});
