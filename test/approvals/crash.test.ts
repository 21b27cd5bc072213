// A crash at any point shows the truth. The processes are real, and really killed; only the time that
// a lease takes to lapse is taken from the store instead of from the clock on the wall.

import { join } from "node:path";
import Database from "libsql";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, requestIn, sitDown } from "../support/desk.ts";
import { eventually, exists, workspace } from "../support/scripts.ts";
import { type Finished, finished, type Stage, setStage } from "../support/stage.ts";

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
beforeEach(() => stage.api.reset());

const deletion = (id: string) => ["api", `/workspaces/${id}`, "-X", "DELETE"];

async function approved(name: string): Promise<{ id: string; request: string }> {
  const id = workspace(stage, name);
  const request = requestIn((await asked(id)).stderr);
  expect((await desk.answer(["approve", request], "y")).code).toBe(0);
  return { id, request };
}

/** Asked from this process's own tree, so that it is the same lineage each time. */
const asked = (id: string): Promise<Finished> => stage.run(deletion(id));

async function shown(request: string): Promise<{ state: string; attempt?: object }> {
  return JSON.parse((await stage.run(["approval", "show", request, "--json"])).stdout);
}

/** Starts the deletion while the API keeps still, and kills it when the request has arrived. */
async function killedMidRequest(id: string): Promise<void> {
  stage.api.delayNext({ method: "DELETE", ms: 3_600_000 });
  const before = stage.api.requests.length;
  const child = stage.start(deletion(id));
  const ended = finished(child);
  await eventually("the request arrives", () =>
    stage.api.requests.slice(before).find(({ method }) => method === "DELETE"),
  );
  child.kill("SIGKILL");
  expect((await ended).signal).toBe("SIGKILL");
}

function letLeaseLapse(request: string): void {
  const database = new Database(join(stage.directory, "c", "approvals", "approvals.db"));
  try {
    const { changes } = database
      .prepare("UPDATE request SET lease_until = 1 WHERE id = ? AND state = 'executing'")
      .run(request);
    expect(changes).toBe(1);
  } finally {
    database.close();
  }
}

describe("SIGKILL", () => {
  it("mid-request: executing, with attempt, machine and since; nothing is tried again (T1)", async () => {
    const { id, request } = await approved("tmp-000");
    await killedMidRequest(id);
    const now = await shown(request);
    expect(now).toMatchObject({
      state: "executing",
      attempt: { id: expect.any(String), machine: expect.any(String), since: expect.any(String) },
    });
    const again = await asked(id);
    expect([again.code, again.stderr]).toEqual([7, expect.stringContaining("[executing]")]);
    expect(exists(stage, id)).toBe(true);
  });

  it("then the lease lapses: unknown; what a read shows now; a person resolves it", async () => {
    const { id, request } = await approved("tmp-001");
    await killedMidRequest(id);
    letLeaseLapse(request);
    const again = await asked(id);
    expect([again.code, again.stderr]).toEqual([7, expect.stringContaining("[outcome-unknown]")]);
    const text = (await stage.run(["approval", "show", request])).stdout;
    expect(text).toContain("OUTCOME UNKNOWN");
    expect(text).toContain("now:");
    expect(text).toContain("acme/tmp-001");
    expect(text).toContain(`holdfast approval resolve ${request} --did-not-happen`);

    const evidence = ["--did-not-happen", "--evidence", "it is still there"];
    const script = await stage.run(["approval", "resolve", request, ...evidence]);
    expect([script.code, script.stderr]).toEqual([7, expect.stringContaining("only a person")]);
    const person = await desk.answer(["approval", "resolve", request, ...evidence]);
    expect([person.code, (await shown(request)).state]).toEqual([0, "failed_no_effect"]);
    const asking = await asked(id);
    expect(asking.code).toBe(8);
    expect(requestIn(asking.stderr)).not.toBe(request);
  });

  it("it had happened: the read says so, and nothing more can be deleted by it", async () => {
    const { id, request } = await approved("tmp-002");
    await killedMidRequest(id);
    letLeaseLapse(request);
    stage.api.state.remove({ type: "workspaces", id });
    expect((await stage.run(["approval", "show", request])).stdout).toContain("does not exist");
    const evidence = ["--happened", "--evidence", "404"];
    expect((await desk.answer(["approval", "resolve", request, ...evidence])).code).toBe(0);
    expect((await shown(request)).state).toBe("succeeded");
  });
});

