import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SessionRecord } from "../../../src/grants/session-record.ts";
import { writeSession } from "../../../src/grants/session-store.ts";
import { createIdentity, randomCode } from "../../../src/session/identity.ts";
import { openProcesses } from "../../../src/system/open-processes.ts";
import type { Processes } from "../../../src/system/processes.ts";
import { goOutside, type Outside } from "../../support/outside.ts";
import { exec, workspace } from "../../support/scripts.ts";
import { HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

let stage: Stage;
let outside: Outside;
let processes: Processes;
beforeAll(async () => {
  stage = await setStage();
  processes = await openProcesses();
  outside = await goOutside();
});
afterAll(async () => {
  await outside.close();
  await stage.close();
});
beforeEach(() => stage.api.reset());

/** A record as a session would have written it, of which this process is the host. */
async function forge(changes: Partial<SessionRecord> = {}): Promise<SessionRecord> {
  const self = await processes.info(process.pid);
  const record: SessionRecord = {
    version: 1,
    id: randomCode(6),
    token: createIdentity().token,
    pid: process.pid,
    process_started: self?.started ?? 0,
    boot_id: await processes.bootId(),
    uid: process.getuid?.() ?? 0,
    hostname: stage.api.address,
    organization: null,
    created_at: "2026-01-01T00:00:00.000Z",
    expires_at: "2036-01-01T00:00:00.000Z",
    max_deletes: null,
    allow_delete: ["workspaces", "reversible"],
    ...changes,
  };
  writeSession(stage.sessions, record);
  return record;
}
const remove = (token: string) =>
  stage.run(["api", "-X", "DELETE", `/workspaces/${workspace(stage, "tmp-000")}`], {
    env: { ...stage.env, HOLDFAST_EXEC_SESSION: token },
  });
const sweep = () => stage.run(exec([], ["/bin/sleep", "0.5"]));
const records = () => readdirSync(stage.sessions).filter((name) => name.endsWith(".hcl"));

describe("a record that names a process which is not its host", () => {
  it.each<[string, () => Promise<Partial<SessionRecord>>]>([
    ["a living pid with another start time", async () => ({ process_started: 12_345 })],
    [
      "a living pid that started one tick later",
      async () => ({ process_started: ((await processes.info(process.pid))?.started ?? 0) - 1 }),
    ],
    ["a pid that nobody has", async () => ({ pid: 4_194_303 })],
    ["a living pid of another boot", async () => ({ boot_id: "another-boot" })],
  ])("grants nothing, and the next session sweeps it (S5): %s", async (_, changes) => {
    const record = await forge(await changes());
    const { code, stderr } = await remove(record.token);
    expect(code).toBe(7);
    expect(stderr).toContain("[not-live]");
    expect(stage.api.mutations).toEqual([]);
    expect((await sweep()).code).toBe(0);
    expect(records()).toEqual([]);
  });

  it("grants nothing even if the process lives, and is not swept then (S5, E1)", async () => {
    const record = await forge();
    const { code, stderr } = await remove(record.token);
    expect(code).toBe(7);
    expect(stderr).toContain("[not-live]");
    await sweep();
    expect(records()).toEqual([`${record.token}.hcl`]);
  });

  it("does not keep a person from being asked, once its process is gone (N7)", async () => {
    const place = { env: stage.env, cwd: stage.directory };
    const path = `/workspaces/${workspace(stage, "tmp-000")}`;
    const ask = async () => {
      const younger = await goOutside();
      const words = [process.execPath, HOLDFAST, "api", "-X", "DELETE", path];
      const person = await younger.atTerminal(words, place);
      await person.shows(/\[y\/N\]|\[no-session\]/);
      person.type("\r");
      await person.ended;
      await younger.close();
      return person.screen;
    };
    expect(await ask()).toContain("this terminal is younger than session");
    rmSync(stage.sessions, { recursive: true });
    mkdirSync(stage.sessions, { mode: 0o700 });
    await forge({ process_started: 12_345 });
    expect(await ask()).toContain("[y/N]");
  });
});
