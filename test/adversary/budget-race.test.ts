// Many callers at the same moment: the budget holds, counted where it matters, at the API.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AgentStage, type Inhabited, setAgentStage } from "../support/agent.ts";
import { freshWorkspace, removal, varsetOf } from "../support/workspaces.ts";

let stage: AgentStage;
beforeAll(async () => {
  stage = await setAgentStage();
});
afterAll(() => stage.close());
beforeEach(() => stage.api.reset());

async function leave({ agent, ended }: Inhabited): Promise<string> {
  agent.leave();
  return (await ended).stderr;
}

describe("B1: the budget", () => {
  it("64 deletes at once, 10 allowed: exactly 10 are sent, 54 are refused", async () => {
    const session = await stage.enter(["--allow-delete=workspaces", "--max-deletes=10"]);
    const jobs = await Promise.all(
      Array.from({ length: 64 }, () => session.agent.start(removal(stage.api))),
    );
    const results = await Promise.all(jobs.map((job) => job.join()));
    expect(stage.api.mutations).toHaveLength(10);
    expect(results.filter(({ code }) => code === 0)).toHaveLength(10);
    const refused = results.filter(({ code }) => code === 7);
    expect(refused).toHaveLength(54);
    for (const { stderr } of refused) expect(stderr).toContain("[budget-spent]");
    expect(await leave(session)).toMatch(/deleted {2}10\n.*refused {2}54\n/s);
  });

  it("at once through an inner session with a larger budget: exactly the outer's are sent", async () => {
    const outer = await stage.enter(["--allow-delete=workspaces", "--max-deletes=4"]);
    const inner = await stage.enterWithin(outer.agent, ["--allow-delete=all"]);
    const jobs = await Promise.all(
      Array.from({ length: 16 }, () => inner.agent.start(removal(stage.api))),
    );
    const results = await Promise.all(jobs.map((job) => job.join()));
    expect(stage.api.mutations).toHaveLength(4);
    expect(results.filter(({ code }) => code === 7)).toHaveLength(12);
    inner.agent.leave();
    expect(await leave(outer)).toMatch(/deleted {2}4\n.*refused {2}12\n/s);
  });

  it("a bulk body counts each item, and is never cut down to what is left", async () => {
    const session = await stage.enter(["--allow-delete=varset-workspaces", "--max-deletes=5"]);
    const ids = Array.from({ length: 4 }, () => freshWorkspace(stage.api));
    const varset = varsetOf(stage.api, ids);
    const words = (these: readonly string[]) => [
      "api",
      `/varsets/${varset}/relationships/workspaces`,
      ...["-X", "DELETE", "-i"],
      JSON.stringify({ data: these.map((id) => ({ type: "workspaces", id })) }),
    ];
    expect((await session.agent.run(words(ids.slice(0, 3)))).stderr).toContain(", 2 left");
    const second = await session.agent.run(words(ids));
    expect(second.stderr).toContain("2 of 5 left, 4 asked for [budget-spent]");
    expect(second.code).toBe(7);
    expect((await session.agent.run(words(ids.slice(3)))).code).toBe(0);
    expect(stage.api.mutations).toHaveLength(2);
    expect(await leave(session)).toMatch(/deleted {2}4\n.*refused {2}4\n/s);
  });
});
