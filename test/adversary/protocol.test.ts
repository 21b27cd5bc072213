// What an agent can say to its session's host without our command line in between.

import { existsSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Agent, type AgentStage, type Inhabited, setAgentStage } from "../support/agent.ts";
import { operationOn } from "../support/summary.ts";
import type { Introduction } from "../support/wire.ts";

let stage: AgentStage;
let session: Inhabited;
let agent: Agent;

beforeAll(async () => {
  stage = await setAgentStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  session = await stage.enter(["--allow-delete=workspaces", "--max-deletes=3"]);
  agent = session.agent;
});
afterEach(async () => {
  agent.leave();
  await session.ended;
});

const operation = (items = 1) => operationOn(stage.api.address, "workspaces", items);
const remaining = async () => {
  const { message } = await agent.ask({ type: "describe" });
  const { spent, reserved } = (message?.description ?? {}) as Record<string, number>;
  return 3 - Number(spent) - Number(reserved);
};

describe("H4: no message widens the grant", () => {
  it.each([
    ["a message that does not exist", { type: "grant", classes: ["projects"] }],
    ["a known one with more in it", { type: "nest", classes: ["projects"] }],
    ["an adoption that says who answers", { type: "adopt", pid: 1, by: "person" }],
    ["a reserve that says what it is granted", { type: "reserve", operation: {}, granted: true }],
    ["a revoke that says when", { type: "revoke", at: 0 }],
    ["no type", {}],
    ["a list", []],
    ["a type from the prototype", { type: "__proto__" }],
    ["a type from Object", { type: "constructor" }],
  ])("%s is not understood", async (_, message) => {
    expect((await agent.ask(message)).message).toEqual({
      type: "error",
      message: "the request cannot be understood",
    });
    const { message: after } = await agent.ask({ type: "describe" });
    expect(after?.description).toMatchObject({
      classes: ["workspaces"],
      adopted: [],
      state: "live",
    });
  });

  it("an adoption from inside is refused, for whatever process", async () => {
    const { pid, ppid } = await agent.facts();
    for (const adopted of [1, pid, ppid, process.pid])
      expect((await agent.ask({ type: "adopt", pid: adopted })).message).toEqual({
        type: "error",
        message: "not adopted: it was asked from inside the session",
      });
  });
});

describe("H1, N4: a pid counts only if that very process has the proof file open", () => {
  const falsePids: [string, () => Promise<number>][] = [
    [
      "another live descendant's",
      async () => (await (await stage.enterWithin(agent, [])).agent.facts()).ppid,
    ],
    ["init's", async () => 1],
    ["the host's own", async () => session.wrapper.pid ?? 0],
    ["the test's", async () => process.pid],
    [
      "a dead process's",
      async () => {
        const job = await agent.start(["--version"]);
        await job.join();
        return job.pid;
      },
    ],
    ["one that no process has", async () => 2 ** 22 + 1],
  ];
  it.each(falsePids)("%s pid reserves nothing, revokes nothing, nests nothing", async (_, find) => {
    const pid = await find();
    const reserved = await agent.ask({ type: "reserve", operation: operation() }, { pid });
    expect(reserved.message).toMatchObject({ type: "refused", reason: "not-a-descendant" });
    const nested = await agent.ask({ type: "nest" }, { pid });
    expect(nested.message).toMatchObject({ type: "refused", reason: "not-a-descendant" });
    for (const message of [{ type: "revoke" }, { type: "adopt", pid: 1 }])
      expect((await agent.ask(message, { pid })).message).toMatchObject({ type: "error" });
    expect((await agent.ask({ type: "describe" })).message?.description).toMatchObject({
      state: "live",
      spent: 0,
      reserved: 0,
    });
  });

  const proofs: [string, Partial<Introduction>][] = [
    ["never opened", { proof: "nothing" }],
    ["opened and closed", { proof: "open-and-close" }],
  ];
  it.each(proofs)("its own pid, with the proof file %s, reserves nothing", async (_, how) => {
    const { message } = await agent.ask({ type: "reserve", operation: operation() }, how);
    expect(message).toMatchObject({ type: "refused", reason: "not-a-descendant" });
  });

  it("with the proof file open it reserves, and the end of the connection gives it back (B2)", async () => {
    const talk = await agent.talk();
    const { message } = await talk.say({ type: "reserve", operation: operation(2) });
    expect(message).toMatchObject({ type: "allowed", remaining: 1 });
    await talk.end();
    await expect.poll(remaining).toBe(3);
  });

  it("a proof file is gone when its question is answered", async () => {
    const talk = await agent.talk();
    await talk.say({ type: "describe" });
    const other = await agent.talk({ proof: "nothing" });
    expect(other.challenge.file).not.toBe(talk.challenge.file);
    expect(existsSync(other.challenge.file ?? "")).toBe(true);
    expect(existsSync(talk.challenge.file ?? "")).toBe(false);
  });
});

