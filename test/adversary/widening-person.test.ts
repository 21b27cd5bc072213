// What a person may do to a running session from outside it, and what nobody may (host.ts, H4).

import { mkdirSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditEntries } from "../support/live-session.ts";
import { makePuppet } from "../support/puppet.ts";
import { workspace } from "../support/scripts.ts";
import { type SeenSession, setVisitedStage, type VisitedStage } from "../support/visited-stage.ts";

const GRANT = { type: "grant", resourceClass: "workspaces", request: "K7QF" };
const DONE = 'said: {"type":"done"}';

let visited: VisitedStage;
let session: SeenSession;
beforeAll(async () => {
  visited = await setVisitedStage(["--allow-delete=vars", "--max-deletes=3"]);
  session = visited.session;
});
afterAll(() => visited.close());
beforeEach(() => visited.stage.api.reset());

const deletion = (name: string) => [
  "api",
  "-X",
  "DELETE",
  `/workspaces/${workspace(visited.stage, name)}`,
];

describe("what is never added", () => {
  it.each([
    "reversible",
    "all",
    "irreversible",
    "unknown",
    "commands",
    "everything",
    "toString",
    "",
  ])("%j, which is no class", async (resourceClass) => {
    expect(await visited.ask({ ...GRANT, resourceClass })).toContain("cannot be understood");
  });

  it("organizations, which nobody answers for a session", async () => {
    const said = await visited.ask({ ...GRANT, resourceClass: "organizations" });
    expect(said).toContain("not widened: organizations are granted at a session's start");
  });

  it.each([
    [{ wildcard: true }],
    [{ maxDeletes: 100 }],
    [{ hostname: "elsewhere" }],
    [{ expiresAt: "2099-01-01T00:00:00Z" }],
    [{ resourceClass: ["vars", "workspaces"] }],
    [{ request: "../../x" }],
    [{ request: "a\u001b[2J" }],
  ])("%j", async (more) => {
    expect(await visited.ask({ ...GRANT, ...more })).toContain("cannot be understood");
  });
});

describe("a person (A2)", () => {
  it("at an older terminal adds exactly one class, and the wrapper's terminal says so", async () => {
    const found = await visited.describe();
    expect(await visited.ask(GRANT)).toContain(DONE);
    await session.terminal.shows(
      `holdfast: session ${session.id}: a person allowed workspaces too (request K7QF), until it ends`,
    );
    const { classes, widened, ...rest } = await visited.describe();
    const { classes: _, widened: __, ...were } = found;
    expect(rest).toEqual(were);
    expect(classes).toEqual(["vars", "workspaces"]);
    expect(widened).toMatchObject([
      {
        class: "workspaces",
        request: "K7QF",
        by: expect.stringMatching(/\(process \d+ \(.+\)\)$/),
      },
    ]);
    expect((await visited.agent.run(...deletion("tmp-000"))).code).toBe(0);
    expect(visited.stage.api.mutations).toHaveLength(1);
    const entry = auditEntries(visited.stage.env.HOLDFAST_CONFIG_DIR ?? "").find(
      ({ event }) => event === "session-widened",
    );
    expect(entry).toMatchObject({ session: session.id, class: "workspaces", request: "K7QF" });
    expect(entry?.by).toBe(widened[0]?.by);
  });

  it("does not where the log cannot say so (records.ts, D1)", async () => {
    const log = join(visited.stage.env.HOLDFAST_CONFIG_DIR ?? "", "audit", "log.jsonl");
    renameSync(log, `${log}.away`);
    mkdirSync(log);
    const said = await visited.ask({ ...GRANT, resourceClass: "teams" });
    const adopted = await visited.ask({ type: "adopt", pid: process.pid });
    rmdirSync(log);
    renameSync(`${log}.away`, log);
    expect(said).toContain("not widened: the audit log cannot be");
    expect(adopted).toContain("not adopted: the audit log cannot be");
    const { classes, adopted: pids } = await visited.describe();
    expect([classes, pids]).toEqual([["vars", "workspaces"], []]);
  });

  it("again changes nothing, and says nothing", async () => {
    const { screen } = session.terminal;
    expect(await visited.ask({ ...GRANT, request: "AAAA" })).toContain(DONE);
    expect((await visited.describe()).widened).toHaveLength(1);
    expect(session.terminal.screen).toBe(screen);
  });

  it("vouches for an older terminal, with or without the code", async () => {
    expect(await visited.ask({ type: "vouch" })).toContain(DONE);
    expect(await visited.ask({ type: "vouch", code: "WRONGONE" })).toContain(DONE);
  });

  it("at a younger terminal types the code", async () => {
    expect(await visited.ask({ type: "vouch" }, { from: "after" })).toContain(
      "younger than the session",
    );
    expect(await visited.ask({ type: "vouch", code: session.code }, { from: "after" })).toContain(
      DONE,
    );
    const projects = { ...GRANT, resourceClass: "projects", request: "BBBB" };
    expect(await visited.ask(projects, { from: "after" })).toContain("younger than the session");
    expect(await visited.ask({ ...projects, code: session.code }, { from: "after" })).toContain(
      DONE,
    );
    expect((await visited.describe()).classes).toEqual(["projects", "vars", "workspaces"]);
  });
});

