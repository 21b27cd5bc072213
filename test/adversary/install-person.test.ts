// Who may install: a person at a terminal. An agent that could take its hook out has none.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Desk, sitDown } from "../support/desk.ts";
import { HOLDFAST, type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let desk: Desk;
beforeAll(async () => {
  stage = await setStage();
  desk = await sitDown(stage);
});
afterAll(async () => {
  await desk.close();
  await stage.close();
});

const settings = () => join(stage.directory, ".claude", "settings.json");

describe("harness install", () => {
  it("L1: an agent, a script and a session's child are refused, and nothing is changed", async () => {
    const words = ["harness", "install", "claude-code", "-e", "dev"];
    expect(await stage.run(words)).toMatchObject({
      code: 7,
      stderr: expect.stringContaining("only a person answers"),
    });
    const marked = await desk.answer(words, undefined, { CLAUDECODE: "1" });
    expect(marked.code).toBe(7);
    expect(marked.screen).toContain("this runs under Claude Code");
    const session = ["harness", "exec", "--allow-delete=workspaces", "--"];
    const inside = await desk.answer([...session, process.execPath, HOLDFAST, ...words]);
    expect(inside.code).toBe(7);
    expect(existsSync(settings())).toBe(false);
    expect((await stage.run([...words, "--dry-run"])).code).toBe(0);
    expect((await stage.run(["harness", "list"])).code).toBe(0);
    expect(existsSync(settings())).toBe(false);
  });

  it("a person installs; what was installed answers; only a person takes it out", async () => {
    mkdirSync(join(stage.directory, ".claude"));
    writeFileSync(settings(), '{\n  "theme": "dark"\n}\n');
    const made = await desk.answer(["harness", "install", "claude-code", "-e", "dev"], "y");
    expect(made.screen).toContain("installed for Claude Code");
    expect(made.code).toBe(0);
    const { hooks } = JSON.parse(readFileSync(settings(), "utf8"));
    const { command } = hooks.PreToolUse[0].hooks[0];
    const call = { tool_name: "Bash", tool_input: { command: "rm -rf /" }, cwd: stage.directory };
    writeFileSync(join(stage.directory, "call.json"), JSON.stringify(call));
    const asked = await desk.outside.start(["/bin/sh", "-c", `(${command}) < call.json`], {
      env: stage.env,
      cwd: stage.directory,
    });
    expect((await asked.ended).code).toBe(0);
    expect(asked.screen).toContain('"permissionDecision":"deny"');
    expect((await stage.run(["harness", "uninstall", "claude-code"])).code).toBe(7);
    expect((await desk.answer(["harness", "uninstall", "claude-code"], "y")).code).toBe(0);
    expect(readFileSync(settings(), "utf8")).toBe('{\n  "theme": "dark"\n}\n');
    expect(existsSync(join(stage.directory, ".claude.json"))).toBe(false);
  });
});
