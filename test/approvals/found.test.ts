// What an attack found, and stays found.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openApprovals } from "../../src/grants/approvals/open.ts";
import { asked } from "../support/approval-requests.ts";
import { type Desk, requestIn, sitDown } from "../support/desk.ts";
import { deletion } from "../support/operations.ts";
import { makePuppet } from "../support/puppet.ts";
import { exec, exists, workspace } from "../support/scripts.ts";
import { HOLDFAST, type Stage, setStage } from "../support/stage.ts";

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

const remove = (id: string) => ["api", `/workspaces/${id}`, "-X", "DELETE"];
const named = (name: string) => workspace(stage, name);
const audit = () => readFileSync(join(stage.directory, "c", "audit", "log.jsonl"), "utf8");

async function listener(): Promise<{ heard: string[]; server: Server; port: number }> {
  const heard: string[] = [];
  const server = createServer((request, answer) => {
    heard.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    answer.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { heard, server, port: (server.address() as AddressInfo).port };
}

describe("whoever asks says where the request goes, not where a person's token goes", () => {
  it("approval show and approve look nothing up at another host of the asker's", async () => {
    const { heard, server, port } = await listener();
    const own = { TFE_ADDRESS: `http://127.0.0.1:${port}`, TFE_TOKEN: "the-agents-own" };
    const refused = await desk.script(remove("ws-0123456789abcdef"), own);
    const request = requestIn(refused.screen);
    const before = heard.length;
    const shown = await desk.script(["approval", "show", request]);
    expect(shown.screen).toContain(`nothing here is configured for 127.0.0.1:${port}`);
    await desk.answer(["approve", request], "");
    expect(heard.slice(before)).toEqual([]);
    await desk.answer(["deny", request]);
    server.close();
  });
});

describe("what may not be asked for is not allowed by being asked (B1)", () => {
  it("an organization's deletion that was put into the store by other means", async () => {
    const store = await openApprovals({
      place: { kind: "sqlite" },
      directory: join(stage.directory, "c"),
      create: true,
    });
    if (store === undefined) throw new Error("no store");
    const { address: hostname } = stage.api;
    const operation = deletion("organizations", hostname, {
      target: { hostname, organization: "acme", path: "/organizations/acme", id: "acme" },
      request: { method: "DELETE", path: "/api/v2/organizations/acme", query: [], headers: {} },
    });
    const { request } = await store.file(asked("forged", { operation }), []);
    await store.close();
    const told = await desk.answer(["approve", request.id]);
    expect([told.code, told.screen]).toEqual([7, expect.stringContaining("by hand or not at all")]);
    await desk.answer(["deny", request.id]);
  });
});

describe("an approval is the asker's", () => {
  it("a session's token, without its host's word, is nobody's scope", async () => {
    const agent = makePuppet(stage, "scoped");
    const session = await desk.open(exec(["--allow-delete=vars"], agent.words));
    await session.shows("rail, not a wall");
    const id = named("tmp-001");
    const refused = await agent.run(...remove(id));
    expect((await desk.answer(["approve", requestIn(refused.text)], "y")).code).toBe(0);
    const other = await sitDown(stage);
    mkdirSync(join(stage.directory, "empty"), { mode: 0o700 });
    const { readdirSync } = await import("node:fs");
    const [record = ""] = readdirSync(stage.sessions).filter((name) => name.endsWith(".hcl"));
    const stolen = {
      HOLDFAST_EXEC_SESSION: record.replace(".hcl", ""),
      HOLDFAST_RUNTIME_DIR: join(stage.directory, "empty"),
    };
    const told = await other.script(remove(id), stolen);
    expect([told.code, exists(stage, id)]).toEqual([8, true]);
    await other.close();
    expect((await agent.run(...remove(id))).code).toBe(0);
    await agent.end();
    await session.ended;
  });

  it("revoking the session takes back what was approved for it", async () => {
    const agent = makePuppet(stage, "revoked");
    const session = await desk.open(exec(["--allow-delete=vars"], agent.words));
    const banner = await session.shows("rail, not a wall");
    const id = named("tmp-002");
    const refused = await agent.run(...remove(id));
    await desk.answer(["approve", requestIn(refused.text)], "y");
    const name = /session ([A-Z2-7]{6})/.exec(banner)?.[1] ?? "";
    expect((await desk.answer(["session", "revoke", name])).code).toBe(0);
    expect((await agent.run(...remove(id))).code).toBe(8);
    expect(exists(stage, id)).toBe(true);
    await agent.end();
    await session.ended;
  });

  it("once its session has ended, a yes is not given to nobody", async () => {
    const agent = makePuppet(stage, "ended");
    const session = await desk.open(exec(["--allow-delete=vars"], agent.words));
    const refused = await agent.run(...remove(named("tmp-003")));
    await agent.end();
    await session.ended;
    const told = await desk.answer(["approve", requestIn(refused.text)]);
    expect([told.code, told.screen]).toEqual([7, expect.stringContaining("has ended")]);
  });
});

describe("policy that changes while a command waits holds for it", () => {
  it("security: deny during --wait", async () => {
    const words = ["gate", "--wait", "60s", "--", "id", "-u"];
    const place = { env: stage.env, cwd: stage.directory };
    const waiter = await desk.outside.start([process.execPath, HOLDFAST, ...words], place);
    await waiter.shows("waiting for a person");
    const policy = join(stage.directory, "c", "policy.yaml");
    writeFileSync(policy, "version: 1\ncommands:\n  defaults: {security: deny}\n", { mode: 0o600 });
    await desk.answer(["approve", requestIn(waiter.screen)], "y");
    const { code } = await waiter.ended;
    expect([code, waiter.screen]).toEqual([7, expect.stringContaining("[agent-denied]")]);
    writeFileSync(policy, "version: 1\n", { mode: 0o600 });
  });
});

describe("nothing goes unrecorded", () => {
  it("a harmless change under an agent that looks elsewhere is refused, and recorded here", async () => {
    const claude = join(stage.directory, "claude");
    const other = join(stage.directory, "elsewhere");
    mkdirSync(other, { mode: 0o700 });
    const change = `api /workspaces/${named("tmp-004")} -X PATCH -t workspaces -a description=x`;
    const run = `HOLDFAST_CONFIG_DIR=${other} '${process.execPath}' '${HOLDFAST}' ${change}`;
    writeFileSync(claude, `#!/bin/sh\n${run}\ntrue\n`, { mode: 0o700 });
    // On loopback an agent may have its own; this stage's address is the agent's own, so it may not.
    const ran = await desk.outside.start([claude], { env: stage.env, cwd: stage.directory });
    await ran.ended;
    expect(ran.screen).toContain("[store-refused]");
    expect(stage.api.mutations).toEqual([]);
  });

  it("a variable that looks secret does not blank the entry of what it names", async () => {
    const id = named("tmp-005");
    const env = { A_TOKEN: id, B_TOKEN: "workspaces", C_TOKEN: "not-destructive" };
    const words = ["api", `/workspaces/${id}`, "-X", "PATCH", "-t", "workspaces"];
    expect((await desk.script([...words, "-a", "description=y"], env)).code).toBe(0);
    const entries = audit()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(entries.at(-1)).toMatchObject({
      event: "outcome",
      class: "workspaces",
      reason: "not-destructive",
      target: expect.stringContaining(id),
    });
  });

  it("where nothing can be recorded nothing is changed, harmless or not", async () => {
    const config = join(stage.directory, "unlogged");
    mkdirSync(config, { mode: 0o700 });
    writeFileSync(join(config, "audit"), "in the way", { mode: 0o600 });
    const env = { HOLDFAST_CONFIG_DIR: config };
    const id = named("tmp-006");
    const words = ["api", `/workspaces/${id}`, "-X", "PATCH", "-t", "workspaces"];
    const told = await desk.script([...words, "-a", "description=z"], env);
    expect([told.code, told.screen]).toEqual([7, expect.stringContaining("[store-refused]")]);
    expect(stage.api.mutations).toEqual([]);
  });
});
