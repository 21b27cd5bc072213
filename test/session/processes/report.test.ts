// What an approval or an allowlist entry let through inside a session stands on its receipt, and on
// that of the session around it.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Agent, type AgentStage, setAgentStage } from "../../support/agent.ts";
import { auditEntries } from "../../support/live-session.ts";
import { countsInLog } from "../../support/log-counts.ts";
import { operationOn } from "../../support/summary.ts";

let stage: AgentStage;
beforeAll(async () => {
  stage = await setAgentStage();
});
afterAll(() => stage.close());

const told = async (agent: Agent) => {
  const { message } = await agent.ask({ type: "describe" });
  return message?.description as {
    readonly id: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly entries: readonly { readonly result: string; readonly reason?: string }[];
  };
};

describe("a report", () => {
  it("takes the place of the refusal before it, here and around, in the receipt and in the log", async () => {
    const { agent: outer, ended } = await stage.enter(["--allow-delete=workspaces"]);
    const { agent: inner } = await stage.enterWithin(outer, ["--allow-delete=workspaces"]);
    const operation = operationOn(stage.api.address, "projects", 1, "/api/v2/projects/prj-1");
    const other = { ...operation, path: "/api/v2/projects/prj-2" };
    for (const each of [operation, other, operation])
      expect((await inner.ask({ type: "reserve", operation: each })).message?.type).toBe("refused");
    const report = {
      type: "report",
      operation,
      reason: "approved",
      outcome: "succeeded",
      status: 204,
    };
    expect((await inner.ask(report)).message).toEqual({ type: "done" });
    const entries = auditEntries(stage.env.HOLDFAST_CONFIG_DIR ?? "");
    for (const agent of [inner, outer]) {
      const { id, counts, entries: lines } = await told(agent);
      expect(counts).toEqual({ deleted: 1, failed: 0, unknown: 0, refused: 2 });
      expect(lines.at(-1)).toMatchObject({ result: "deleted", reason: "approved", status: 204 });
      const own = entries.filter(({ session }) => session === id);
      expect(countsInLog(own)).toEqual(counts);
      expect(own.at(-1)).toMatchObject({ event: "outcome", reason: "approved", status: 204 });
    }
    inner.leave();
    outer.leave();
    expect((await ended).stderr).toMatch(/deleted {2}1\n.*prj-1 \[approved\]\n/);
  });

  it("costs nothing of the budget, and needs no grant", async () => {
    const { agent, ended } = await stage.enter(["--max-deletes=1"]);
    const operation = operationOn(stage.api.address, "projects", 5);
    for (const outcome of ["succeeded", "failed_no_effect", "unknown"])
      await agent.ask({ type: "report", operation, reason: "allowlisted", outcome });
    const { counts, spent } = (await told(agent)) as unknown as { counts: object; spent: number };
    expect([counts, spent]).toEqual([{ deleted: 5, failed: 5, unknown: 5, refused: 0 }, 0]);
    agent.leave();
    await ended;
  });
});
