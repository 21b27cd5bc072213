// audit list | verify | export, in each form of output, with and without a store.

import { appendFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Readable, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openAuditLog } from "../../src/audit/log.ts";
import { runCli } from "../../src/cli/run.ts";
import { auditCommand } from "../../src/cli/tree/audit.ts";
import { rootCommand } from "../../src/cli/tree/wiring.ts";
import { AuditChain, type AuditEntry } from "../../src/policy/audit-entry.ts";
import { type LogPlace, logPlace } from "../support/audit-log.ts";

let place: LogPlace;
let store: AuditEntry[] | undefined;
beforeEach(() => {
  place = logPlace();
  store = undefined;
});
afterEach(() => place.close());

class Kept extends Writable {
  text = "";
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

async function* yielded(entries: readonly AuditEntry[]): AsyncIterable<AuditEntry> {
  yield* entries;
}

async function audit(
  ...words: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new Kept({ highWaterMark: 1 }), new Kept()];
  const env = { HOLDFAST_CONFIG_DIR: dirname(place.directory) };
  const streams = { stdin: Readable.from([]), stdout, stderr };
  const context = { env, cwd: "/", home: "/", version: "0.0.0", ...streams };
  const code = await runCli(["audit", ...words], context, (context, onExit) =>
    rootCommand(context).addCommand(
      auditCommand(context, onExit, async () => (store === undefined ? undefined : yielded(store))),
    ),
  );
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const START = Date.parse("2026-01-02T10:00:00Z");

/** Three entries of the log, a minute apart, and two of the store between and after them. */
function fill(): void {
  let now = START;
  const log = openAuditLog(place.directory, { now: () => now, redact: String });
  const chain = new AuditChain();
  store = [];
  for (const [index, name] of ["vars", "workspaces", "vars"].entries()) {
    const session = index < 2 ? "7KQF2M" : "AAAAAA";
    const facts = { session, class: name, operation: `DELETE /${name}/\u001b[31m${index}|` };
    const entry = log.append({ event: "decided", ...facts, effect: "deny", reason: "denied" });
    if (index > 0) {
      const kept = chain.next(
        { event: "approved", request: `K7Q${index}`, class: "vars", by: "ana@laptop" },
        new Date(now + 30_000),
        [entry.hash],
      );
      chain.keep(kept);
      store.push(kept);
    }
    now += 60_000;
  }
  log.close();
}

describe("audit list", () => {
  it("says so where there is nothing", async () => {
    expect(await audit("list")).toEqual({ code: 0, stdout: "", stderr: "holdfast: no entries\n" });
    expect(JSON.parse((await audit("list", "--json")).stdout)).toEqual({ entries: [] });
    expect((await audit("list", "--markdown")).stdout).toBe("No entries.\n");
  });

  it("shows log and store as one story, and nothing that moves the cursor", async () => {
    fill();
    const { code, stdout } = await audit("list");
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "TIME                  SESSION  EVENT             WHAT",
      "2026-01-02 10:00:00Z  7KQF2M   decided           deny DELETE /vars/\\x1b[31m0| [denied]",
      "2026-01-02 10:01:00Z  7KQF2M   decided           deny DELETE /workspaces/\\x1b[31m1| [denied]",
      "2026-01-02 10:01:30Z  ------   approved          vars request K7Q1 by ana@laptop",
      "2026-01-02 10:02:00Z  AAAAAA   decided           deny DELETE /vars/\\x1b[31m2| [denied]",
      "2026-01-02 10:02:30Z  ------   approved          vars request K7Q2 by ana@laptop",
      "",
    ]);
    const markdown = (await audit("list", "--markdown")).stdout;
    for (const row of markdown.trimEnd().split("\n")) expect(row.split("|")).toHaveLength(6);
  });

  it("says nothing of what happened once, and names a target in one word", async () => {
    const log = openAuditLog(place.directory, { now: () => START, redact: String });
    const targets = ["tfe.example acme /workspaces/ws-1", "localhost /opt/my tool", "acme on tfe"];
    for (const [index, target] of targets.entries())
      log.append({ event: "decided", operation: "x", target, detail: `${index + 1} times` });
    log.close();
    const { stdout } = await audit("list");
    const said = stdout.trimEnd().split("\n").slice(1);
    expect(said.map((line) => line.split("decided").at(-1)?.trim())).toEqual([
      "x on tfe.example/workspaces/ws-1 (acme)",
      "x on localhost/opt/my tool: 2 times",
      "x on acme on tfe: 3 times",
    ]);
  });

