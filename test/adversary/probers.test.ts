// Liveness is an answer of the host. Nothing on disk, and no number of askers, makes up for it.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Agent, type AgentStage, setAgentStage } from "../support/agent.ts";
import { type Bundle, bundle } from "../support/bundle.ts";

let stage: AgentStage;
let prober: Bundle;
beforeAll(async () => {
  stage = await setAgentStage();
  prober = bundle("test/support/prober.ts");
});
afterAll(async () => {
  prober.remove();
  await stage.close();
});

/** Starts so many probers at once and adds their answers up. */
async function probe(agent: Agent, probers: number, times: number) {
  const words = [prober.file, String(times), stage.api.address];
  const jobs = await Promise.all(Array.from({ length: probers }, () => agent.startNode(words)));
  const sum: Record<string, number> = {};
  for (const { stdout } of await Promise.all(jobs.map((job) => job.join())))
    for (const [answer, count] of Object.entries(JSON.parse(stdout) as Record<string, number>))
      sum[answer] = (sum[answer] ?? 0) + count;
  return sum;
}

describe("16 probers, 10,000 probes", () => {
  it("a killed session is never once alive, its file and its socket still there", async () => {
    const session = await stage.enter(["--allow-delete=workspaces"]);
    const { env } = await session.agent.facts();
    expect(await probe(session.agent, 2, 5)).toEqual({ granted: 10 });
    const gone = new Promise((resolve) => session.wrapper.once("exit", resolve));
    session.wrapper.kill("SIGKILL");
    await gone;
    expect(await probe(session.agent, 16, 625)).toEqual({ "not-live": 10_000 });
    expect(existsSync(join(stage.sessions, `${env.HOLDFAST_EXEC_SESSION}.hcl`))).toBe(true);
    expect(existsSync(await session.agent.hostSocket())).toBe(true);
    session.agent.leave();
  });

  it("those that are asking when it is killed are refused from then on", async () => {
    const session = await stage.enter(["--allow-delete=workspaces"]);
    const probing = probe(session.agent, 3, 2000);
    setTimeout(() => session.wrapper.kill("SIGKILL"), 400);
    const answers = await probing;
    expect(Object.keys(answers).sort().join()).toMatch(/^(granted,)?not-live$/);
    expect(answers["not-live"]).toBeGreaterThan(0);
    session.agent.leave();
  });
});
