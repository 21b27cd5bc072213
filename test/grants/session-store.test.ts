import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatSessionRecord, type SessionRecord } from "../../src/grants/session-record.ts";
import {
  isGone,
  listSessions,
  readSession,
  removeSession,
  sessionFile,
  sweepSessions,
  writeSession,
} from "../../src/grants/session-store.ts";
import type { Failure } from "../../src/policy/failure.ts";
import { base32 } from "../../src/session/identity.ts";
import { procfs } from "../../src/system/processes-procfs.ts";

const isRoot = process.getuid?.() === 0;
const processes = procfs();
let root: string;
let store: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hf-"));
  store = join(root, "exec");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const tokenOf = (n: number) => base32(Buffer.from(String(n).padStart(20, "0")));

async function recordOf(n: number, more: Partial<SessionRecord> = {}): Promise<SessionRecord> {
  const self = await processes.info(process.pid);
  return {
    version: 1,
    id: tokenOf(n).slice(-6),
    token: tokenOf(n),
    pid: process.pid,
    process_started: self?.started ?? 0,
    boot_id: await processes.bootId(),
    uid: process.getuid?.() ?? 0,
    hostname: "app.terraform.io",
    organization: null,
    created_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    max_deletes: null,
    allow_delete: ["vars"],
    ...more,
  };
}

/** Writes a record, lets `spoil` at it, and says why it is refused. */
async function refusalAfter(spoil: (file: string) => void): Promise<string> {
  const record = await recordOf(1);
  writeSession(store, record);
  spoil(sessionFile(store, record.token));
  try {
    readSession(store, record.token);
  } catch (error) {
    return (error as Failure).code;
  }
  return "not refused";
}

describe("S4: a record is read only if it is safely ours", () => {
  it("reads its own, made with 0600 in a directory with 0700", async () => {
    const record = await recordOf(1);
    writeSession(store, record);
    expect(readSession(store, record.token)).toEqual(record);
    expect(
      execFileSync("stat", ["-c", "%a", store, sessionFile(store, record.token)], {
        encoding: "utf8",
      }),
    ).toBe("700\n600\n");
  });

  it("is not there: no record, no failure", () => {
    expect(readSession(store, tokenOf(1))).toBeUndefined();
    expect(listSessions(store)).toEqual([]);
  });

  it("never writes over one, nor through a link", async () => {
    const record = await recordOf(1);
    writeSession(store, record);
    expect(() => writeSession(store, record)).toThrow(/cannot be written/);
    const other = await recordOf(2);
    symlinkSync(join(root, "elsewhere"), sessionFile(store, other.token));
    expect(() => writeSession(store, other)).toThrow(/cannot be written/);
    expect(existsSync(join(root, "elsewhere"))).toBe(false);
  });

  const spoilt: [string, string, (file: string) => void][] = [
    ["readable by the group", "session-file-too-open", (file) => chmodSync(file, 0o640)],
    ["readable by others", "session-file-too-open", (file) => chmodSync(file, 0o604)],
    ["world-readable", "session-file-too-open", (file) => chmodSync(file, 0o644)],
    ["writable by others", "session-file-too-open", (file) => chmodSync(file, 0o602)],
    ["hard-linked", "session-file-linked", (file) => linkSync(file, `${file}.too`)],
    [
      "symlinked",
      "session-file-linked",
      (file) => {
        renameSync(file, `${file}.moved`);
        symlinkSync(`${file}.moved`, file);
      },
    ],
    [
      "symlinked to itself",
      "session-file-linked",
      (file) => {
        rmSync(file);
        symlinkSync(file, file);
      },
    ],
    [
      "a directory",
      "session-file-wrong-kind",
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
    [
      "a named pipe that nobody writes to",
      "session-file-wrong-kind",
      (file) => {
        rmSync(file);
        execFileSync("mkfifo", ["-m", "600", file]);
      },
    ],
    ["huge", "session-file-too-large", (file) => truncateSync(file, 2 ** 40)],
    ["a little too large", "session-file-too-large", (file) => truncateSync(file, 16 * 1024 + 1)],
    ["empty", "session-record", (file) => truncateSync(file, 0)],
    ["without its last byte", "session-record", (file) => truncateSync(file, 300)],
    ["in a directory with 0755", "session-file-too-open", () => chmodSync(store, 0o755)],
    [
      "in a directory that is a link",
      "session-file-wrong-kind",
      () => {
        renameSync(store, `${store}.moved`);
        symlinkSync(`${store}.moved`, store);
      },
    ],
  ];
  it.each(spoilt)("refuses one that is %s (%s)", async (_, code, spoil) => {
    expect(await refusalAfter(spoil)).toBe(code);
  });

  it.skipIf(!isRoot)("refuses one of another owner (needs root to give it away)", async () => {
    expect(await refusalAfter((file) => chownSync(file, 12345, 12345))).toBe(
      "session-file-not-ours",
    );
  });

  it.skipIf(!isRoot)(
    "refuses a directory of another owner (needs root to give it away)",
    async () => {
      expect(await refusalAfter(() => chownSync(store, 12345, 12345))).toBe(
        "session-file-not-ours",
      );
    },
  );

  it("refuses one that says it is another user's", async () => {
    const record = await recordOf(1, { uid: 54321 });
    writeSession(store, record);
    expect(() => readSession(store, record.token)).toThrow("is another user's session");
  });

  it("a fix for its mode works as printed, whatever the path", async () => {
    store = join(root, "it's here", "exec");
    const record = await recordOf(1);
    writeSession(store, record);
    const file = sessionFile(store, record.token);
    chmodSync(file, 0o644);
    const [stored] = listSessions(store);
    const fix = stored !== undefined && "problem" in stored ? stored.problem.fix : undefined;
    execFileSync("sh", ["-c", fix ?? "false"]);
    expect(readSession(store, record.token)).toEqual(record);
  });

  it("a relative directory is refused by name: host and caller would look in two places", async () => {
    const record = await recordOf(1);
    for (const act of [
      () => writeSession("c/exec", record),
      () => readSession("c/exec", record.token),
      () => listSessions("c/exec"),
    ])
      expect(act).toThrow(/HOLDFAST_CONFIG_DIR/);
    expect(existsSync("c")).toBe(false);
  });

  it("lists what is wrong beside what is right, and nothing that is named otherwise", async () => {
    writeSession(store, await recordOf(1));
    writeSession(store, await recordOf(2));
    truncateSync(sessionFile(store, tokenOf(2)), 5);
    for (const name of ["x.hcl", `${tokenOf(3)}.hcl.lock`, `${tokenOf(3)}.txt`, "a\nb.hcl"])
      writeFileSync(join(store, name), "");
    expect(listSessions(store).map((each) => "record" in each)).toEqual([true, false]);
  });
});

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

it("a record never holds more than its reader takes", async () => {
  const { RESOURCE_CLASSES } = await import("../../src/policy/resource-class.ts");
  const record = await recordOf(1, {
    allow_delete: [...Object.keys(RESOURCE_CLASSES), "reversible"],
    hostname: "h".repeat(255),
    organization: "o".repeat(255),
  });
  expect(formatSessionRecord(record).length).toBeLessThan(16 * 1024);
  writeSession(store, record);
  expect(readSession(store, record.token)).toEqual(record);
});
