// R6 of run.ts with real processes: policy is asked about every operation, whatever covers it.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, requestIn, sitDown } from "../support/desk.ts";
import { exists, workspace } from "../support/scripts.ts";
import { type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let desk: Desk;
beforeAll(async () => {
  stage = await setStage({ asks: true });
  desk = await sitDown(stage);
});
afterAll(async () => {
  await desk.close();
  await stage.close();
});
beforeEach(() => {
  stage.api.reset();
  rmSync(policyFile(), { force: true });
});

const policyFile = () => join(stage.directory, "c", "policy.yaml");

function policy(...rules: readonly string[]): void {
  mkdirSync(join(stage.directory, "c"), { recursive: true, mode: 0o700 });
  const text = ["version: 1", "rules:", ...rules].join("\n");
  writeFileSync(policyFile(), `${text}\n`, { mode: 0o600 });
}

const NO_WORKSPACES = `  - id: keep-workspaces
    effect: deny
    because: they are everybody's
    kinds: [hcp]
    actions: [DELETE]
    classes: [workspaces]`;
const ASK_CHANGES = `  - id: ask-changes
    effect: ask
    kinds: [hcp]
    impacts: [change]`;
const NO_STATES = `  - id: no-states
    effect: deny
    kinds: [hcp]
    actions: [GET]
    classes: ["*"]
    names: ["ws-*"]`;

describe("R6: policy is asked about every operation", () => {
  it("a rule that denies stands before a session's grant, and says where it stands", async () => {
    policy(NO_WORKSPACES);
    const id = workspace(stage, "tmp-000");
    const inSession = ["harness", "exec", "--allow-delete=workspaces", "--"];
    const { code, stderr } = await stage.run(
      [
        ...inSession,
        ...[process.execPath, "dist/holdfast.cjs", "api", `/workspaces/${id}`, "-X", "DELETE"],
      ],
      { cwd: process.cwd() },
    );
    expect(stderr).toContain("[policy-denied]");
    expect(stderr).toContain(`keep-workspaces (${policyFile()}:3)`);
    expect([code, exists(stage, id), stage.api.mutations]).toEqual([7, true, []]);
  });

  it("a rule that asks has a change wait for a person, and go through once", async () => {
    policy(ASK_CHANGES);
    const id = workspace(stage, "tmp-001");
    const lock = ["api", `/workspaces/${id}/actions/lock`, "-X", "POST"];
    const first = await desk.script(lock);
    expect([first.code, first.screen]).toEqual([8, expect.stringContaining("ask-changes")]);
    expect(stage.api.mutations).toEqual([]);
    const request = requestIn(first.screen);
    const answer = await desk.answer(["approve", request], "y");
    expect(answer.screen).toMatch(/rule +ask: ask-changes/);
    expect((await desk.script(lock)).code).toBe(0);
    expect(stage.api.mutations).toHaveLength(1);
    expect((await desk.script(lock)).code).toBe(8);
  });

  it("a rule may keep a read back", async () => {
    policy(NO_STATES);
    const id = workspace(stage, "tmp-002");
    const { code, stderr, stdout } = await stage.run(["api", `/workspaces/${id}`]);
    expect([code, stdout, stderr]).toEqual([7, "", expect.stringContaining("no-states")]);
    expect((await stage.run(["api", "/organizations/acme/workspaces"])).code).toBe(0);
  });

  it("a policy that cannot be understood refuses everything, reads and grants too", async () => {
    policy("  - id: [broken");
    const id = workspace(stage, "tmp-003");
    for (const words of [[`/workspaces/${id}`], [`/workspaces/${id}/actions/lock`, "-X", "POST"]]) {
      const { code, stderr } = await stage.run(["api", ...words]);
      expect([code, stderr]).toEqual([7, expect.stringContaining(policyFile())]);
    }
    expect(stage.api.mutations).toEqual([]);
  });

  it("what policy denies nobody can approve: not what was asked before it did, either", async () => {
    const id = workspace(stage, "tmp-004");
    const { screen } = await desk.script(["api", `/workspaces/${id}`, "-X", "DELETE"]);
    const request = requestIn(screen);
    policy(NO_WORKSPACES);
    const answer = await desk.answer(["approve", request]);
    expect(answer.screen).toContain("policy denies it all the same (keep-workspaces");
  });
});