describe("an answer that tells nothing", () => {
  it("a 500 that had its effect: unknown, and refused until a person says", async () => {
    const { id, request } = await approved("tmp-003");
    stage.api.failNext({ method: "DELETE", status: 500, when: "after" });
    const failed = await asked(id);
    expect(failed.code).toBe(5);
    expect((await shown(request)).state).toBe("unknown");
    const again = await asked(id);
    expect([again.code, again.stderr]).toEqual([7, expect.stringContaining("[outcome-unknown]")]);
  });

  it("a 409: failed without effect; the approval is used up all the same", async () => {
    const { id, request } = await approved("tmp-004");
    stage.api.failNext({ method: "DELETE", status: 409 });
    expect((await asked(id)).code).toBe(6);
    expect((await shown(request)).state).toBe("failed_no_effect");
    expect((await asked(id)).code).toBe(8);
  });

  it("429 is tried again inside the one attempt", async () => {
    const { id, request } = await approved("tmp-005");
    stage.api.failNext({ method: "DELETE", status: 429, retryAfterSeconds: 0, times: 2 });
    expect([(await asked(id)).code, exists(stage, id)]).toEqual([0, false]);
    expect((await shown(request)).state).toBe("succeeded");
  });
});

describe("one approval, many racers", () => {
  it("32 processes at once: one deletes, the others are refused (P2)", async () => {
    const { id } = await approved("tmp-006");
    const all = await Promise.all(Array.from({ length: 32 }, () => asked(id)));
    const codes = all.map(({ code }) => code);
    expect(codes.filter((code) => code === 0)).toHaveLength(1);
    expect(stage.api.mutations.filter(({ method }) => method === "DELETE")).toHaveLength(1);
  });

  it("32 processes ask for one operation: one request (P1)", async () => {
    const id = workspace(stage, "tmp-007");
    const all = await Promise.all(Array.from({ length: 32 }, () => asked(id)));
    expect(new Set(all.map(({ stderr }) => requestIn(stderr))).size).toBe(1);
  });
});

describe("a store that cannot be used closes the gate", () => {
  it.each([
    ["malformed", "approvals.db", "not a database"],
    ["empty header", "approvals.db", "SQLite format 3\0"],
  ])("%s: a named error, and the file is left as it was", async (_, file, text) => {
    const { writeFileSync, mkdirSync, readFileSync, rmSync } = await import("node:fs");
    const config = join(stage.directory, "broken");
    mkdirSync(join(config, "approvals"), { recursive: true, mode: 0o700 });
    const path = join(config, "approvals", file);
    writeFileSync(path, text, { mode: 0o600 });
    const id = workspace(stage, "tmp-008");
    const env = { ...stage.env, HOLDFAST_CONFIG_DIR: config };
    const told = await stage.run(deletion(id), { env });
    expect([told.code, told.stderr]).toEqual([7, expect.stringContaining("[store-refused]")]);
    expect(told.stderr).toContain(path);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(stage.api.mutations).toEqual([]);
    rmSync(config, { recursive: true });
  });

  it("a malformed policy: named, with file and line", async () => {
    const { writeFileSync, mkdirSync, rmSync } = await import("node:fs");
    const config = join(stage.directory, "policy");
    mkdirSync(config, { mode: 0o700 });
    writeFileSync(join(config, "policy.yaml"), "version: 1\naprovals: {}\n", { mode: 0o600 });
    const env = { ...stage.env, HOLDFAST_CONFIG_DIR: config };
    const told = await stage.run(deletion(workspace(stage, "tmp-009")), { env });
    expect([told.code, told.stderr]).toEqual([7, expect.stringContaining("policy.yaml:2")]);
    rmSync(config, { recursive: true });
  });
});
