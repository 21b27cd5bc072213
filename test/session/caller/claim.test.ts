import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Operation } from "../../../src/policy/operation.ts";
import {
  type ClaimRequest,
  claimFromSession,
  knock,
  type LookedUp,
} from "../../../src/session/caller/claim.ts";
import { deletion } from "../../support/operations.ts";
import { HOSTNAME, type LiveSession, openLiveSession } from "../../support/live-session.ts";

let session: LiveSession;
afterEach(() => session.close());

async function claim(
  operation: Operation,
  type: ClaimRequest["type"] = "reserve",
  found: LookedUp = {},
) {
  const asked: string[] = [];
  const knocked = await knock(session.world);
  if (knocked.kind === "fact") throw new Error(`nobody to ask: ${JSON.stringify(knocked.fact)}`);
  const answer = await claimFromSession({
    ...knocked,
    world: session.world,
    operation,
    type,
    lookUp: async (needs) => {
      asked.push(...needs);
      return found;
    },
  });
  return { ...answer, asked };
}

describe("what a session answers", () => {
  it.each<[string, Operation, LookedUp, string, string[]]>([
    ["a class granted by name", deletion("vars", HOSTNAME), {}, "granted", []],
    ["a class that is not granted", deletion("projects", HOSTNAME), {}, "class-not-granted", []],
    ["another hostname", deletion("vars", "elsewhere"), {}, "other-hostname", []],
    ["an unknown class", deletion("unknown", HOSTNAME), {}, "unknown-class", []],
  ])("%s: %s", async (_, operation, found, reason, asked) => {
    session = await openLiveSession({ classes: ["vars"] });
    const answer = await claim(operation, "peek", found);
    expect(answer.fact).toMatchObject({ standing: "inside", reason });
    expect(answer.asked).toEqual(asked);
    expect(answer.claim).toBeUndefined();
  });

  it.each<[string, LookedUp, string]>([
    ["it is reversible", { reversibility: "reversible" }, "granted"],
    [
      "it is not",
      { reversibility: "irreversible", because: "it manages 3 resources" },
      "not-reversible",
    ],
    ["nothing was found out", {}, "not-reversible"],
  ])("a wildcard asks the caller to look, and %s", async (_, found, reason) => {
    session = await openLiveSession({ wildcard: true });
    const answer = await claim(deletion("workspaces", HOSTNAME), "peek", found);
    expect(answer.asked).toEqual(["reversibility"]);
    expect(answer.fact).toMatchObject({ reason });
    if (found.because !== undefined) expect(answer.fact).toMatchObject({ detail: found.because });
  });

  it.each<[string, LookedUp, string]>([
    ["its organization", { organization: "acme" }, "granted"],
    ["another", { organization: "globex" }, "other-organization"],
    ["none that could be found", {}, "other-organization"],
  ])("a session for one organization: %s", async (_, found, reason) => {
    session = await openLiveSession({ classes: ["vars"], organization: "acme" });
    const answer = await claim(deletion("vars", HOSTNAME), "peek", found);
    expect(answer.asked).toEqual(["organization"]);
    expect(answer.fact).toMatchObject({ reason });
  });

  it("a host that is gone is a fact, too", async () => {
    session = await openLiveSession({ classes: ["vars"] });
    session.host.close();
    const answer = await claim(deletion("vars", HOSTNAME));
    expect(answer.fact).toMatchObject({ standing: "inside", reason: "not-live" });
  });
});

describe("R3, B2: a claim", () => {
  beforeEach(async () => {
    session = await openLiveSession({ classes: ["vars"], maxDeletes: 2 });
  });
  const state = () => {
    const { spent, reserved, counts } = session.host.describe();
    return { spent, reserved, ...counts };
  };
  const none = { spent: 0, reserved: 0, deleted: 0, failed: 0, unknown: 0, refused: 0 };

  it("is carried through: reserved, sending, result", async () => {
    const { claim: made, remaining } = await claim(deletion("vars", HOSTNAME));
    expect(remaining).toBe(1);
    expect(state()).toEqual({ ...none, reserved: 1 });
    expect(await made?.sending()).toBeUndefined();
    expect(state()).toEqual({ ...none, spent: 1 });
    made?.result("succeeded", 204);
    await expect.poll(state).toEqual({ ...none, spent: 1, deleted: 1 });
  });

  it("is dropped before sending: nothing happened", async () => {
    const { claim: made } = await claim(deletion("vars", HOSTNAME));
    made?.drop();
    await expect.poll(state).toEqual(none);
  });

  it("is dropped after sending: unknown", async () => {
    const { claim: made } = await claim(deletion("vars", HOSTNAME));
    await made?.sending();
    made?.drop();
    await expect.poll(state).toEqual({ ...none, spent: 1, unknown: 1 });
  });

  it("B3, B4: is refused at sending when the time is up, whichever clock says so", async () => {
    const { claim: made } = await claim(deletion("vars", HOSTNAME));
    session.clock.bootMs += 3_600_000;
    expect(await made?.sending()).toMatchObject({ standing: "inside", reason: "expired" });
    expect(state()).toMatchObject({ spent: 0, reserved: 0, refused: 1 });
  });

  it("is refused at sending when the host is gone", async () => {
    const { claim: made } = await claim(deletion("vars", HOSTNAME));
    session.host.close();
    expect(await made?.sending()).toMatchObject({ standing: "inside", reason: "not-live" });
  });

  it("H3: many at once take the budget exactly", async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => claim(deletion("vars", HOSTNAME))),
    );
    const reasons = all.map(({ fact }) => ("reason" in fact ? fact.reason : "outside"));
    expect(reasons.filter((reason) => reason === "granted")).toHaveLength(2);
    expect(reasons.filter((reason) => reason === "budget-spent")).toHaveLength(18);
    for (const each of all) each.claim?.drop();
  });

  it("a peek takes nothing, and stands on no receipt", async () => {
    for (let n = 0; n < 5; n++) await claim(deletion("vars", HOSTNAME), "peek");
    await claim(deletion("projects", HOSTNAME), "peek");
    expect(state()).toEqual(none);
  });
});
