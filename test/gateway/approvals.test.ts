// request_approval and check_approval: rows 29 to 33 of the attacks on a gateway.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openGateway as open } from "../../src/gateway/gateway.ts";
import { runTool } from "../../src/gateway/run-tool.ts";
import { TOOLS } from "../../src/gateway/tools.ts";
import { type Desk, requestIn, sitDown } from "../support/desk.ts";
import { openGateway, type StdioGateway } from "../support/gateway-client.ts";
import { exists, workspace } from "../support/scripts.ts";
import { type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let desk: Desk;
let gateway: StdioGateway;
beforeAll(async () => {
  stage = await setStage({ asks: true });
  desk = await sitDown(stage);
  gateway = await openGateway(stage);
});
afterAll(async () => {
  await gateway.close();
  await desk.close();
  await stage.close();
});
beforeEach(() => stage.api.reset());

const deletion = (id: string) => ({ method: "DELETE", path: `/workspaces/${id}` });
const ask = (id: string, reason: string) =>
  gateway.call("request_approval", { tool: "hcp_request", arguments: deletion(id), reason });
const check = (id: string) => gateway.call("check_approval", { request_id: id });

describe("row 29: the words of an agent", () => {
  it("the card is made of the operation; what the agent says stands beside it, as its own (N2)", async () => {
    const id = workspace(stage, "tmp-000");
    const asked = await ask(id, "restart cache in the dev sandbox");
    expect([asked.isError, asked.result.status]).toEqual([false, "waiting"]);
    const request = asked.result.request?.id ?? "";
    const told = await desk.answer(["approve", request], "n");
    expect(told.screen).toContain("tmp-000");
    expect(told.screen).toMatch(/DELETE \/workspaces\/ws-/);
    expect(told.screen).toMatch(/unverified[\s\S]*restart cache|restart cache[\s\S]*unverified/);
  });

  it("P1: asking carries nothing out, approved or not, and says so where nobody needs to be asked", async () => {
    const id = workspace(stage, "tmp-001");
    const first = await ask(id, "tidy up");
    const request = first.result.request?.id ?? "";
    await desk.answer(["approve", request], "y");
    const second = await ask(id, "again");
    expect([second.isError, second.result.status, second.result.reason]).toEqual([
      false,
      "done",
      "approved",
    ]);
    expect([exists(stage, id), stage.api.mutations]).toEqual([true, []]);
    const read = { method: "GET", path: `/workspaces/${id}` };
    const reading = await gateway.call("request_approval", {
      ...{ tool: "hcp_request", arguments: read, reason: "may I look?" },
    });
    expect(reading.text).toContain("nobody needs to be asked");
    const done = await gateway.call("hcp_request", deletion(id));
    expect([done.result.status, exists(stage, id)]).toEqual(["done", false]);
  });

  it.each([
    [{ tool: "nope", arguments: {}, reason: "x" }, "no-such-tool"],
    [{ tool: "request_approval", arguments: {}, reason: "x" }, "no-such-tool"],
    [{ tool: "hcp_request", arguments: { method: "X" }, reason: "x" }, "invalid-input"],
    [
      { tool: "hcp_request", arguments: { method: "GET", path: "/x" }, reason: "" },
      "invalid-input",
    ],
    [{ tool: "hcp_request", arguments: [], reason: "x" }, "invalid-input"],
  ])("what is no call of a tool cannot be asked for: %j", async (input, code) => {
    const called = await gateway.call("request_approval", input);
    expect([called.isError, called.result.error?.code]).toEqual([true, code]);
  });
});

describe("row 31, 32: an approval", () => {
  it("row 31: says when it ends, and is not good once it was taken back", async () => {
    const id = workspace(stage, "tmp-010");
    const asked = await ask(id, "tidy up");
    const request = asked.result.request?.id ?? "";
    expect(Date.parse(asked.result.request?.expiresAt ?? "")).toBeGreaterThan(Date.now());
    await desk.answer(["approve", request], "y");
    expect((await check(request)).result.output).toMatchObject({ status: "approved" });
    const taken = await desk.answer(["approval", "withdraw", request]);
    expect(taken.screen).toContain("the approval is revoked");
    const called = await gateway.call("hcp_request", deletion(id));
    expect([called.result.status, exists(stage, id)]).toEqual(["waiting", true]);
  });

  it("row 32: what was approved runs when the same call is made again", async () => {
    const id = workspace(stage, "tmp-011");
    const called = await gateway.call("hcp_request", deletion(id));
    await desk.answer(["approve", called.result.request?.id ?? ""], "y");
    expect((await gateway.call("hcp_request", deletion(id))).result.status).toBe("done");
    const { result } = await check(called.result.request?.id ?? "");
    expect(result.output).toMatchObject({
      status: "succeeded",
      answers: [{ verdict: "approve", typed: `holdfast approve ${called.result.request?.id}` }],
    });
  });
});

describe("row 33: whose request it is", () => {
  it("another lineage's request is as if it were not there, and asking again takes nothing over (N1, Q1)", async () => {
    const id = workspace(stage, "tmp-020");
    const other = await desk.script(["api", `/workspaces/${id}`, "-X", "DELETE"]);
    const request = requestIn(other.screen);
    const found = await check(request);
    expect([found.isError, found.result.error?.code]).toEqual([true, "no-request"]);
    const own = await gateway.call("hcp_request", deletion(id));
    expect(own.result.request?.id).not.toBe(request);
    // A yes to the other one is none to ours.
    await desk.answer(["approve", request], "y");
    expect((await gateway.call("hcp_request", deletion(id))).result.status).toBe("waiting");
    expect(exists(stage, id)).toBe(true);
  });

  it("no tool approves, rejects, grants or edits policy", async () => {
    const { tools } = await gateway.client.listTools();
    const names = tools.map(({ name }) => name);
    expect(names).toContain("check_approval");
    expect(names.filter((name) => /approve|reject|deny|grant|allow|policy/.test(name))).toEqual([]);
  });
});

describe("row 30, 41: what policy denies", () => {
  const DENIES = [
    "version: 1",
    "rules:",
    "  - id: keep-workspaces",
    "    effect: deny",
    "    because: workspaces stay",
    "    kinds: [hcp]",
    "    actions: [DELETE]",
    "    classes: [workspaces]",
    "",
  ].join("\n");
  const policy = (name: string, text: string) => {
    const path = join(stage.directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };

  it("row 30: no approval applies it, and the result names the rule, with file and line", async () => {
    const path = policy("row-30.yaml", "version: 1\n");
    const strict = await openGateway(stage, { words: ["--policy", path] });
    try {
      const id = workspace(stage, "tmp-021");
      const first = await strict.call("hcp_request", deletion(id));
      const request = first.result.request?.id ?? "";
      expect((await desk.answer(["approve", request], "y")).code).toBe(0);
      policy("row-30.yaml", DENIES);
      const called = await strict.call("hcp_request", deletion(id));
      expect([called.isError, called.result.status, called.result.reason]).toEqual([
        true,
        "refused",
        "policy-denied",
      ]);
      expect(called.result.rule).toMatchObject({
        ...{ id: "keep-workspaces", effect: "deny", because: "workspaces stay" },
        where: `${path}:3`,
      });
      expect(called.text).toContain("workspaces stay");
      const asked = { tool: "hcp_request", arguments: deletion(id), reason: "please" };
      const proposed = await strict.call("request_approval", asked);
      expect([proposed.isError, proposed.result.request]).toEqual([true, undefined]);
      expect(exists(stage, id)).toBe(true);
    } finally {
      await strict.close();
    }
  });

  it("row 41: two gateways in one process each have their own policy", async () => {
    const { env, directory } = stage;
    const surroundings = { env, home: directory, cwd: directory, version: "0", tell: () => {} };
    const strict = await open("dev", policy("row-41.yaml", DENIES), surroundings);
    const lenient = await open("dev", undefined, surroundings);
    const tool = TOOLS.get("hcp_request");
    if (tool === undefined) throw new Error("no hcp_request");
    const id = workspace(stage, "tmp-022");
    const ports = { signal: new AbortController().signal, progress: () => {}, onReading: () => {} };
    for (const [gateway, reason] of [
      [strict, "policy-denied"],
      [lenient, "no-session"],
      [strict, "policy-denied"],
    ] as const) {
      const { structured } = await runTool(tool, deletion(id), gateway, ports);
      expect(structured.reason).toBe(reason);
    }
  });
});
