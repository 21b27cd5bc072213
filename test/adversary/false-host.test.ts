// An orphan of a session whose wrapper was killed takes the socket's path and says yes.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { formatSessionRecord, parseSessionRecord } from "../../src/grants/session-record.ts";
import { procfs } from "../../src/system/processes-procfs.ts";
import { type Agent, type AgentStage, type Inhabited, setAgentStage } from "../support/agent.ts";
import { operationOn } from "../support/summary.ts";
import { removal } from "../support/workspaces.ts";

let stage: AgentStage;
let words: string[];

beforeAll(async () => {
  stage = await setAgentStage();
  words = removal(stage.api);
});
afterAll(() => stage.close());
beforeEach(() => stage.api.reset());

interface Orphan {
  readonly agent: Agent;
  readonly path: string;
  readonly token: string;
  /** What the host said while it lived, in a conversation that ended with a deletion. */
  readonly recorded: string[];
  readonly key: string;
}

/** A session's command, its wrapper killed, with all that it could learn before. */
async function orphan(): Promise<Orphan> {
  const session = await stage.enter(["--allow-delete=workspaces"]);
  const { agent } = session;
  const talk = await agent.talk();
  await talk.say({ type: "reserve", operation: operationOn(stage.api.address, "workspaces") });
  await talk.say({ type: "sending" });
  await talk.say({ type: "result", outcome: "succeeded" });
  const facts = {
    agent,
    path: await agent.hostSocket(),
    token: (await agent.facts()).env.HOLDFAST_EXEC_SESSION ?? "",
    recorded: await talk.lines(),
    key: talk.challenge.key ?? "",
  };
  await kill(session);
  return facts;
}

async function kill(session: Inhabited): Promise<void> {
  const gone = new Promise((resolve) => session.wrapper.once("exit", resolve));
  session.wrapper.kill("SIGKILL");
  await gone;
}

const recordOf = (token: string) => join(stage.sessions, `${token}.hcl`);

/** Makes the record name the orphan as the host. */
async function rewriteRecord({ token, agent }: Orphan): Promise<void> {
  const file = recordOf(token);
  const { pid } = await agent.facts();
  const self = await procfs().info(pid);
  const record = parseSessionRecord(readFileSync(file, "utf8"), file, token);
  const rewritten = { ...record, pid, process_started: self?.started ?? 0 };
  rmSync(file);
  writeFileSync(file, formatSessionRecord(rewritten), { mode: 0o600 });
}

async function expectRefused(agent: Agent): Promise<void> {
  const result = await agent.run(words);
  expect(result.stderr).toContain("[not-live]");
  expect(result.stderr).toContain("nothing sent");
  expect(result.code).toBe(7);
  expect(stage.api.mutations).toEqual([]);
}

describe("K1, K2, C1: whoever takes a dead host's path answers for nobody", () => {
  it.each([
    ["with a key of its own", { manner: "sign" as const }],
    ["with the host's public key, and a signature of its own", { manner: "borrow" as const }],
    ["with what the host said before, again", { manner: "replay" as const }],
  ])("%s", async (_, how) => {
    const dead = await orphan();
    await expectRefused(dead.agent);
    await dead.agent.listen({
      ...how,
      path: dead.path,
      publicKey: dead.key,
      lines: dead.recorded,
    });
    await expectRefused(dead.agent);
    await rewriteRecord(dead);
    await expectRefused(dead.agent);
    dead.agent.leave();
  });

  it("passing everything on to a live host of another session", async () => {
    // First, because the start of a session sweeps the records of dead ones.
    const live = await stage.enter(["--allow-delete=workspaces"]);
    const dead = await orphan();
    await dead.agent.listen({
      manner: "relay",
      path: dead.path,
      to: await live.agent.hostSocket(),
    });
    await expectRefused(dead.agent);
    await rewriteRecord(dead);
    await expectRefused(dead.agent);
    live.agent.leave();
    expect((await live.ended).stderr).not.toContain("deleted");
    dead.agent.leave();
  });

  it("changing what it passes on between a caller and its live host", async () => {
    const session = await stage.enter(["--allow-delete=vars"]);
    const relay = await stage.enter(["--allow-delete=workspaces"]);
    const path = await session.agent.hostSocket();
    // The relay's own host would say yes to workspaces; the caller's token is not its host's.
    await session.agent.listen({ manner: "relay", path, to: await relay.agent.hostSocket() });
    await expectRefused(session.agent);
    for (const each of [session, relay]) each.agent.leave();
    await Promise.all([session.ended, relay.ended]);
  });

  it("a host that accepts and never speaks: refused in time, and the caller ends", async () => {
    const dead = await orphan();
    await dead.agent.listen({ manner: "mute", path: dead.path });
    await expectRefused(dead.agent);
    dead.agent.leave();
  });

  it("a session cannot be started through it either", async () => {
    const dead = await orphan();
    await dead.agent.listen({ manner: "sign", path: dead.path });
    const inner = ["harness", "exec", "--allow-delete=workspaces", "--", "true"];
    const result = await dead.agent.run(inner);
    expect(result.stderr).toContain("[not-live]");
    expect(result.code).toBe(7);
    dead.agent.leave();
  });

  it("S5: its record goes with the next session's start, and the live ones stay", async () => {
    const dead = await orphan();
    expect(existsSync(recordOf(dead.token))).toBe(true);
    const live = await stage.enter([]);
    const { env } = await live.agent.facts();
    await expect.poll(() => existsSync(recordOf(dead.token))).toBe(false);
    expect(existsSync(dead.path)).toBe(false);
    expect(existsSync(recordOf(env.HOLDFAST_EXEC_SESSION ?? ""))).toBe(true);
    live.agent.leave();
    dead.agent.leave();
    await live.ended;
  });
});
