// Sessions inside sessions: both must allow, both pay, and neither remembers the other's answer.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Agent, type AgentStage, setAgentStage } from "../support/agent.ts";
import { operationOn } from "../support/summary.ts";
import { removal } from "../support/workspaces.ts";

let stage: AgentStage;
beforeAll(async () => {
  stage = await setAgentStage();
});
afterAll(() => stage.close());
beforeEach(() => stage.api.reset());

const remove = (id?: string) => removal(stage.api, id);

/** Starts a session for each list of flags, each inside the one before. */
async function nest(...levels: readonly (readonly string[])[]): Promise<Agent[]> {
  const [first = [], ...rest] = levels;
  const agents = [(await stage.enter(first)).agent];
  for (const flags of rest) {
    const outer = agents.at(-1);
    if (outer !== undefined) agents.push((await stage.enterWithin(outer, flags)).agent);
  }
  return agents;
}

const counts = async (agent: Agent) => {
  const { message } = await agent.ask({ type: "describe" });
  return message?.description as Readonly<Record<string, unknown>>;
};

describe("N8: an inner session only narrows", () => {
  it("outer 3, inner 100: three are sent, and both ledgers say so", async () => {
    const [outer, inner] = await nest(
      ["--allow-delete=workspaces", "--max-deletes=3"],
      ["--allow-delete=workspaces", "--max-deletes=100"],
    );
    if (outer === undefined || inner === undefined) throw new Error("no sessions");
    const codes: (number | null)[] = [];
    for (let n = 0; n < 5; n++) codes.push((await inner.run(remove())).code);
    expect(codes).toEqual([0, 0, 0, 7, 7]);
    expect(stage.api.mutations).toHaveLength(3);
    const known = {
      spent: 3,
      reserved: 0,
      counts: { deleted: 3, refused: 2, failed: 0, unknown: 0 },
    };
    expect(await counts(inner)).toMatchObject(known);
    expect(await counts(outer)).toMatchObject(known);
    inner.leave();
    outer.leave();
  });

  it("the outer session's refusal reaches the caller with the outer session's id", async () => {
    const [outer, inner] = await nest(
      ["--allow-delete=workspaces", "--max-deletes=1"],
      ["--allow-delete=workspaces"],
    );
    if (outer === undefined || inner === undefined) throw new Error("no sessions");
    const { id: outerId } = await counts(outer);
    const { id: innerId } = await counts(inner);
    expect((await inner.run(remove())).stderr).toContain(`session ${innerId} allows`);
    expect((await inner.run(remove())).stderr).toContain(
      `session ${outerId} has too little of its budget left: 0 of 1 left, 1 asked for [budget-spent]`,
    );
    inner.leave();
    outer.leave();
  });

  // The workspace of each row: `empty` is reversible, `full` manages resources.
  it.each([
    ["all", "workspaces", "tmp", 0, "granted"],
    ["all", "workspaces", "payments-dev", 7, "not-reversible"],
    ["workspaces", "all", "tmp", 0, "granted"],
    ["workspaces", "all", "payments-dev", 7, "not-reversible"],
    ["all", "all", "tmp", 0, "granted"],
    ["vars", "all", "tmp", 7, "class-not-granted"],
    ["all", "vars", "tmp", 7, "class-not-granted"],
    ["vars", "workspaces", "tmp", 7, "class-not-granted"],
    ["workspaces", "workspaces", "tmp", 0, "granted"],
  ])(
    "outer %s, inner %s, %s: exit %i (%s)",
    async (outerClass, innerClass, which, code, reason) => {
      const [outer, inner] = await nest(
        [`--allow-delete=${outerClass}`],
        [`--allow-delete=${innerClass}`],
      );
      const named = stage.api.state.named("workspaces", "payments-dev", "acme")?.id;
      const result = await inner?.run(remove(which === "tmp" ? undefined : named));
      expect(result?.code).toBe(code);
      expect(result?.stderr).toContain(reason === "granted" ? "allows DELETE" : `[${reason}]`);
      expect(stage.api.mutations).toHaveLength(code === 0 ? 1 : 0);
      inner?.leave();
      outer?.leave();
    },
  );

  it("three levels: the narrowest decides, and all three pay", async () => {
    const [top, middle, inner] = await nest(
      ["--allow-delete=workspaces", "--max-deletes=9"],
      ["--allow-delete=all", "--max-deletes=2"],
      ["--allow-delete=workspaces", "--max-deletes=5"],
    );
    if (!top || !middle || !inner) throw new Error("no sessions");
    const results = [];
    for (let n = 0; n < 3; n++) results.push(await inner.run(remove()));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 7]);
    const { id } = await counts(middle);
    expect(results[2]?.stderr).toContain(`session ${id} has too little of its budget left`);
    for (const each of [top, middle, inner])
      expect(await counts(each)).toMatchObject({ spent: 2, reserved: 0 });
    expect(stage.api.mutations).toHaveLength(2);
    for (const each of [inner, middle, top]) each.leave();
  });

  it("a revoked outer session stops the inner one", async () => {
    const [outer, inner] = await nest(["--allow-delete=workspaces"], ["--allow-delete=workspaces"]);
    await outer?.ask({ type: "revoke" });
    const result = await inner?.run(remove());
    expect(result?.stderr).toContain("[revoked]");
    expect(stage.api.mutations).toEqual([]);
    inner?.leave();
    outer?.leave();
  });

  it("an outer session that is gone stops the inner one", async () => {
    const outer = await stage.enter(["--allow-delete=workspaces"]);
    const inner = await stage.enterWithin(outer.agent, ["--allow-delete=workspaces"]);
    const gone = new Promise((resolve) => outer.wrapper.once("exit", resolve));
    outer.wrapper.kill("SIGKILL");
    await gone;
    const result = await inner.agent.run(remove());
    expect(result.stderr).toContain("[not-live]");
    expect(result.code).toBe(7);
    expect(stage.api.mutations).toEqual([]);
    inner.agent.leave();
    outer.agent.leave();
  });
});

