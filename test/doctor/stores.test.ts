// What the gate decides by, as doctor sees it: whatever the gate refuses for, doctor finds.

import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openAuditLog } from "../../src/audit/log.ts";
import { readPolicy } from "../../src/gate/policy-source.ts";
import { listEntries } from "../../src/grants/allowlist/read.ts";
import { addEntry } from "../../src/grants/allowlist/write.ts";
import { openApprovals } from "../../src/grants/approvals/open.ts";
import { makePlace, type Place, run } from "./world.ts";

const ROWS = ["stores", "policy", "webhooks", "approvals", "allowlist", "audit-log"];

let place: Place;
let config: string;
beforeEach(() => {
  place = makePlace();
  config = join(place.directory, "c");
});
afterEach(() => place.remove());

const at = (...names: string[]) => join(config, ...names);
const found = async (id: string, env = {}) => run(id, await place.world(env));
const policy = (text: string) => {
  mkdirSync(config, { recursive: true, mode: 0o700 });
  writeFileSync(at("policy.yaml"), `version: 1\n${text}`, { mode: 0o600 });
};
const entry = { pattern: "/bin/one", origin: "added" } as const;
const append = () => {
  const pen = openAuditLog(at("audit"), { now: Date.now, redact: String });
  try {
    pen.append({ event: "decided" });
  } finally {
    pen.close();
  }
};
const approvals = (create: boolean) =>
  openApprovals({ place: { kind: "sqlite" }, directory: config, create });

/** What the gate says. */
async function refusal(act: () => unknown): Promise<{ text: string; fix?: string }> {
  try {
    await act();
  } catch (error) {
    const { message, fix } = error as { message: string; fix?: string };
    return { text: message, ...(fix === undefined ? {} : { fix }) };
  }
  throw new Error("it did not refuse");
}

describe("the stores", () => {
  it.each(ROWS)("X1: %s is fine on a fresh machine, and nothing is made", async (id) => {
    expect((await found(id)).status).toBe("ok");
    expect(readdirSync(place.directory)).toEqual(["home"]);
  });

  it("each says what is in force", async () => {
    policy(
      "commands: {agents: {x: {ask: always}}}\napprovals: {webhooks: [{url: 'https://h.example/KEY', secret_file: /nowhere}]}",
    );
    await addEntry(config, "main", entry);
    await addEntry(config, "main", { ...entry, pattern: "/b", expiresAt: "2020-01-01T00:00:00Z" });
    await (await approvals(true))?.close();
    append();
    const texts = Object.fromEntries(
      await Promise.all(ROWS.map(async (id) => [id, (await found(id)).text])),
    );
    expect(texts).toMatchObject({
      policy: `${at("policy.yaml")}: 1 approver, rules for 1 agent, 1 webhook`,
      allowlist: "2 entries, 1 of them expired",
      approvals: expect.stringMatching(/approvals\.db: 0 waiting$/),
      "audit-log": expect.stringMatching(/log\.jsonl: \d+ bytes; holdfast audit verify/),
    });
  });

  it("X2: a webhook whose key is missing is a problem; its address is not shown", async () => {
    const secret = join(place.directory, "key");
    policy(
      `approvals: {webhooks: [{url: 'https://h.example/SECRETPATH', secret_file: ${secret}}]}`,
    );
    const missing = await found("webhooks");
    expect(missing).toMatchObject({
      status: "problem",
      text: `h.example is told nothing: ${secret} is missing`,
      fix: expect.stringContaining(secret),
    });
    writeFileSync(secret, "0123456789abcdef", { mode: 0o644 });
    expect(await found("webhooks")).toMatchObject({
      status: "problem",
      fix: `chmod 600 ${secret}`,
    });
    chmodSync(secret, 0o600);
    expect(await found("webhooks")).toMatchObject({ status: "ok", text: "h.example" });
    expect(missing.text).not.toContain("SECRETPATH");
  });

  it.each<[string, string, () => unknown, () => unknown]>([
    [
      "a malformed policy",
      "policy",
      () => policy("commands: 7"),
      () => readPolicy({ configDirectory: config }),
    ],
    [
      "an allowlist that is a link",
      "allowlist",
      () => symlinkSync("nowhere", at("allowlist.json")),
      () => listEntries(config),
    ],
    [
      "a malformed allowlist",
      "allowlist",
      () => writeFileSync(at("allowlist.json"), "{", { mode: 0o600 }),
      () => listEntries(config),
    ],
    [
      "approvals that are no database",
      "approvals",
      () => {
        mkdirSync(at("approvals"), { mode: 0o700 });
        writeFileSync(at("approvals", "approvals.db"), "x".repeat(5000), { mode: 0o600 });
      },
      () => approvals(false),
    ],
    [
      "an open directory of approvals",
      "approvals",
      () => {
        mkdirSync(at("approvals"));
        chmodSync(at("approvals"), 0o755);
      },
      () => approvals(false),
    ],
    [
      "an open log",
      "audit-log",
      () => {
        append();
        chmodSync(at("audit", "log.jsonl"), 0o644);
      },
      append,
    ],
    [
      "an open head",
      "audit-log",
      () => {
        append();
        chmodSync(at("audit", "head"), 0o644);
      },
      append,
    ],
    [
      "a log that is elsewhere",
      "audit-log",
      () => symlinkSync(place.directory, at("audit")),
      append,
    ],
  ])("%s: the gate's own line and fix", async (_, id, spoil, gate) => {
    mkdirSync(config, { mode: 0o700 });
    spoil();
    const { status, text, fix } = await found(id);
    expect(status).toBe("problem");
    expect({ text, fix }).toEqual(await refusal(gate));
  });

  it("turns of the allowlist that nobody can take are a problem", async () => {
    await addEntry(config, "main", entry);
    mkdirSync(at("allowlist.json.turns", `turn.${"a".repeat(32)}`));
    expect(await found("allowlist")).toMatchObject({
      status: "problem",
      text: expect.stringContaining("is damaged: it holds 2 turns instead of one"),
      fix: `rm -r -- ${at("allowlist.json.turns")}`,
    });
  });

  it("a broken policy is one problem, and a configuration that is a file none of these", async () => {
    policy("commands: 7");
    expect((await found("approvals")).status).toBe("note");
    expect((await found("webhooks")).status).toBe("note");
    const env = { HOLDFAST_CONFIG_DIR: at("policy.yaml") };
    for (const id of ROWS.slice(1)) expect((await found(id, env)).status).toBe("note");
  });
});