describe("a claim's steps count only in their order (B2)", () => {
  it("nothing is sent, or told, without a reservation", async () => {
    for (const step of [{ type: "sending" }, { type: "result", outcome: "succeeded" }])
      expect((await agent.ask(step)).message).toMatchObject({ type: "error" });
  });

  it("a reservation is good for one request", async () => {
    const talk = await agent.talk();
    await talk.say({ type: "reserve", operation: operation() });
    expect((await talk.say({ type: "sending" })).message).toEqual({ type: "go" });
    expect((await talk.say({ type: "sending" })).message).toMatchObject({ type: "error" });
    const result = { type: "result", outcome: "succeeded", status: 204 };
    expect((await talk.say(result)).message).toEqual({ type: "recorded" });
    for (const step of [result, { type: "sending" }])
      expect((await talk.say(step)).message).toMatchObject({ type: "error" });
    await talk.end();
    expect((await agent.ask({ type: "describe" })).message?.description).toMatchObject({
      spent: 1,
      reserved: 0,
      counts: { deleted: 1, failed: 0, unknown: 0, refused: 0 },
    });
  });

  it("many reservations over one connection never hold more than one", async () => {
    const talk = await agent.talk();
    for (let n = 0; n < 10; n++)
      expect((await talk.say({ type: "reserve", operation: operation(3) })).message).toMatchObject({
        type: "allowed",
        remaining: 0,
      });
    await talk.end();
    await expect.poll(remaining).toBe(3);
  });
});

describe("B1: numbers that are no budget", () => {
  it.each([0, -1, 1.5, 1e6 + 1, 1e308, Number.MAX_SAFE_INTEGER, "1", null, [1]])(
    "items %j is not understood",
    async (items) => {
      const message = { type: "reserve", operation: { ...operation(), items } };
      expect((await agent.ask(message)).message).toMatchObject({ type: "error" });
      expect(await remaining()).toBe(3);
    },
  );

  it("more items than are left are refused, and take nothing", async () => {
    const { message } = await agent.ask({ type: "reserve", operation: operation(4) });
    expect(message).toMatchObject({ type: "refused", reason: "budget-spent" });
    expect(await remaining()).toBe(3);
  });
});

describe("H2: what an agent leaves out of its variables", () => {
  it.each([
    ["a variable left out", {}, "HOLDFAST_CONFIG_DIR"],
    ["one of its own", { HOLDFAST_FOO: "1" }, "HOLDFAST_"],
  ])("%s is refused and named", async (_, variables, named) => {
    const { message } = await agent.ask({ type: "reserve", operation: operation() }, { variables });
    expect(message).toMatchObject({ type: "refused", reason: "environment-changed" });
    expect(message?.detail).toContain(named);
  });
});

it("the receipt tells the raw attempts too", async () => {
  await agent.ask({ type: "reserve", operation: operation(4) });
  agent.leave();
  expect((await session.ended).stderr).toMatch(/refused {2}4\n.*\[budget-spent\]/s);
  expect(stage.api.mutations).toEqual([]);
});
