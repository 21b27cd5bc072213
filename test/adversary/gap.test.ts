// Between `reserve` and `sending`, and between `sending` and `result`: whatever happens there.
//
// A caller takes its token from a named pipe here, so it waits in the gap for as long as we like.

import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AgentStage, type Inhabited, type Job, setAgentStage } from "../support/agent.ts";
import { removal } from "../support/workspaces.ts";

let stage: AgentStage;
let session: Inhabited;
let pipe: string;

beforeAll(async () => {
  stage = await setAgentStage();
  const directory = join(stage.directory, ".terraform.d");
  mkdirSync(directory);
  pipe = join(directory, "credentials.tfrc.json");
  execFileSync("mkfifo", ["-m", "600", pipe]);
});
afterAll(() => stage.close());
beforeEach(() => stage.api.reset());
afterEach(async () => {
  session.agent.leave();
  await session.ended;
});

const enter = async (...flags: string[]) => {
  session = await stage.enter(["--allow-delete=workspaces", "--max-deletes=2", ...flags]);
};
const described = async () =>
  (await session.agent.ask({ type: "describe" })).message?.description as Readonly<
    Record<string, unknown>
  >;

/** A delete that has reserved, and waits for its token. */
async function waitingInTheGap(): Promise<Job> {
  const job = await session.agent.start(removal(stage.api), { TFE_TOKEN: null });
  await expect.poll(described).toMatchObject({ reserved: 1, spent: 0 });
  return job;
}

const giveToken = () => {
  const credentials = { [stage.api.address]: { token: stage.api.token } };
  return writeFile(pipe, JSON.stringify({ credentials }));
};

describe("B2, R3: between reserve and sending", () => {
  it("goes on when the token comes", async () => {
    await enter();
    const job = await waitingInTheGap();
    await giveToken();
    expect((await job.join()).code).toBe(0);
    expect(stage.api.mutations).toHaveLength(1);
    expect(await described()).toMatchObject({ spent: 1, reserved: 0, counts: { deleted: 1 } });
  });

  it.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
    "a client ended by %s gives its item back, and nothing was sent",
    async (signal) => {
      await enter();
      const job = await waitingInTheGap();
      await job.kill(signal);
      await expect.poll(described).toMatchObject({ spent: 0, reserved: 0 });
      expect((await described()).counts).toEqual({ deleted: 0, failed: 0, unknown: 0, refused: 0 });
      expect(stage.api.mutations).toEqual([]);
    },
  );

  it("B3: a revocation is heard: nothing is sent", async () => {
    await enter();
    const job = await waitingInTheGap();
    const { id } = await described();
    expect((await stage.run(["session", "revoke", String(id)])).code).toBe(0);
    await giveToken();
    const result = await job.join();
    expect(result.stderr).toContain(`session ${id} was revoked [revoked]`);
    expect(result.code).toBe(7);
    expect(stage.api.mutations).toEqual([]);
    expect(await described()).toMatchObject({ spent: 0, reserved: 0, counts: { refused: 1 } });
  });

  it("B3: the end of the session's time is heard: nothing is sent", async () => {
    await enter("--ttl=3s");
    const job = await waitingInTheGap();
    await expect.poll(described, { timeout: 10_000 }).toMatchObject({ state: "expired" });
    await giveToken();
    const result = await job.join();
    expect(result.stderr).toContain("has expired [expired]");
    expect(result.code).toBe(7);
    expect(stage.api.mutations).toEqual([]);
  });

  it("a wrapper that is killed there: nothing is sent", async () => {
    await enter();
    const job = await waitingInTheGap();
    session.wrapper.kill("SIGKILL");
    await giveToken();
    const result = await job.join();
    expect(result.stderr).toContain("[not-live]");
    expect(result.code).toBe(7);
    expect(stage.api.mutations).toEqual([]);
  });

  it("two waiting clients hold the whole budget, and a third is refused", async () => {
    await enter();
    const jobs = [await waitingInTheGap()];
    jobs.push(await session.agent.start(removal(stage.api), { TFE_TOKEN: null }));
    await expect.poll(described).toMatchObject({ reserved: 2 });
    const third = await session.agent.run(removal(stage.api));
    expect(third.stderr).toContain("0 of 2 left, 1 asked for [budget-spent]");
    await Promise.all(jobs.map((job) => job.kill("SIGKILL")));
    await expect.poll(described).toMatchObject({ reserved: 0 });
    expect((await session.agent.run(removal(stage.api))).code).toBe(0);
    expect(stage.api.mutations).toHaveLength(1);
  });

  it("a token that is none gives the item back (exit 3)", async () => {
    await enter();
    const job = await waitingInTheGap();
    await writeFile(pipe, "no token here");
    expect((await job.join()).code).toBe(3);
    expect(stage.api.mutations).toEqual([]);
    expect(await described()).toMatchObject({ spent: 0, reserved: 0 });
  });
});

describe("B2: after sending", () => {
  it("a client that is killed has spent its item; what became of it is unknown", async () => {
    await enter();
    stage.api.delayNext({ method: "DELETE", ms: 30_000 });
    const job = await session.agent.start(removal(stage.api));
    await expect.poll(() => stage.api.mutations.length).toBe(1);
    await job.kill("SIGKILL");
    await expect
      .poll(described)
      .toMatchObject({ spent: 1, reserved: 0, counts: { unknown: 1, deleted: 0 } });
    session.agent.leave();
    expect((await session.ended).stderr).toMatch(/unknown {2}1\n {11}DELETE \/workspaces\//);
  });

  it("an answer that says no is a failure on the receipt, and spent", async () => {
    await enter();
    stage.api.failNext({ method: "DELETE", status: 409 });
    expect((await session.agent.run(removal(stage.api))).code).toBe(6);
    expect(await described()).toMatchObject({ spent: 1, counts: { failed: 1, deleted: 0 } });
  });

  it("a connection that breaks is unknown on the receipt, and spent", async () => {
    await enter();
    stage.api.dropNext({ method: "DELETE", when: "after" });
    await session.agent.run(removal(stage.api));
    expect(await described()).toMatchObject({ spent: 1, counts: { unknown: 1, deleted: 0 } });
  });

  it("a revocation that comes later does not unsay what was sent", async () => {
    await enter();
    stage.api.delayNext({ method: "DELETE", ms: 500 });
    const job = await session.agent.start(removal(stage.api));
    await expect.poll(() => stage.api.mutations.length).toBe(1);
    await session.agent.ask({ type: "revoke" });
    expect((await job.join()).code).toBe(0);
    expect(await described()).toMatchObject({ state: "revoked", spent: 1, counts: { deleted: 1 } });
  });
});
