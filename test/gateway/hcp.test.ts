// hcp_request, through a real client, a real server process and a person at a terminal.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, sitDown } from "../support/desk.ts";
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

const destroy = async (name: string) => {
  const id = workspace(stage, name);
  return { id, called: await gateway.call("hcp_request", deletion(id)) };
};

describe("hcp_request", () => {
  it("reads, and changes what destroys nothing", async () => {
    const id = workspace(stage, "tmp-000");
    const read = await gateway.call("hcp_request", { method: "GET", path: `/workspaces/${id}` });
    expect([read.isError, read.result.status, read.result.effect]).toEqual([
      false,
      "done",
      "allow",
    ]);
    expect(read.result.output).toMatchObject({ status: 200, body: { data: { id } } });
    const attributes = { description: "harmless" };
    const body = { data: { type: "workspaces", id, attributes } };
    const path = `/workspaces/${id}`;
    const changed = await gateway.call("hcp_request", { method: "PATCH", path, body });
    expect([changed.isError, changed.result.execution]).toEqual([
      false,
      { outcome: "succeeded", status: 200 },
    ]);
  });

  it("G1, S1: a deletion waits, is an error meanwhile, and goes through once after a yes", async () => {
    const { id, called } = await destroy("tmp-001");
    expect([called.isError, called.result.status, called.result.effect]).toEqual([
      true,
      "waiting",
      "deny",
    ]);
    const request = called.result.request?.id ?? "";
    expect(called.text).toContain(`holdfast approve ${request}`);
    expect(called.text).toContain("call hcp_request again with the same arguments");
    expect([exists(stage, id), stage.api.mutations]).toEqual([true, []]);

    const told = await desk.answer(["approve", request], "y");
    expect(told.code).toBe(0);
    const done = await gateway.call("hcp_request", deletion(id));
    expect([done.isError, done.result.reason, exists(stage, id)]).toEqual([
      false,
      "approved",
      false,
    ]);
    const again = await gateway.call("hcp_request", deletion(id));
    expect(again.isError).toBe(true);
    expect(again.result.status).not.toBe("done");
  });

  it("an approval for one deletion is none for another", async () => {
    const { called } = await destroy("tmp-002");
    await desk.answer(["approve", called.result.request?.id ?? ""], "y");
    const { id, called: other } = await destroy("tmp-003");
    expect([other.result.status, exists(stage, id)]).toEqual(["waiting", true]);
  });

  it("a person's no lasts, and names what a person could type", async () => {
    const { id, called } = await destroy("tmp-004");
    await desk.answer(["deny", called.result.request?.id ?? ""]);
    const again = await gateway.call("hcp_request", deletion(id));
    expect([again.result.status, again.result.reason]).toEqual(["refused", "denied"]);
    expect(again.result.remedies.map(({ command }) => command).join()).toContain("reopen");
  });

  it("what the API refuses is a failure, with what it said", async () => {
    const missing = await gateway.call("hcp_request", {
      method: "GET",
      path: "/workspaces/ws-none",
    });
    expect([missing.isError, missing.result.status]).toEqual([true, "failed"]);
    expect(missing.result.error?.code).toBe("not-found");
  });

  it.each([
    [{ method: "get", path: "/x" }, "method"],
    [{ method: "DELETE", path: "workspaces" }, "path"],
    [{ method: "DELETE", path: "/w", force: true }, "force"],
    [{ method: "DELETE", path: ["/w"] }, "path"],
    [{ method: "DELETE", path: "/w", query: { a: 1 } }, "query.a"],
  ])("input that the schema has not is refused: %j", async (input, named) => {
    const called = await gateway.call("hcp_request", input);
    expect([called.isError, called.result.error?.code]).toEqual([true, "invalid-input"]);
    const relative = await gateway.call("hcp_request", { method: "GET", path: "organizations" });
    expect(relative.text).toContain("path: must start with /");
    const path = "/organizations/{organization}/workspaces";
    const unfilled = await gateway.call("hcp_request", { method: "GET", path });
    expect(unfilled.text).toContain("{organization} is a placeholder, and none is filled here");
    expect(unfilled.text).toMatch(/\n {2}fix {2}write the organization's name/);
    expect(called.text).toContain(named);
    expect(stage.api.mutations).toEqual([]);
  });

  it.each([
    "/../../evil",
    "/workspaces/..%2f..",
    "//evil.example/api",
    "/workspaces/ws-1?_method=x",
  ])("a path that would lead elsewhere is refused: %s", async (path) => {
    const called = await gateway.call("hcp_request", { method: "DELETE", path });
    expect(called.isError).toBe(true);
    expect(stage.api.mutations).toEqual([]);
  });

  it("an organization is deleted by hand or not at all", async () => {
    const path = "/organizations/acme";
    const called = await gateway.call("hcp_request", { method: "DELETE", path });
    expect([called.result.status, called.result.request]).toEqual(["refused", undefined]);
  });
});
