// A gateway whose agent was started in a session: the session's grant is the gateway's as well.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openGateway, type StdioGateway } from "../support/gateway-client.ts";
import { exists, workspace } from "../support/scripts.ts";
import { type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let gateway: StdioGateway;
beforeAll(async () => {
  stage = await setStage({ asks: true });
  const grant = ["--allow-delete=workspaces", "--max-deletes=1"];
  gateway = await openGateway(stage, { inside: ["harness", "exec", ...grant, "--"] });
});
afterAll(async () => {
  await gateway.close();
  await stage.close();
});
beforeEach(() => stage.api.reset());

const destroy = (path: string) => gateway.call("hcp_request", { method: "DELETE", path });

describe("a gateway inside a session", () => {
  it("deletes what the session grants, within its budget, and nothing else", async () => {
    const [first, second] = [workspace(stage, "tmp-000"), workspace(stage, "tmp-001")];
    const granted = await destroy(`/workspaces/${first}`);
    expect([granted.isError, granted.result.reason]).toEqual([false, "granted"]);
    const spent = await destroy(`/workspaces/${second}`);
    expect([spent.result.status, spent.result.reason]).toEqual(["waiting", "budget-spent"]);
    expect([exists(stage, first), exists(stage, second)]).toEqual([false, true]);
  });

  it("offers to widen the session for a class that it does not grant", async () => {
    const { result } = await destroy("/projects/prj-ceNhEahtPNkh9HN4");
    const widen = `holdfast approve ${result.request?.id} --session`;
    expect([result.status, result.reason]).toEqual(["waiting", "class-not-granted"]);
    expect(result.remedies.map(({ command }) => command)).toContain(widen);
  });

  it("runs no command by it: no session grants commands", async () => {
    const { result } = await gateway.call("shell_exec", { command: "rm -r nothing-here" });
    expect([result.status, result.reason]).toEqual(["waiting", "class-not-granted"]);
    expect(result.remedies.map(({ for: what }) => what)).not.toContain("this session");
  });
});
