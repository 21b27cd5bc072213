import {
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SessionRecord } from "../../../src/grants/session-record.ts";
import { writeSession } from "../../../src/grants/session-store.ts";
import { createIdentity, randomCode } from "../../../src/session/protocol/identity.ts";
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
const emptyStore = () => {
  rmSync(stage.sessions, { recursive: true });
  mkdirSync(stage.sessions, { mode: 0o700 });
};

function turnIntoLink(file: string): void {
  renameSync(file, `${file}.x`);
  symlinkSync(`${file}.x`, file);
}

/** What a person gets to see at a terminal that was opened just now; says no. */
async function ask(): Promise<{ screen: string; code: number | null }> {
  const younger = await goOutside();
  const path = `/workspaces/${workspace(stage, "tmp-000")}`;
  const words = [process.execPath, HOLDFAST, "api", "-X", "DELETE", path];
  const person = await younger.atTerminal(words, { env: stage.env, cwd: stage.directory });
  await person.shows(/\[y\/N\]|\[no-session\]/);
  person.type("\r");
  const { code } = await person.ended;
  await younger.close();
  return { screen: person.screen, code };
}
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
    expect((await ask()).screen).toContain("this terminal is younger than session");
    emptyStore();
    await forge({ process_started: 12_345 });
    const { screen, code } = await ask();
    expect(screen).toContain("[y/N]");
    expect(code).toBe(7);
  });
});

describe("a record that cannot be trusted", () => {
  it.each([
    ["open to others", (file: string) => chmodSync(file, 0o644)],
    ["cut short", (file: string) => truncateSync(file, 100)],
    ["a link", turnIntoLink],
  ])("may be a live session's, so it speaks against everybody (N7): %s", async (_, spoil) => {
    emptyStore();
    const record = await forge({ process_started: 12_345 });
    spoil(join(stage.sessions, `${record.token}.hcl`));
    const { screen, code } = await ask();
    expect(code).toBe(7);
    expect(screen).toContain("a session's record cannot be trusted: ");
    expect(screen).not.toContain("[y/N]");
    expect(screen).not.toContain(record.token);
    const env = { ...stage.env, TFE_ADDRESS: "https://app.terraform.io" };
    const words = exec(["--allow-delete=vars"], ["/bin/true"]);
    const started = await outside.start([process.execPath, HOLDFAST, ...words], {
      env,
      cwd: stage.directory,
    });
    expect((await started.ended).code).toBe(7);
    expect(started.screen).not.toContain(record.token);
    emptyStore();
    expect((await ask()).screen).toContain("[y/N]");
  });
});
