// session list | show | revoke, from outside a running session, in each form of output.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { finished, HOLDFAST, type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let wrapper: ChildProcess;
let ended: ReturnType<typeof finished>;
let id: string;

/** Deletes one workspace, says so, waits for a line, and tries another one. */
const SCRIPT = `"$0" "$1" api /workspaces/$2 -X DELETE; echo ready; read _; "$0" "$1" api /workspaces/$3 -X DELETE`;

beforeAll(async () => {
  stage = await setStage();
  const [one, other] = ["tmp-000", "tmp-001"].map(
    (name) => stage.api.state.named("workspaces", name, "acme")?.id ?? "",
  );
  const session = ["harness", "exec", "--allow-delete=workspaces", "--max-deletes", "5", "--"];
  const command = ["sh", "-c", SCRIPT, process.execPath, HOLDFAST, one ?? "", other ?? ""];
  wrapper = stage.start([...session, ...command], { stdio: ["pipe", "pipe", "pipe"] });
  ended = finished(wrapper);
  if (wrapper.stdout) await once(wrapper.stdout, "data");
  const { stdout } = await stage.run(["session", "list", "--json"]);
  id = JSON.parse(stdout).sessions[0].id;
});
afterAll(async () => {
  wrapper.stdin?.end("\n");
  await ended;
  await stage.close();
});

describe("a running session", () => {
  it("is listed with what it may do and what it did", async () => {
    const { code, stdout } = await stage.run(["session", "list"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`${id}  live until `);
    expect(stdout).toContain("workspaces (at most 5)");
    expect(stdout).toContain(`(wrapper pid ${wrapper.pid})`);
    expect(stdout).toContain("1 deleted or tried");
  });

  it("is listed as JSON and as Markdown", async () => {
    const json = JSON.parse((await stage.run(["session", "list", "--json"])).stdout);
    expect(json.sessions).toHaveLength(1);
    expect(json.sessions[0]).toMatchObject({ id, state: "live", spent: 1, maxDeletes: 5 });
    const markdown = await stage.run(["session", "list", "--markdown"]);
    expect(markdown.stdout).toMatch(new RegExp(`^- \`${id} `));
  });

  it("is shown with its receipt so far", async () => {
    const text = await stage.run(["session", "show", id.toLowerCase()]);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/deleted {2}1\n/);
    const json = JSON.parse((await stage.run(["session", "show", id, "--json"])).stdout);
    expect(json).toMatchObject({ id, counts: { deleted: 1, refused: 0 } });
    expect(json.entries[0]).toMatchObject({ method: "DELETE", result: "deleted", status: 204 });
  });

  it("is not revoked by a dry run", async () => {
    const { code, stderr } = await stage.run(["session", "revoke", id, "--dry-run"]);
    expect(code).toBe(0);
    expect(stderr).toContain(`would revoke session ${id}`);
    const json = JSON.parse((await stage.run(["session", "show", id, "--json"])).stdout);
    expect(json.state).toBe("live");
  });

  it("grants nothing more once it is revoked, though its command runs on", async () => {
    const { code, stdout } = await stage.run(["session", "revoke", id, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ id, state: "revoked" });
    const list = await stage.run(["session", "list"]);
    expect(list.stdout).toContain(`${id}  revoked`);
    wrapper.stdin?.write("\n");
    const result = await ended;
    expect(result.code).toBe(7);
    expect(result.stderr).toContain(`session ${id} was revoked [revoked]`);
    expect(result.stderr).toMatch(/refused {2}1\n/);
    expect(stage.api.mutations).toHaveLength(1);
  });

  it("is gone from the list when its command has ended", async () => {
    const { code, stdout, stderr } = await stage.run(["session", "list"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toBe("holdfast: no sessions\n");
  });
});

describe("a session that is not there", () => {
  it.each([["show"], ["revoke"]])("%s: exit 2, and where to look", async (verb) => {
    const { code, stderr } = await stage.run(["session", verb, "AAAAAA"]);
    expect(code).toBe(2);
    expect(stderr).toBe('holdfast: there is no session "AAAAAA"\n  fix  holdfast session list\n');
  });
});