describe("B2: an inner host that dies on the way", () => {
  it("before sending: the outer session gets its items back", async () => {
    const outer = await stage.enter(["--allow-delete=workspaces", "--max-deletes=3"]);
    const inner = await stage.enterWithin(outer.agent, ["--allow-delete=workspaces"]);
    const talk = await inner.agent.talk();
    const operation = operationOn(stage.api.address, "workspaces", 2);
    await talk.say({ type: "reserve", operation });
    expect(await counts(outer.agent)).toMatchObject({ reserved: 2, spent: 0 });
    await inner.job.kill("SIGKILL");
    await expect.poll(() => counts(outer.agent)).toMatchObject({ reserved: 0, spent: 0 });
    expect((await talk.say({ type: "sending" })).ended).toBe(true);
    outer.agent.leave();
    inner.agent.leave();
  });

  it("after sending: the items are spent, and unknown", async () => {
    const outer = await stage.enter(["--allow-delete=workspaces", "--max-deletes=3"]);
    const inner = await stage.enterWithin(outer.agent, ["--allow-delete=workspaces"]);
    const talk = await inner.agent.talk();
    await talk.say({ type: "reserve", operation: operationOn(stage.api.address, "workspaces", 2) });
    expect((await talk.say({ type: "sending" })).message).toEqual({ type: "go" });
    await inner.job.kill("SIGKILL");
    await expect
      .poll(() => counts(outer.agent))
      .toMatchObject({ reserved: 0, spent: 2, counts: { unknown: 2 } });
    outer.agent.leave();
    inner.agent.leave();
    expect((await outer.ended).stderr).toMatch(/unknown {2}2\n/);
  });

  it("its command belongs to nobody then: refused with either token", async () => {
    const outer = await stage.enter(["--allow-delete=workspaces"]);
    const inner = await stage.enterWithin(outer.agent, ["--allow-delete=workspaces"]);
    await inner.job.kill("SIGKILL");
    await expect.poll(async () => (await inner.agent.facts()).ppid).not.toBe(inner.job.pid);
    const own = await inner.agent.run(remove());
    expect(own.stderr).toContain("[not-live]");
    const { env } = await outer.agent.facts();
    const token = env.HOLDFAST_EXEC_SESSION ?? "";
    const outers = await inner.agent.run(remove(), { HOLDFAST_EXEC_SESSION: token });
    expect(outers.stderr).toMatch(/\[(detached|not-a-descendant)\]/);
    expect(stage.api.mutations).toEqual([]);
    inner.agent.leave();
    outer.agent.leave();
  });
});

describe("a claim's steps through two sessions", () => {
  it("a result before sending does not leave the outer session out", async () => {
    const [outer, inner] = await nest(
      ["--allow-delete=workspaces", "--max-deletes=1"],
      ["--allow-delete=workspaces", "--max-deletes=9"],
    );
    if (outer === undefined || inner === undefined) throw new Error("no sessions");
    const talk = await inner.talk();
    await talk.say({ type: "reserve", operation: operationOn(stage.api.address, "workspaces") });
    const early = await talk.say({ type: "result", outcome: "succeeded" });
    expect(early.message).toMatchObject({ type: "error" });
    expect((await talk.say({ type: "sending" })).message).toEqual({ type: "go" });
    expect(await counts(outer)).toMatchObject({ spent: 1 });
    inner.leave();
    outer.leave();
  });

  it("registering as an inner host many times changes nothing", async () => {
    const [outer] = await nest(["--allow-delete=workspaces"]);
    for (let n = 0; n < 20; n++) await outer?.ask({ type: "nest" });
    const operation = operationOn(stage.api.address, "workspaces");
    expect((await outer?.ask({ type: "reserve", operation }))?.message?.type).toBe("allowed");
    // What it starts is below an inner session now, which it never started.
    expect((await outer?.run(remove()))?.stderr).toContain("[environment-changed]");
    outer?.leave();
  });
});
