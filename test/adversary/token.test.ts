// A session's token in the wrong hands: what a leaked one is worth.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AgentStage, type Inhabited, setAgentStage } from "../support/agent.ts";
import { operationOn } from "../support/summary.ts";
import { removal } from "../support/workspaces.ts";

let stage: AgentStage;
let session: Inhabited;
let token: string;
let words: string[];

beforeAll(async () => {
  stage = await setAgentStage();
  session = await stage.enter(["--allow-delete=all,workspaces"]);
  token = (await session.agent.facts()).env.HOLDFAST_EXEC_SESSION ?? "";
  words = removal(stage.api);
});
afterAll(() => stage.close());
beforeEach(() => stage.api.reset());

describe("C3: a leaked token", () => {
  it("grants nothing to a sibling of the session", async () => {
    const result = await stage.run(words, {
      env: { ...stage.env, HOLDFAST_EXEC_SESSION: token },
    });
    expect(result.stderr).toMatch(/\[(not-a-descendant|detached)\]/);
    expect(result.code).toBe(7);
    expect(stage.api.mutations).toEqual([]);
  });

  it("grants nothing to a sibling that speaks to the host itself", async () => {
    const outsider = await stage.outside({ HOLDFAST_EXEC_SESSION: token });
    const { pid: inside } = await session.agent.facts();
    const operation = operationOn(stage.api.address, "workspaces");
    for (const claimed of [{}, { pid: inside }, { pid: session.wrapper.pid ?? 0 }]) {
      const { message } = await outsider.ask({ type: "reserve", operation }, claimed);
      expect(message?.reason).toMatch(/^(not-a-descendant|detached)$/);
    }
    outsider.leave();
  });

  it("grants nothing to another session's command", async () => {
    const other = await stage.enter(["--allow-delete=vars"]);
    const result = await other.agent.run(words, { HOLDFAST_EXEC_SESSION: token });
    expect(result.stderr).toMatch(/\[(not-a-descendant|detached)\]/);
    expect(result.code).toBe(7);
    expect(stage.api.mutations).toEqual([]);
    other.agent.leave();
    await other.ended;
  });

  it("N2: grants nothing from inside an inner session, where the outer one's would", async () => {
    const inner = await stage.enterWithin(session.agent, ["--allow-delete=vars"]);
    const result = await inner.agent.run(words, { HOLDFAST_EXEC_SESSION: token });
    expect(result.stderr).toContain("HOLDFAST_EXEC_SESSION differs from what session");
    expect(result.stderr).toContain("[environment-changed]");
    expect(result.code).toBe(7);
    const operation = operationOn(stage.api.address, "workspaces");
    const socket = await session.agent.hostSocket();
    const raw = await inner.agent.ask({ type: "reserve", operation }, { socket });
    expect(raw.message).toMatchObject({ type: "refused", reason: "environment-changed" });
    expect(stage.api.mutations).toEqual([]);
    inner.agent.leave();
    await inner.job.join();
  });

  it("is never printed: not by list, show, a refusal or the receipt", async () => {
    const printed = await Promise.all([
      stage.run(["session", "list"]),
      stage.run(["session", "list", "--json"]),
      stage.run([...words, "--json"], { env: { ...stage.env, HOLDFAST_EXEC_SESSION: token } }),
      session.agent.run(["api", "/projects/prj-1", "-X", "DELETE", "--json"]),
    ]);
    for (const { stdout, stderr } of printed) expect(stdout + stderr).not.toContain(token);
    expect(printed[3].stderr).toContain("[not-reversible]");
  });
});

describe("H2, C4: a HOLDFAST_ variable that is switched inside is refused and named", () => {
  it.each([
    ["the store", { HOLDFAST_CONFIG_DIR: "/nowhere" }, "HOLDFAST_CONFIG_DIR"],
    ["a store that is not absolute", { HOLDFAST_CONFIG_DIR: "here" }, "HOLDFAST_CONFIG_DIR"],
    ["no store", { HOLDFAST_CONFIG_DIR: null }, "HOLDFAST_CONFIG_DIR"],
    ["the sockets", { HOLDFAST_RUNTIME_DIR: "/nowhere" }, "HOLDFAST_RUNTIME_DIR"],
    [
      "a directory for sockets that is open",
      { HOLDFAST_RUNTIME_DIR: "/tmp" },
      "HOLDFAST_RUNTIME_DIR",
    ],
    ["no directory for sockets", { HOLDFAST_RUNTIME_DIR: null }, "HOLDFAST_RUNTIME_DIR"],
    ["one that means nothing", { HOLDFAST_FOO: "1" }, "HOLDFAST_FOO"],
    ["an empty one", { HOLDFAST_FOO: "" }, "HOLDFAST_FOO"],
    ["no token", { HOLDFAST_EXEC_SESSION: null }, "HOLDFAST_EXEC_SESSION"],
    ["an empty token", { HOLDFAST_EXEC_SESSION: "" }, "HOLDFAST_EXEC_SESSION"],
    ["garbage for a token", { HOLDFAST_EXEC_SESSION: "../../etc/passwd" }, "HOLDFAST_EXEC_SESSION"],
    ["a token of no session", { HOLDFAST_EXEC_SESSION: "A".repeat(32) }, "HOLDFAST_EXEC_SESSION"],
    ["a token in lower case", { HOLDFAST_EXEC_SESSION: "a".repeat(32) }, "HOLDFAST_EXEC_SESSION"],
  ])("%s", async (_, changes, named) => {
    const result = await session.agent.run(words, changes);
    expect(result.stderr).toContain("refused, nothing sent");
    expect(result.stderr).toContain(named);
    expect(result.code).toBe(7);
    expect(stage.api.mutations).toEqual([]);
  });

  it("a variable that the session had and its command has not", async () => {
    const other = await stage.enter(["--allow-delete=workspaces"], { HOLDFAST_BAR: "1" });
    const result = await other.agent.run(words, { HOLDFAST_BAR: null });
    expect(result.stderr).toContain("HOLDFAST_BAR differs");
    expect(result.stderr).toContain("[environment-changed]");
    expect(stage.api.mutations).toEqual([]);
    other.agent.leave();
    await other.ended;
  });

  it("one that is too long for a socket is refused by name (exit 1)", async () => {
    const result = await session.agent.run(words, { HOLDFAST_RUNTIME_DIR: `/${"x".repeat(200)}` });
    expect(result.stderr).toContain("HOLDFAST_RUNTIME_DIR");
    expect(result.code).toBe(1);
    expect(stage.api.mutations).toEqual([]);
  });
});

it("what was refused above is allowed as it stands: the session was live all the time", async () => {
  expect((await session.agent.run(words)).code).toBe(0);
  expect(stage.api.mutations).toHaveLength(1);
});
