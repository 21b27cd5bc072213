// Saved plans: whole or not at all, claimed once, never rewritten, and gone when they are of no use.

import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PlanRecord } from "../../../src/gate/plans/record.ts";
import { PlanStore } from "../../../src/gate/plans/store.ts";
import { procfs } from "../../../src/system/processes-procfs.ts";

const HOUR = 60 * 60_000;
let config: string;
let now: number;
let store: PlanStore;

beforeEach(() => {
  config = mkdtempSync(join(tmpdir(), "hf-plans-"));
  now = Date.now();
  store = new PlanStore(config, procfs(), () => now);
});
afterEach(() => rmSync(config, { recursive: true, force: true }));

const plans = () => join(config, "gateway", "plans");
const keep = (text: string) => text;

async function made(bytes = "a plan"): Promise<PlanRecord> {
  const draft = await store.draft();
  writeFileSync(draft.planFile, bytes, { mode: 0o644 });
  const digest = store.seal(draft);
  const record = {
    version: 1,
    digest,
    environment: "dev",
    directory: "/srv/payments",
    workspace: "default",
    selected: "default",
    executable: "/usr/bin/terraform",
    terraformVersion: "1.11.4",
    options: { destroy: false, refreshOnly: false, targets: [], replace: [], variables: {} },
    variables: {},
    files: {},
    changes: [],
    notes: [],
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + HOUR).toISOString(),
  } as const;
  return store.publish(draft, record, { format_version: "1.2" });
}

/** A claim by somebody who is long gone. */
function claimByTheDead(id: string): void {
  const claim = { pid: 4_000_000, started: 1, boot: "", at: new Date(now).toISOString() };
  writeFileSync(join(plans(), id, "claim.json"), JSON.stringify(claim), { mode: 0o600 });
}

