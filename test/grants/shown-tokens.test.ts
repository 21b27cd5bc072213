import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withoutTokens } from "../../src/grants/session-record.ts";
import { type Stage, setStage } from "../support/stage.ts";

const TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

describe("withoutTokens", () => {
  it.each([
    [`rm /c/exec/${TOKEN}.hcl`, "rm /c/exec/ABCD*.hcl"],
    [`chmod 600 '/a b/${TOKEN}.hcl'`, "chmod 600 '/a b/'ABCD*.hcl"],
    [`${TOKEN} is the token`, "ABCD* is the token"],
    ["sha256:ABCDEF and ws-8ZkQ stay", "sha256:ABCDEF and ws-8ZkQ stay"],
    [`${TOKEN}A has 33 letters, so it is none`, `${TOKEN}A has 33 letters, so it is none`],
  ])("%s -> %s", (text, shown) => {
    expect(withoutTokens(text)).toBe(shown);
  });
});

describe("a record that is refused", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
    mkdirSync(stage.sessions, { recursive: true, mode: 0o700 });
    writeFileSync(join(stage.sessions, `${TOKEN}.hcl`), "version = 1\n", { mode: 0o600 });
    chmodSync(stage.sessions, 0o700);
  });
  afterAll(() => stage.close());

  it.each([
    [["session", "list"]],
    [["session", "list", "--json"]],
    [["session", "list", "--markdown"]],
    [["doctor"]],
    [["api", "/workspaces/ws-1", "-X", "DELETE"]],
    [["api", "/workspaces/ws-1", "-X", "DELETE", "--json"]],
    [["harness", "exec", "--", "true"]],
  ])("shows no token: %j", async (words) => {
    const env = { ...stage.env, HOLDFAST_EXEC_SESSION: TOKEN };
    const { stdout, stderr } = await stage.run(words, { env });
    expect(stdout + stderr).not.toContain(TOKEN);
    expect(stdout + stderr).toContain("ABCD*.hcl");
  });
});

describe("a record that cannot be written", () => {
  it("is a failure of ours (125), says where, and what to do", async () => {
    const stage = await setStage();
    const file = join(stage.directory, "file");
    writeFileSync(file, "");
    const env = { ...stage.env, HOLDFAST_CONFIG_DIR: join(file, "c") };
    const words = ["harness", "exec", "--allow-delete=vars", "--", "true"];
    const { code, stderr } = await stage.run(words, { env });
    await stage.close();
    expect(code).toBe(125);
    expect(stderr).toContain(`the configuration directory ${file} is not a directory`);
    expect(stderr).toContain("fix  set HOLDFAST_CONFIG_DIR");
  });
});
