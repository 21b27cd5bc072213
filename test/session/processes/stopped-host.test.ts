import { readdirSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePuppet } from "../../support/puppet.ts";
import { eventually, exec, exists, workspace } from "../../support/scripts.ts";
import { finished, type Stage, setStage } from "../../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const STOPPED_MS = 15_000;

describe("a host that is stopped for 15 seconds while another session starts and sweeps (S5)", () => {
  it("keeps its record, lets nothing through meanwhile, and then goes on", async () => {
    const puppet = makePuppet(stage, "puppet");
    const wrapper = stage.start(exec(["--allow-delete=workspaces"], puppet.words));
    const ending = finished(wrapper);
    await puppet.pid();
    const remove = (name: string) =>
      puppet.run("api", "-X", "DELETE", `/workspaces/${workspace(stage, name)}`);
    expect((await remove("tmp-000")).code).toBe(0);
    const records = readdirSync(stage.sessions).filter((name) => name.endsWith(".hcl"));
    expect(records).toHaveLength(1);

    wrapper.kill("SIGSTOP");
    const stoppedAt = Date.now();
    const other = await stage.run(exec(["--allow-delete=vars"], ["/bin/sleep", "1"]));
    expect(other.code).toBe(0);
    const refused = await remove("tmp-001");
    expect(refused.code).toBe(7);
    expect(refused.text).toContain("no answer within 5 seconds [not-live]");
    await setTimeout(STOPPED_MS - (Date.now() - stoppedAt) - 1000);
    // The lock is stale by now; it proves nothing, so it removes nothing.
    expect((await stage.run(exec(["--allow-delete=vars"], ["/bin/sleep", "1"]))).code).toBe(0);
    expect(readdirSync(stage.sessions)).toContain(records[0]);
    wrapper.kill("SIGCONT");

    const after = await remove("tmp-002");
    expect(after.text).toContain("allows DELETE");
    expect(after.code).toBe(0);
    expect(exists(stage, workspace(stage, "tmp-001"))).toBe(true);
    await puppet.end();
    const { code, stderr } = await ending;
    expect(code).toBe(0);
    expect(stderr).toMatch(/deleted {2}2\n/);
    const { HOLDFAST_RUNTIME_DIR: runtime = "" } = stage.env;
    const left = () => [...readdirSync(stage.sessions), ...readdirSync(runtime)];
    await eventually("nothing is left behind", () => (left().length === 0 ? true : undefined));
    expect(stage.api.mutations).toHaveLength(2);
  });
});
