// The session's host and the audit log, over real nested deletes (records.ts).

import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { receiptOf } from "../../../src/audit/receipt.ts";
import { auditEntries } from "../../support/live-session.ts";
import { type HostedSession, hostSession } from "../../support/hosted-session.ts";
import { countsInLog } from "../../support/log-counts.ts";
import { workspace } from "../../support/scripts.ts";
import { type Stage, setStage } from "../../support/stage.ts";
import { operationOn } from "../../support/summary.ts";

let stage: Stage;
let hosted: HostedSession;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  stage.api.reset();
  hosted = await hostSession(stage, { classes: ["workspaces"], maxDeletes: 3 });
});
afterEach(() => {
  hosted.breakLog(false);
  hosted.end();
});

const remove = (name: string) =>
  hosted.run("api", `/workspaces/${workspace(stage, name)}`, "-X", "DELETE");
const events = () =>
  hosted.entries().map(({ event, effect }) => (effect ? `${event} ${effect}` : event));
const counts = () => hosted.session.host.describe().counts;

describe("what a session leaves in the log", () => {
  it("the start, the yes before the request, the outcome after it, and the end", async () => {
    const id = workspace(stage, "tmp-000");
    await remove("tmp-000");
    hosted.end();
    expect(hosted.entries()).toMatchObject([
      {
        event: "session-started",
        detail: `workspaces (at most 3), on ${stage.api.address}, any organization`,
        by: expect.stringMatching(/^.+@.+ \(agent\)$/),
      },
      {
        event: "decided",
        class: "workspaces",
        operation: `DELETE /workspaces/${id}`,
        effect: "allow",
        reason: "granted",
        items: 1,
      },
      { event: "outcome", outcome: "succeeded", status: 204, items: 1, reason: "granted" },
      { event: "session-ended", detail: "exited with 0" },
    ]);
  });

  it("a revocation, and a budget that is used up", async () => {
    for (const name of ["tmp-001", "tmp-002", "tmp-003"]) await remove(name);
    await hosted.ask({ type: "revoke" });
    expect(events().slice(-2)).toEqual(["outcome", "session-revoked"]);
    expect(events().filter((event) => event === "session-spent")).toHaveLength(1);
    expect(hosted.entries().at(-1)?.by).toMatch(/process \d+/);
  });

  it("the same numbers as the receipt", async () => {
    const id = workspace(stage, "tmp-004");
    for (let n = 0; n < 2; n++) await hosted.run("api", `/workspaces/${id}`, "-X", "DELETE");
    const refused = operationOn(stage.api.address, "projects", 3);
    for (let n = 0; n < 40; n++) await hosted.ask({ type: "reserve", operation: refused });
    const left = await hosted.talk();
    await left.ask({ type: "reserve", operation: operationOn(stage.api.address, "workspaces") });
    await left.ask({ type: "sending" });
    left.close();
    const report = { type: "report", reason: "approved", outcome: "succeeded" } as const;
    await hosted.ask({ ...report, operation: refused });
    await hosted.ask({ ...report, operation: { ...refused, path: "/api/v2/projects/prj-2" } });
    hosted.end();
    const { deleted, failed, unknown, refused: times } = counts();
    expect({ deleted, failed, unknown, refused: times }).toEqual(countsInLog(hosted.entries()));
    expect([deleted, failed, unknown, times]).toEqual([7, 1, 1, 117]);
    const read = await receiptOf(hosted.entries(), hosted.session.host.describe().id, false);
    expect(read?.counts).toEqual({ ...counts(), ran: 0, "under way": 0 });
    const repeated = hosted.entries().filter(({ detail }) => /^\d+ times$/.test(detail ?? ""));
    expect(repeated.length).toBeGreaterThan(0);
    expect(hosted.entries().length).toBeLessThan(20);
  });

  it("not its token", async () => {
    const token = hosted.env.HOLDFAST_EXEC_SESSION ?? "none";
    await hosted.run("api", `/workspaces/${token}`, "-X", "DELETE");
    hosted.end();
    const file = join(stage.env.HOLDFAST_CONFIG_DIR ?? "", "audit", "log.jsonl");
    expect(token).toHaveLength(32);
    expect(readFileSync(file, "utf8")).not.toContain(token);
    expect(JSON.stringify(hosted.entries())).toContain("/workspaces/[redacted]");
  });
});

