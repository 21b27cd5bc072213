import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionRecord } from "../../src/grants/session-record.ts";
import {
  isGone,
  listSessions,
  removeSession,
  sessionFile,
  sweepSessions,
  writeSession,
} from "../../src/grants/session-store.ts";
import { procfs } from "../../src/system/processes-procfs.ts";
import { recordOf, tokenOf } from "../support/records.ts";

const processes = procfs();
let root: string;
let store: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hf-"));
  store = join(root, "exec");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("S5: what is swept", () => {
  const sweep = (signal?: AbortSignal) => {
    const told: string[] = [];
    return sweepSessions(store, processes, (token) => told.push(token), signal).then(() => told);
  };

  it.each<[string, Partial<SessionRecord>, boolean]>([
    ["a live process", {}, false],
    ["no such process", { pid: 2 ** 22 + 1 }, true],
    ["another process with its pid", { process_started: 1 }, true],
    ["another boot", { boot_id: "another" }, true],
    ["a time that is up", { expires_at: "2020-01-01T00:00:00Z" }, false],
    ["a time that never comes", { created_at: "2999-01-01T00:00:00Z" }, false],
  ])("a record of %s: gone is %s", async (_, more, gone) => {
    const record = await recordOf(1, more);
    expect(await isGone(record, processes)).toBe(gone);
    writeSession(store, record);
    expect(await sweep()).toEqual(gone ? [record.token] : []);
    expect(existsSync(sessionFile(store, record.token))).toBe(!gone);
  });

  it("an old lock removes nothing, a young one keeps nothing", async () => {
    const live = await recordOf(1);
    const dead = await recordOf(2, { process_started: 1 });
    for (const { token } of [live, dead])
      mkdirSync(`${sessionFile(store, token)}.lock`, { recursive: true });
    chmodSync(store, 0o700);
    writeSession(store, live);
    writeSession(store, dead);
    execFileSync("touch", ["-d", "2001-01-01", `${sessionFile(store, live.token)}.lock`]);
    expect(await sweep()).toEqual([dead.token]);
    expect(readdirSync(store).sort()).toEqual(
      [`${live.token}.hcl`, `${live.token}.hcl.lock`].sort(),
    );
  });

  it("leaves what is malformed or not safely ours to a person", async () => {
    const dead = await recordOf(1, { process_started: 1 });
    writeSession(store, dead);
    chmodSync(sessionFile(store, dead.token), 0o644);
    writeFileSync(sessionFile(store, tokenOf(2)), "", { mode: 0o600 });
    expect(await sweep()).toEqual([]);
    expect(readdirSync(store)).toHaveLength(2);
  });

  it("goes on when what belongs to a record cannot be removed", async () => {
    for (const n of [1, 2, 3]) writeSession(store, await recordOf(n, { process_started: 1 }));
    const told: string[] = [];
    const removed = await sweepSessions(store, processes, (token) => {
      told.push(token);
      throw new Error("a directory in its place");
    });
    expect([removed, told.length, readdirSync(store).length]).toEqual([3, 3, 0]);
  });

  it("stops when it is told to", async () => {
    for (const n of [1, 2, 3]) writeSession(store, await recordOf(n, { process_started: 1 }));
    expect(await sweep(AbortSignal.abort())).toEqual([]);
    expect(readdirSync(store)).toHaveLength(3);
  });

  it("several sweeps and starts at once: every dead record goes, no live one does", async () => {
    for (let n = 0; n < 100; n++) writeSession(store, await recordOf(n, { process_started: 1 }));
    const starting = (async () => {
      for (let n = 100; n < 200; n++) {
        writeSession(store, await recordOf(n));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await Promise.all([sweep(), sweep(), sweep(), starting]);
    await sweep();
    const left = listSessions(store).flatMap((each) =>
      "record" in each ? [each.record.token] : [],
    );
    expect(left).toEqual(Array.from({ length: 100 }, (_, n) => tokenOf(100 + n)).sort());
  });
});

describe("a session's own end", () => {
  it("removes its record and its lock, also where something else was put in their place", async () => {
    const record = await recordOf(1);
    const file = sessionFile(store, record.token);
    writeSession(store, record);
    mkdirSync(`${file}.lock`);
    removeSession(store, record.token);
    expect(readdirSync(store)).toEqual([]);
    mkdirSync(file);
    writeFileSync(join(file, "planted"), "");
    removeSession(store, record.token);
    removeSession(store, record.token);
    expect(readdirSync(store)).toEqual([]);
  });

  it("never follows a link that was put there", async () => {
    const kept = join(root, "kept");
    mkdirSync(kept);
    writeFileSync(join(kept, "file"), "");
    mkdirSync(store, { mode: 0o700 });
    symlinkSync(kept, sessionFile(store, tokenOf(1)));
    symlinkSync(kept, `${sessionFile(store, tokenOf(1))}.lock`);
    removeSession(store, tokenOf(1));
    expect(existsSync(join(kept, "file"))).toBe(true);
    expect(readdirSync(store)).toEqual([]);
  });
});
