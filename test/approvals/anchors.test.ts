// The audit log and the approvals store hold each other, and neither keeps a secret: real commands,
// and then an entry taken out behind their back.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AuditEntry } from "../../src/policy/audit-entry.ts";
import { type Desk, requestIn, sitDown } from "../support/desk.ts";
import { workspace } from "../support/scripts.ts";
import { type Stage, setStage } from "../support/stage.ts";

/** In the environment of whoever asks, and of nobody else. */
const SECRET = "k7-swordfish-9931";

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

const logFile = () => join(stage.directory, "c", "audit", "log.jsonl");

const logged = (): AuditEntry[] =>
  readFileSync(logFile(), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

function onStore(...statements: readonly string[]): Record<string, unknown>[] {
  const database = new Database(join(stage.directory, "c", "approvals", "approvals.db"));
  try {
    return statements.flatMap((text) => database.prepare(text).all() as Record<string, unknown>[]);
  } finally {
    database.close();
  }
}

const kept = (): AuditEntry[] =>
  onStore("SELECT entry FROM audit ORDER BY position").map(({ entry }) =>
    JSON.parse(String(entry)),
  );

const seenBy = (entries: readonly AuditEntry[]): Set<string> =>
  new Set(entries.flatMap(({ seen }) => seen));

const verify = () => stage.run(["audit", "verify"]);

it("U1, J4: each names the other's entries, and verify finds what was dropped from either", async () => {
  const words = ["api", `/workspaces/${workspace(stage, "tmp-020")}`, "-X", "DELETE"];
  const request = requestIn((await desk.script(words)).screen);
  await desk.script(words);
  expect((await desk.answer(["approve", request], "y")).code).toBe(0);
  expect((await desk.script(words)).code).toBe(0);
  // One more command of which only the log knows, now that the store has its last entry.
  await desk.script(["api", "/organizations/acme", "-X", "DELETE"]);
  const [log, store] = [logged(), kept()];
  expect(store.map(({ event }) => event)).toEqual([
    "requested",
    "approved",
    "claimed",
    "concluded",
  ]);
  const ofLog = log.find(({ hash }) => seenBy(store).has(hash));
  expect(ofLog).toBeDefined();
  expect(seenBy(log)).toContain(store.at(-1)?.hash);
  expect((await verify()).code).toBe(0);

  const text = readFileSync(logFile(), "utf8");
  const without = text.split("\n").filter((line) => !line.includes(`"hash":"${ofLog?.hash}"`));
  writeFileSync(logFile(), without.join("\n"));
  expect(await verify()).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`missing (hash ${ofLog?.hash.slice(0, 16)})`),
  });
  writeFileSync(logFile(), text);
  expect((await verify()).code).toBe(0);

  // The last one of its chain: nothing in the store itself is missed.
  onStore("DROP TRIGGER audit_no_delete", `DELETE FROM audit WHERE hash = '${store.at(-1)?.hash}'`);
  expect(await verify()).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`missing (hash ${store.at(-1)?.hash.slice(0, 16)})`),
  });
});

it("J3: a secret of whoever asks is in no entry, whoever answers and whoever claims", async () => {
  const before = kept().length;
  const words = ["gate", "--", "/bin/echo", `--password=${SECRET}`];
  const env = { ECHO_PASSWORD: SECRET };
  const request = requestIn((await desk.script(words, env)).screen);
  expect((await desk.answer(["approve", request], "y")).code).toBe(0);
  expect((await desk.script(words, env)).screen).toContain(SECRET);
  const entries = kept().slice(before);
  expect(entries.map(({ event }) => event)).toEqual([
    "requested",
    "approved",
    "claimed",
    "concluded",
  ]);
  for (const { operation } of entries) expect(operation).toBe("/bin/echo --password=[redacted]");
  const [row] = onStore("SELECT group_concat(entry) AS every FROM audit");
  expect(row?.every).not.toContain(SECRET);
  expect(readFileSync(logFile(), "utf8")).not.toContain(SECRET);
});