describe("D1 to D3: a log that cannot be written any more", () => {
  it("lets nothing through, and says why; the budget returns", async () => {
    hosted.breakLog(true);
    const { code, stderr } = await remove("tmp-005");
    expect([code, stderr]).toEqual([7, expect.stringContaining("[store-refused]")]);
    expect(stderr).toContain("log.jsonl");
    expect(stage.api.mutations).toEqual([]);
    expect(hosted.session.host.describe()).toMatchObject({ spent: 0, reserved: 0 });
    const complaints = hosted.said.filter((text) => text.includes("audit log cannot be written"));
    expect(complaints).toHaveLength(1);
    hosted.breakLog(false);
    expect((await remove("tmp-005")).code).toBe(0);
  });

  it("makes an outcome unknown, though the API has answered", async () => {
    const talk = await hosted.talk();
    await talk.ask({ type: "reserve", operation: operationOn(stage.api.address, "workspaces") });
    expect(await talk.ask({ type: "sending" })).toEqual({ type: "go" });
    hosted.breakLog(true);
    await talk.ask({ type: "result", outcome: "succeeded", status: 204 });
    talk.close();
    expect(counts()).toEqual({ deleted: 0, failed: 0, unknown: 1, refused: 0 });
  });

  it("starts no session, and no command: exit 125, and nothing is left", async () => {
    hosted.end();
    hosted.breakLog(true);
    const made = join(stage.directory, "made");
    const words = ["harness", "exec", "--allow-delete=workspaces", "--", "touch", made];
    const { code, stderr } = await stage.run(words);
    expect(code).toBe(125);
    expect(stderr).toContain("audit log");
    expect(stderr).not.toContain("may delete");
    expect(existsSync(made)).toBe(false);
    expect(readdirSync(stage.sessions)).toEqual([]);
    expect(readdirSync(stage.env.HOLDFAST_RUNTIME_DIR ?? "")).toEqual([]);
  });

  it("nor where its directory is open to others", async () => {
    const directory = join(stage.directory, "other");
    mkdirSync(directory, { mode: 0o700 });
    const env = { ...stage.env, HOLDFAST_CONFIG_DIR: join(directory, "c") };
    mkdirSync(env.HOLDFAST_CONFIG_DIR, { mode: 0o700 });
    mkdirSync(join(env.HOLDFAST_CONFIG_DIR, "audit"), { mode: 0o755 });
    const words = ["harness", "exec", "--allow-delete=workspaces", "--", "true"];
    const { code, stderr } = await stage.run(words, { env });
    expect(code).toBe(125);
    expect(stderr).toContain("is open to other users");
  });
});

describe("a session inside a session", () => {
  it("each writes of itself, and the numbers are each one's own", async () => {
    const id = workspace(stage, "tmp-006");
    const script = `"$0" "$1" api /workspaces/${id} -X DELETE; "$0" "$1" api /projects/prj-x -X DELETE; true`;
    const words = ["harness", "exec", "--allow-delete=workspaces", "--", "sh", "-c", script];
    const inner = await hosted.run(
      ...words,
      process.execPath,
      join(process.cwd(), "dist/holdfast.cjs"),
    );
    const innerId = /session ([A-Z2-7]{6}): sh may/.exec(inner.stderr)?.[1];
    const entries = auditEntries(stage.env.HOLDFAST_CONFIG_DIR ?? "");
    const own = entries.filter(({ session }) => session === innerId);
    expect(countsInLog(own)).toEqual({ deleted: 1, failed: 0, unknown: 0, refused: 1 });
    hosted.end();
    expect(countsInLog(hosted.entries())).toEqual(counts());
    expect(counts()).toEqual({ deleted: 1, failed: 0, unknown: 0, refused: 1 });
  });
});