describe("a store of plans", () => {
  it("K1: has no plan before all of it is there, and nobody else can read one", async () => {
    const draft = await store.draft();
    expect(readdirSync(plans()).every((name) => name.startsWith(".new-"))).toBe(true);
    expect(() => store.seal(draft)).toThrow(/is missing/);
    store.discard(draft);
    expect(readdirSync(plans())).toEqual([]);
    const { id, digest } = await made();
    expect(id).toMatch(/^[A-Z2-7]{8}$/);
    expect(statSync(join(plans(), id)).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(plans(), id)))
      expect([name, statSync(join(plans(), id, name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(store.digest(id)).toBe(digest);
    expect(await store.read(id.toLowerCase())).toMatchObject({ status: "planned" });
  });

  it("K1: seals no link, and no file with a second name's owner elsewhere", async () => {
    const draft = await store.draft();
    symlinkSync("/etc/hostname", draft.planFile);
    expect(() => store.seal(draft)).toThrow(/symbolic link/);
  });

  it("K2: is claimed by one of many, and there is no way back", async () => {
    const { id } = await made();
    const others = Array.from({ length: 20 }, () => new PlanStore(config, procfs(), () => now));
    const came = await Promise.allSettled(others.map((each) => each.claim(id)));
    expect(came.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await store.read(id)).toMatchObject({ status: "applying" });
    store.finish(id, { status: "applied", exitCode: 0 }, keep);
    store.finish(id, { status: "failed", why: "a loser came late" }, keep);
    expect(await store.read(id)).toMatchObject({ status: "applied", outcome: { exitCode: 0 } });
    await expect(store.claim(id)).rejects.toMatchObject({ code: "plan-used" });
  });

  it("K3: is unknown once whoever claimed it is gone, or wrote half a claim", async () => {
    const [one, other] = [await made(), await made()];
    claimByTheDead(one.id);
    writeFileSync(join(plans(), other.id, "claim.json"), '{"pid":', { mode: 0o600 });
    for (const { id } of [one, other]) {
      expect(await store.read(id)).toMatchObject({ status: "unknown" });
      await expect(store.claim(id)).rejects.toMatchObject({ code: "plan-used" });
    }
  });

  it("K3: keeps what the dead one's apply said, without what is secret, and settles it later", async () => {
    const { id } = await made();
    claimByTheDead(id);
    writeFileSync(store.rawOutput(id), "it said s3cret\n", { mode: 0o600 });
    const redact = (text: string) => text.replaceAll("s3cret", "[redacted]");
    expect(store.output(id, redact)).toBe("it said [redacted]\n");
    await store.sweep(redact);
    expect(existsSync(store.rawOutput(id))).toBe(true);
    now += 2 * HOUR;
    await store.sweep(redact);
    expect(readdirSync(join(plans(), id)).sort()).toEqual([
      "claim.json",
      "outcome.json",
      "output.txt",
      "plan.json",
      "record.json",
    ]);
    expect(store.output(id, keep)).toBe("it said [redacted]\n");
    expect(await store.read(id)).toMatchObject({ status: "unknown" });
  });

  it("K4: expires only what was never claimed", async () => {
    const [one, other] = [await made(), await made()];
    await store.claim(one.id);
    store.finish(one.id, { status: "applied" }, keep);
    now += HOUR;
    expect(await store.read(one.id)).toMatchObject({ status: "applied" });
    expect(await store.read(other.id)).toMatchObject({ status: "expired" });
    await expect(store.claim(other.id)).rejects.toMatchObject({ code: "plan-expired" });
  });

  it("K5: removes the plan file with its use, and the record long after", async () => {
    const [applied, expired] = [await made(), await made()];
    await store.claim(applied.id);
    expect(existsSync(store.planFile(applied.id))).toBe(true);
    store.finish(applied.id, { status: "applied" }, keep);
    expect(existsSync(store.planFile(applied.id))).toBe(false);
    now += HOUR;
    await store.sweep(keep);
    expect(existsSync(store.planFile(expired.id))).toBe(false);
    expect(readdirSync(plans())).toHaveLength(2);
    now += 31 * 24 * HOUR;
    await store.sweep(keep);
    expect(readdirSync(plans())).toEqual([]);
  });

  it("K5: removes what a maker left who died while it was made, and nobody else's", async () => {
    const [dead, alive] = [await store.draft(), await store.draft()];
    const maker = { pid: 4_000_000, started: 1, boot: "", at: new Date(now).toISOString() };
    writeFileSync(join(dead.directory, "maker.json"), JSON.stringify(maker));
    await store.sweep(keep);
    expect([existsSync(dead.directory), existsSync(alive.directory)]).toEqual([false, true]);
  });

  it("refuses what is damaged, changed in kind, or not an id", async () => {
    const { id } = await made();
    for (const name of ["..", "", ".new-0000000000000000", `${id}/..`, "AAAAAAAA"])
      await expect(store.read(name)).rejects.toMatchObject({ code: "no-plan" });
    const record = join(plans(), id, "record.json");
    writeFileSync(record, "{}");
    await expect(store.read(id)).rejects.toMatchObject({ code: "plan-store" });
    rmSync(record);
    symlinkSync("/etc/hostname", record);
    await expect(store.read(id)).rejects.toThrow(/symbolic link/);
  });

  it("keeps both ends of an output that is too long, in whole lines", async () => {
    const { id } = await made();
    await store.claim(id);
    const line = `${"x".repeat(1023)}\n`;
    writeFileSync(store.rawOutput(id), `first\n${line.repeat(10 * 1024)}last\n`, { mode: 0o600 });
    store.finish(id, { status: "applied" }, keep);
    const lines = (store.output(id, keep) ?? "").split("\n");
    expect([lines[0], lines.at(-2)]).toEqual(["first", "last"]);
    expect(lines.filter((each) => each === "[... left out ...]")).toHaveLength(1);
    expect(new Set(lines.map((each) => each.length))).toEqual(new Set([5, 1023, 18, 4, 0]));
  });
});