  it("filters by session, class and time, and takes the newest", async () => {
    fill();
    const listed = async (...words: string[]) =>
      JSON.parse((await audit("list", "--json", ...words)).stdout).entries.map(
        ({ at }: AuditEntry) => at.slice(14, 19),
      );
    expect(await listed("--session", "7kqf2m")).toEqual(["00:00", "01:00"]);
    expect(await listed("--class", "vars")).toEqual(["00:00", "01:30", "02:00", "02:30"]);
    expect(await listed("--since", "2026-01-02T10:02:00Z")).toEqual(["02:00", "02:30"]);
    expect(await listed("--since", "30s")).toEqual([]);
    expect(await listed("--limit", "2")).toEqual(["02:00", "02:30"]);
  });

  it.each([
    ["--since", "yesterday"],
    ["--since", "2026-13-45"],
    ["--class", "workspace"],
    ["--limit", "0"],
    ["--limit", "all"],
  ])("refuses %s %s", async (flag, value) => {
    const { code, stderr } = await audit("list", flag, value);
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^holdfast: ${flag}: .*\\n  fix  ${flag} `));
  });
});

describe("audit verify", () => {
  it("exits 0 for a log that holds, together with the store", async () => {
    fill();
    const { code, stdout } = await audit("verify");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^holdfast: the audit log is whole, as far as it can tell: 3 entries in the log, 2 in the approvals store, 2 writers\n {2}last {7}[0-9a-f]{64}\n$/,
    );
    expect(JSON.parse((await audit("verify", "--json")).stdout)).toMatchObject({ problems: [] });
  });

  it("exits 1 and names what was changed, and the row of the store", async () => {
    fill();
    place.write(place.text().replace("workspaces/", "workspaceX/"));
    store = store?.map((entry) => ({ ...entry, by: "somebody\u001b[2J" }));
    const { code, stdout } = await audit("verify");
    expect(code).toBe(1);
    const writer = JSON.parse(place.text().split("\n")[1] ?? "").writer;
    expect(stdout).toMatch(/^holdfast: the audit log is not what was written: 3 problems/);
    expect(stdout).toContain(
      `  changed    line 2 (entry 2 of writer ${writer}) does not have the hash of what it says\n`,
    );
    expect(stdout).toContain("  changed    row 1 of the store (entry 1 of writer ");
    expect(stdout).not.toContain("\u001b");
  });

  it("exits 1 where the store is gone that an entry names", async () => {
    fill();
    const log = openAuditLog(place.directory, { now: Date.now, redact: String });
    log.append(
      { event: "decided" },
      store?.slice(-1).map(({ hash }) => hash),
    );
    log.close();
    expect((await audit("verify")).code).toBe(0);
    store = undefined;
    const { code, stdout } = await audit("verify");
    expect(code).toBe(1);
    expect(stdout).toContain("  dropped    an entry that line 4 ");
  });

  it("shows what was set aside, without holding it against the log", async () => {
    fill();
    appendFileSync(place.file, '{"version":1');
    const { code, stdout } = await audit("verify");
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n {2}set aside {2}line 4, 12 bytes at byte \d+: a torn write\n/);
    expect((await audit("verify", "--markdown")).stdout).toMatch(/^(- <code>.*<\/code>\n)+$/);
  });

  it("says why a log cannot be trusted at all", async () => {
    fill();
    const { chmodSync } = await import("node:fs");
    chmodSync(place.file, 0o644);
    for (const verb of ["verify", "list", "export"]) {
      const { code, stderr } = await audit(verb);
      expect(code).toBe(7);
      expect(stderr).toContain("the audit log cannot be trusted");
    }
  });
});

describe("audit export", () => {
  it("prints every entry as it is kept", async () => {
    fill();
    const { code, stdout } = await audit("export");
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.includes("approved"))).toEqual(
      place.text().trimEnd().split("\n"),
    );
    expect(lines.map((line) => JSON.parse(line)).filter(({ by }) => by)).toEqual(store);
    expect(
      (await audit("export", "--session", "AAAAAA")).stdout.trimEnd().split("\n"),
    ).toHaveLength(1);
  });

  it("passes over what is no entry", async () => {
    fill();
    store = undefined;
    const whole = place.text();
    writeFileSync(place.file, `not an entry\n${whole}{"torn`);
    expect((await audit("export")).stdout).toBe(whole);
  });
});