describe("A4: the code cannot be guessed", () => {
  it("five wrong ones, and none counts any more; the person's terminal says so", async () => {
    for (const guess of [
      "AAAAAAAA",
      "",
      "00000000",
      session.code.toLowerCase(),
      session.code.slice(0, 7),
    ])
      expect(await visited.ask({ type: "vouch", code: guess }, { from: "after" })).toContain(
        "the code is not the one",
      );
    for (const message of [
      { type: "vouch", code: session.code },
      { ...GRANT, resourceClass: "teams", code: session.code },
      { type: "adopt", pid: 1, code: session.code },
    ])
      expect(await visited.ask(message, { from: "after" })).toContain("none counts any more");
    await session.terminal.shows("too many wrong codes were typed");
    expect((await visited.describe()).classes).not.toContain("teams");
  });

  it("an older terminal needs none", async () => {
    expect(await visited.ask({ type: "vouch" })).toContain(DONE);
  });
});

describe("a session that is over", () => {
  it("is not widened after a revoke", async () => {
    expect(await visited.ask({ type: "revoke" })).toContain(DONE);
    const said = await visited.ask({ ...GRANT, resourceClass: "teams" });
    expect(said).toContain("not widened: the session is revoked");
    expect((await visited.agent.run(...deletion("tmp-001"))).text).toContain("[revoked]");
    expect(visited.stage.api.mutations).toEqual([]);
  });

  it("nor after it has expired", async () => {
    const puppet = makePuppet(visited.stage, "short");
    const { id, terminal } = await visited.start(["--allow-delete=vars", "--ttl=1s"], puppet.words);
    await puppet.pid();
    await expect
      .poll(() => visited.ask(GRANT, { id }), { timeout: 10_000, interval: 200 })
      .toContain("not widened: the session is expired");
    expect((await puppet.run(...deletion("tmp-002"))).text).toMatch(
      /\[(expired|class-not-granted)\]/,
    );
    await puppet.end();
    await terminal.ended;
  });

  it("a grant and a revoke at the same moment: revoked, whichever came first", async () => {
    for (const name of ["one", "two"]) {
      const puppet = makePuppet(visited.stage, name);
      const { id, terminal } = await visited.start(["--allow-delete=vars"], puppet.words);
      await puppet.pid();
      const [granted] = await Promise.all([
        visited.ask(GRANT, { id }),
        visited.ask({ type: "revoke" }, { id }),
      ]);
      expect(granted).toMatch(/"done"|the session is revoked/);
      const refused = await puppet.run(...deletion("tmp-003"));
      expect(refused.text).toContain("[revoked]");
      await puppet.end();
      await terminal.ended;
    }
    expect(visited.stage.api.mutations).toEqual([]);
  });
});
