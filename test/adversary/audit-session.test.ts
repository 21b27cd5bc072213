// What a session leaves in the log: its receipt when it is over, no secret, and what shows when an
// agent of the same user touches the log.

import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRedactor } from "../../src/audit/redact.ts";
import { openAuditLog } from "../../src/audit/log.ts";
import { verifyAudit } from "../../src/audit/verify.ts";
import { HOLDFAST, type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let directory: string;
let id: string;
beforeEach(async () => {
  stage = await setStage();
  directory = join(stage.directory, "c", "audit");
});
afterEach(() => stage.close());

const SECRET = "s3cret+value/with=marks";

/** One deletion that is granted, one that is not; the agent puts its token into the request. */
const SCRIPT = `"$0" "$1" api "/workspaces/$2" -X DELETE; "$0" "$1" api "/projects/prj-$TFE_TOKEN" -X DELETE; "$0" "$1" api "/projects/$MY_SECRET" -X DELETE; exit 0`;

async function runSession(): Promise<void> {
  const workspace = stage.api.state.named("workspaces", "tmp-000", "acme")?.id ?? "";
  const words = ["harness", "exec", "--allow-delete=workspaces", "--"];
  const command = ["sh", "-c", SCRIPT, process.execPath, HOLDFAST, workspace];
  const env = { ...stage.env, MY_SECRET: SECRET };
  const { stderr } = await stage.run([...words, ...command], { env });
  id = /session ([A-Z2-7]{6})/.exec(stderr)?.[1] ?? "";
  expect(id).not.toBe("");
}

describe("a session that is over", () => {
  it("is shown from the log alone, in each form", async () => {
    await runSession();
    const text = await stage.run(["session", "show", id.toLowerCase()]);
    expect(text).toMatchObject({ code: 0, stderr: "" });
    expect(text.stdout).toMatch(new RegExp(`^holdfast: session ${id} ended: sh exited with 0\\n`));
    expect(text.stdout).toMatch(/\n {2}deleted {2}1\n {11}DELETE \/workspaces\/ws-/);
    expect(text.stdout).toMatch(/\n {2}refused {2}2\n/);
    const json = JSON.parse((await stage.run(["session", "show", id, "--json"])).stdout);
    expect(json).toMatchObject({ id, state: "ended", receipt: { ending: "exited with 0" } });
    expect(json.receipt.counts).toMatchObject({ deleted: 1, refused: 2 });
    const { stdout } = await stage.run(["session", "show", id, "--markdown"]);
    expect(stdout).toMatch(/\n\| deleted \| <code>DELETE \/workspaces\/ws-/);
    expect(await verifyAudit(directory, undefined)).toMatchObject({ problems: [], setAside: [] });
  });

  it("A6: leaves no secret in the log, and none in its receipt", async () => {
    await runSession();
    const log = readFileSync(join(directory, "log.jsonl"), "latin1");
    const { stdout } = await stage.run(["session", "show", id]);
    for (const text of [log, stdout])
      for (const secret of [stage.api.token, SECRET, encodeURIComponent(SECRET)])
        expect(text).not.toContain(secret);
    expect(log).toContain("[redacted]");
  });
});

describe("an agent that touches the log", () => {
  const options = { now: Date.now, redact: createRedactor({}, []) };
  const file = () => join(directory, "log.jsonl");

  it("cannot take its own deletion out unseen", async () => {
    await runSession();
    const lines = readFileSync(file(), "utf8").trimEnd().split("\n");
    const others = lines.filter((line) => !line.includes('"event":"outcome"'));
    expect(others.length).toBeLessThan(lines.length);
    writeFileSync(file(), `${others.join("\n")}\n`);
    const { problems } = await verifyAudit(directory, undefined);
    expect(problems.map(({ kind }) => kind)).toContain("dropped");
  });

  it("cannot cut off the end or remove the log unseen, even once it goes on", async () => {
    await runSession();
    truncateSync(file(), 1000);
    expect((await verifyAudit(directory, undefined)).problems).not.toEqual([]);
    await runSession();
    await runSession();
    const cut = (await verifyAudit(directory, undefined)).problems.map(({ kind }) => kind);
    expect(cut).toContain("truncated");
    rmSync(file());
    await runSession();
    const { problems } = await verifyAudit(directory, undefined);
    expect(problems.map(({ kind }) => kind)).toContain("truncated");
  });

  it("can write a whole log of its own: that only a copy elsewhere shows", async () => {
    await runSession();
    const { last } = await verifyAudit(directory, undefined);
    rmSync(directory, { recursive: true });
    openAuditLog(directory, options).append({ event: "decided", operation: "GET /harmless" });
    const forged = await verifyAudit(directory, undefined);
    expect(forged.problems).toEqual([]);
    expect(readFileSync(file(), "utf8")).not.toContain(last ?? "none");
  });
});
