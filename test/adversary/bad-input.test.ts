// Wrong usage: one line that names what is wrong and one with the fix, exit 1, nothing sent, nothing
// left behind, no command started.

import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
  mkdirSync(join(stage.directory, "directory"));
  writeFileSync(join(stage.directory, "file"), "");
});
afterAll(() => stage.close());

const touch = ["--", "touch", "started"];
const exec = (...flags: string[]) => ["harness", "exec", ...flags, ...touch];

const wrong: [string, string[]][] = [
  ["--allow-delete", exec("--allow-delete=workspace")],
  ["--allow-delete", exec("--allow-delete=workspaces,nonsense")],
  ["--allow-delete", exec("--allow-delete=vars", "--allow-delete=*")],
  ["--allow-delete", exec("--allow-delete=vars;projects")],
  ["--allow-delete", exec("--allow-delete=__proto__")],
  ["--allow-delete", exec("--allow-delete=\u001b[2Kvars")],
  ["--allow-delete", ["harness", "exec", "--allow-delete"]],
  ["--ttl", exec("--ttl=forever")],
  ["--ttl", exec("--ttl=8")],
  ["--ttl", exec("--ttl=0s")],
  ["--ttl", exec("--ttl=-1h")],
  ["--ttl", exec("--ttl=8d")],
  ["--ttl", exec("--ttl=")],
  ["--ttl", exec("--ttl=999999h")],
  ["--max-deletes", exec("--max-deletes=0")],
  ["--max-deletes", exec("--max-deletes=-1")],
  ["--max-deletes", exec("--max-deletes=1.5")],
  ["--max-deletes", exec("--max-deletes=1e3")],
  ["--max-deletes", exec("--max-deletes=0x10")],
  ["--max-deletes", exec("--max-deletes= 5")],
  ["--max-deletes", exec("--max-deletes=99999999999999999999")],
  ["--max-deletes", exec("--max-deletes=many")],
  ["--max-deletes", exec("--max-deletes=")],
  ["--organization", exec("--organization=")],
  ["--organization", exec("--organization=a/b")],
  ["--organization", exec("--organization=a b")],
  ["--organization", exec(`--organization=${"a".repeat(200)}`)],
  ["--receipt", exec("--receipt=")],
  ["--receipt", exec("--receipt=directory")],
  ["--receipt", exec("--receipt=no/such/directory/file")],
  ["COMMAND", ["harness", "exec"]],
  ["COMMAND", ["harness", "exec", "--allow-delete=vars"]],
  ["COMMAND", ["harness", "exec", "--allow-delete=vars", "--"]],
  ["COMMAND", ["harness", "exec", "--allow-delete=vars", "--", ""]],
  ["--yes", exec("--yes")],
  ["--force", exec("--force")],
  ["--allow-deletes", exec("--allow-deletes=vars")],
  ["exce", ["harness", "exce", ...touch]],
  ["id", ["session", "show"]],
  ["id", ["session", "revoke"]],
  ["pid", ["session", "adopt"]],
  ["PID", ["session", "adopt", "abc"]],
  ["PID", ["session", "adopt", "0"]],
  ["PID", ["session", "adopt", "-5"].slice(0, 2).concat("1.5")],
  ["PID", ["session", "adopt", "99999999999"]],
  ["--session", ["session", "adopt", "1", "--session"]],
  ["--code", ["session", "adopt", "1", "--code", "AAAAAAAA"]],
  ["--code", ["deny", "K7QF", "--code", "AAAAAAAA"]],
  ["--all", ["session", "list", "--all"]],
  ["argument", ["session", "list", "extra"]],
  ["argument", ["session", "revoke", "7KQF2M", "extra"]],
  ["lst", ["session", "lst"]],
  ["explain", ["explain"]],
  ["--allow-delete", ["explain", "--allow-delete=everything"]],
  ["--allow-delete", ["explain", "--allow-delete"]],
  ["path", ["explain", "api"]],
  ["-X", ["explain", "api", "-X", "DEL ETE", "/workspaces/ws-1"]],
  ["PATH", ["explain", "api", "-X", "DELETE", "/workspaces/../x"]],
  ["-H", ["explain", "api", "-X", "DELETE", "/workspaces/ws-1", "-H", "nonsense"]],
  ["-i", ["explain", "api", "/workspaces/ws-1", "-X", "PATCH", "-i", "no-such-file"]],
  ["--frobnicate", ["explain", "api", "/workspaces/ws-1", "--frobnicate"]],
];

describe("wrong usage", () => {
  it.each(wrong)("%s: holdfast %j", async (named, words) => {
    const { code, stdout, stderr } = await stage.run(words);
    expect(stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
    expect(stderr).toMatch(/^holdfast: /);
    expect(stderr.split("\n")[0]).toContain(named);
    expect(stderr).toMatch(/\n {2}fix {2}\S/);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).not.toMatch(/[^\P{C}\n]/u);
    expect(stage.api.requests).toEqual([]);
    expect(readdirSync(stage.directory).sort()).toEqual(["directory", "file"]);
  });
});

describe("what is not there", () => {
  it.each([
    ["session", "show", "7KQF2M"],
    ["session", "revoke", "7KQF2M"],
    ["session", "show", "../../etc/passwd"],
    ["session", "revoke", ""],
    ["session", "adopt", "1", "--session", "7KQF2M"],
  ])("holdfast %s %s %s: exit 2, and says where to look", async (...words) => {
    const { code, stderr } = await stage.run(words);
    expect(stderr).toContain("there is no session");
    expect(stderr).toContain("fix  holdfast session list");
    expect(code).toBe(2);
  });

  it("a session's store that is not there is an empty one", async () => {
    const { code, stderr } = await stage.run(["session", "list"]);
    expect([code, stderr]).toEqual([0, "holdfast: no sessions\n"]);
  });
});

it("--json says the same as one object", async () => {
  const { code, stdout } = await stage.run(exec("--ttl=forever", "--json"));
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { exitCode: 1, code: "usage" } });
  expect(existsSync(join(stage.directory, "started"))).toBe(false);
});

describe("the command itself", () => {
  it.each([
    [["no-such-command-anywhere"], 127, "no-such-command-anywhere: command not found"],
    [["./directory"], 126, "./directory: cannot be executed (EACCES)"],
    [["./file"], 126, "./file: cannot be executed (EACCES)"],
    [["--allow-delete=projects"], 127, "--allow-delete=projects: command not found"],
  ])("%j: exit %i, and nothing is left behind", async (command, code, why) => {
    const result = await stage.run(["harness", "exec", "--allow-delete=vars", "--", ...command]);
    expect(result.stderr).toContain(why);
    expect(result.code).toBe(code);
    expect(readdirSync(stage.sessions)).toEqual([]);
    expect(readdirSync(stage.env.HOLDFAST_RUNTIME_DIR ?? "")).toEqual([]);
  });
});
