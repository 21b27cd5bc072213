// The embedded store's file: what is refused, by which name, and that it is left as it was.

import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { standingStatement } from "../../../src/grants/approvals/looking.ts";
import { openApprovals } from "../../../src/grants/approvals/open.ts";
import { raw, statementText } from "../../../src/grants/approvals/sql.ts";
import { openSqlite } from "../../../src/grants/approvals/sqlite.ts";
import { sqlitePath } from "../../../src/grants/approvals/sqlite-file.ts";
import { SQLITE_WORDS } from "../../../src/grants/approvals/sqlite-schema.ts";
import type { ApprovalStore } from "../../../src/grants/approvals/store.ts";
import { Failure } from "../../../src/policy/failure.ts";
import { asked, claimOf, PERSON, queryOf } from "../../support/approval-requests.ts";
import { fillApprovals } from "../../support/many-approvals.ts";
import { buildWorkers } from "../../support/approvals-workers.ts";
import { onSqlite } from "../../support/raw-sql.ts";

let directory: string;
let path: string;
let stores: ApprovalStore[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hfs-"));
  path = sqlitePath(directory);
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(create = true, at = directory): Promise<ApprovalStore | undefined> {
  const store = await openApprovals({ place: { kind: "sqlite" }, directory: at, create });
  if (store !== undefined) stores.push(store);
  return store;
}

async function made(): Promise<ApprovalStore> {
  const store = await open();
  if (store === undefined) throw new Error("no store");
  return store;
}

const fails = (code: string) => expect(open()).rejects.toMatchObject({ code });

test("nothing is made where nothing is to be made", async () => {
  expect(await open(false)).toBeUndefined();
  expect(existsSync(join(directory, "approvals"))).toBe(false);
});

test("E1: the file and what is beside it are ours alone", async () => {
  await (await made()).file(asked("payments1"), []);
  expect(statSync(join(directory, "approvals")).mode & 0o777).toBe(0o700);
  for (const suffix of ["", "-wal", "-shm"])
    expect(statSync(`${path}${suffix}`).mode & 0o777).toBe(0o600);
});

describe("E1: is refused, and left alone", () => {
  beforeEach(async () => {
    await (await made()).close();
    stores = [];
  });

  test("a file that others may read", async () => {
    chmodSync(path, 0o640);
    await fails("approvals-file-too-open");
  });
  test("a directory that others may enter", async () => {
    chmodSync(join(directory, "approvals"), 0o755);
    await fails("approvals-file-too-open");
  });
  test("a symbolic link", async () => {
    renameSync(path, join(directory, "elsewhere"));
    symlinkSync(join(directory, "elsewhere"), path);
    await fails("approvals-file-linked");
  });
  test("a hard link", async () => {
    linkSync(path, join(directory, "second"));
    await fails("approvals-file-linked");
  });
  test("a symbolic link in place of the log beside it", async () => {
    rmSync(`${path}-wal`, { force: true });
    symlinkSync(join(directory, "victim"), `${path}-wal`);
    await fails("approvals-file-linked");
    expect(existsSync(join(directory, "victim"))).toBe(false);
  });
  test("a directory in its place", async () => {
    rmSync(path);
    mkdirSync(path);
    await fails("approvals-file-wrong-kind");
  });
});

test("B1: what is committed survives a loss of power", async () => {
  // Asked of a connection that the store opens, for each has its own settings.
  const database = await openSqlite(directory, true);
  const setting = async (name: string) => (await database?.read(raw(`PRAGMA ${name}`)))?.[0];
  expect(await setting("journal_mode")).toMatchObject({ journal_mode: "wal" });
  expect(await setting("synchronous")).toMatchObject({ synchronous: 2 });
  expect(await setting("foreign_keys")).toMatchObject({ foreign_keys: 1 });
  await database?.close();
});

describe("B3: is refused by name, and left as it was", () => {
  const unchanged = async (code: string) => {
    const before = readFileSync(path);
    await fails(code);
    expect(readFileSync(path).equals(before)).toBe(true);
  };

  test("a file that is no database", async () => {
    mkdirSync(join(directory, "approvals"), { mode: 0o700 });
    writeFileSync(path, randomBytes(8192), { mode: 0o600 });
    await unchanged("approvals-malformed");
  });

  test("another program's database", async () => {
    mkdirSync(join(directory, "approvals"), { mode: 0o700 });
    writeFileSync(path, "", { mode: 0o600 });
    onSqlite(directory, "CREATE TABLE theirs (x)");
    await unchanged("approvals-malformed");
  });

  test("M3: a newer schema", async () => {
    await (await made()).close();
    stores = [];
    onSqlite(directory, "PRAGMA user_version = 99", "PRAGMA wal_checkpoint(TRUNCATE)");
    await unchanged("approvals-newer");
  });
});

test("a file with damage at any place works, or fails by name: nothing is used twice", async () => {
  const store = await made();
  for (let count = 0; count < 20; count++) await store.file(asked(`payments${count}0`), []);
  const request = asked("payments5");
  const { id } = (await store.file(request, [])).request;
  await store.decide(id, request.digest, "approve", PERSON);
  await store.claim(claimOf(request, id));
  await store.close();
  stores = [];
  onSqlite(directory, "PRAGMA wal_checkpoint(TRUNCATE)");
  const whole = join(directory, "whole");
  copyFileSync(path, whole);
  const { size } = statSync(whole);
  const damage = fc.tuple(fc.nat(size - 1), fc.uint8Array({ minLength: 1, maxLength: 64 }));
  await fc.assert(
    fc.asyncProperty(damage, async ([at, bytes]) => {
      const content = readFileSync(whole);
      content.set(bytes.subarray(0, Math.min(bytes.length, size - at)), at);
      for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
      writeFileSync(path, content, { mode: 0o600 });
      try {
        const damaged = await open();
        for (const look of [
          () => damaged?.list({}),
          () => damaged?.standing(queryOf(request)),
          () => damaged?.claim(claimOf(request, id, { attempt: "again" })),
        ]) {
          const found = await look();
          expect((found as { done?: boolean } | undefined)?.done).not.toBe(true);
        }
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        expect(error.code).toMatch(/^approvals-/);
      } finally {
        for (const each of stores.splice(0)) await each.close();
      }
    }),
    { numRuns: Number(process.env.HOLDFAST_DAMAGE_RUNS ?? 60) },
  );
});

test("a lock that is held too long is a failure by name", async () => {
  const { sqliteFailure } = await import("../../../src/grants/approvals/sqlite-failures.ts");
  await made();
  const { default: Libsql } = await import("libsql");
  const holder = new Libsql(path);
  const waiter = new Libsql(path, { timeout: 50 });
  holder.exec("BEGIN IMMEDIATE");
  try {
    expect(() => {
      try {
        waiter.exec("BEGIN IMMEDIATE");
      } catch (error) {
        throw sqliteFailure(error, path);
      }
    }).toThrow(/locked for too long/);
  } finally {
    holder.exec("ROLLBACK");
    holder.close();
    waiter.close();
  }
});

test("more than one approver needs people that can be told apart", async () => {
  const store = await made();
  await expect(store.file(asked("payments1", { approvers: 2 }), [])).rejects.toMatchObject({
    code: "approvals-need-postgres",
  });
  await expect(
    openApprovals({ place: { kind: "sqlite" }, directory, create: true, approvers: 2 }),
  ).rejects.toMatchObject({ code: "approvals-need-postgres" });
});

describe("a disk of its own", () => {
  const mount = (...options: readonly string[]): boolean =>
    spawnSync("mount", ["-t", "tmpfs", "-o", options.join(","), "holdfast-test", directory])
      .status === 0;
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    // Lazily: libsql lets a closed file go only when its statements are collected.
    spawnSync("umount", ["-l", directory]);
  });

  test("a full disk changes nothing, and says so", async ({ skip }) => {
    if (process.getuid?.() !== 0 || !mount("size=1m", "mode=700"))
      skip("no disk can be mounted here");
    const store = await made();
    const { request } = await store.file(asked("payments0"), []);
    writeFileSync(join(directory, "ballast"), "");
    const fill = spawnSync("dd", ["if=/dev/zero", `of=${join(directory, "ballast")}`, "bs=4k"]);
    expect(fill.status).not.toBe(0);
    const failed = (async () => {
      for (let count = 1; count < 50; count++)
        await store.file(asked(`payments${count}`, { scope: `session:${count}` }), []);
    })();
    await expect(failed).rejects.toMatchObject({ code: "approvals-full" });
    rmSync(join(directory, "ballast"));
    expect((await store.find(request.id))?.state).toBe("pending");
    expect((await store.file(asked("payments99"), [])).isNew).toBe(true);
  });

  test("a read-only one is refused by name", async ({ skip }) => {
    if (process.getuid?.() !== 0 || !mount("size=4m", "mode=700"))
      skip("no disk can be mounted here");
    const workers = buildWorkers();
    const worker = workers.start();
    await worker.call("open", { place: { kind: "sqlite" }, directory, create: true });
    await workers.remove();
    expect(spawnSync("mount", ["-o", "remount,ro", directory]).status).toBe(0);
    const used = (async () => (await open())?.file(asked("payments1"), []))();
    await expect(used).rejects.toMatchObject({ code: "approvals-read-only" });
    expect(spawnSync("mount", ["-o", "remount,rw", directory]).status).toBe(0);
    const later = buildWorkers();
    const next = later.start();
    await next.call("open", { place: { kind: "sqlite" }, directory, create: true });
    expect(await next.call("file", asked("payments1"), [])).toMatchObject({ isNew: true });
    await later.remove();
  });
});

test("N1, P6: with very many requests, standing goes by its indexes alone", async () => {
  const store = await made();
  await fillApprovals({ place: { kind: "sqlite" }, directory }, 5000);
  const request = asked("payments1");
  const text = statementText(standingStatement(queryOf(request)), SQLITE_WORDS);
  const inlined = text.replace(/\$\d+/g, "'x'");
  const plan = onSqlite(directory, `EXPLAIN QUERY PLAN ${inlined}`).map(
    ({ detail }) => `${detail}`,
  );
  expect(plan.filter((line) => line.startsWith("SCAN") && !/SCAN blocking/.test(line))).toEqual([]);
  expect(plan.join("\n")).toMatch(/SEARCH request USING INDEX request_blocking \(resource_key=\?/);
  expect(plan.join("\n")).toMatch(/USING INDEX request_live \(scope=\? AND digest=\?\)/);
  const { id } = (await store.file(request, [])).request;
  expect(await store.standing(queryOf(request))).toMatchObject({ standing: "pending", id });
  expect(await store.list({ limit: 3 })).toHaveLength(3);
});
