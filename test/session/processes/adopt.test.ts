import { readdirSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asksForCode } from "../../support/desk.ts";
import { auditEntries } from "../../support/live-session.ts";
import { goOutside, type Outside, type OutsideProcess, type Place } from "../../support/outside.ts";
import { makePuppet, type Puppet } from "../../support/puppet.ts";
import { exec, has, quoted, shell, workspace } from "../../support/scripts.ts";
import { HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

const holdfast = [process.execPath, HOLDFAST];
/** Runs its arguments as a daemon: forked twice, in a session of its own, without a terminal. */
const DAEMON = '( setsid "$@" < /dev/null > /dev/null 2>&1 & )';

let stage: Stage;
let place: Place;
/** A terminal older than the session, and one that is younger. */
let before: Outside;
let after: Outside;
let session: OutsideProcess;
let id: string;
let code: string;
let orphan: Puppet;
let child: Puppet;
let scrubbed: Puppet;

beforeAll(async () => {
  stage = await setStage();
  place = { env: stage.env, cwd: stage.directory };
  before = await goOutside(32);
  orphan = makePuppet(stage, "orphan");
  child = makePuppet(stage, "child");
  scrubbed = makePuppet(stage, "scrubbed");
  const launcher = `${DAEMON}; shift "$#"; ${quoted(child.words)} &
    exec env -u HOLDFAST_EXEC_SESSION ${quoted(scrubbed.words)}`;
  const words = exec(["--allow-delete=workspaces"], ["/bin/sh", "-c", launcher, "sh"]);
  session = await before.atTerminal([...holdfast, ...words, ...orphan.words], place);
  const banner = await session.shows("rail, not a wall");
  id = /session ([A-Z2-7]{6})/.exec(banner)?.[1] ?? "";
  code = /code {5}([A-Z2-7]{8}) proves/.exec(banner)?.[1] ?? "";
  await Promise.all([orphan.pid(), child.pid(), scrubbed.pid()]);
  after = await goOutside();
});
afterAll(async () => {
  await Promise.all([orphan.end(), child.end(), scrubbed.end()]);
  expect((await session.ended).code).toBe(0);
  await Promise.all([before.close(), after.close()]);
  expect(readdirSync(stage.sessions)).toEqual([]);
  await stage.close();
});
beforeEach(() => stage.api.reset());

const deletion = (name: string) => ["api", "-X", "DELETE", `/workspaces/${workspace(stage, name)}`];

/** What somebody at a terminal, or without one, gets told for `holdfast session adopt`. */
async function adopt(
  where: "before" | "after",
  how: "atTerminal" | "start",
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; screen: string }> {
  const outside = where === "before" ? before : after;
  const command = [...holdfast, "session", "adopt", ...words];
  const asked = await outside[how](command, { ...place, env: { ...place.env, ...env } });
  const { code: found } = await asked.ended;
  return { code: found, screen: asked.screen };
}

/** The same at a terminal younger than the session, where its code is typed when it is asked for. */
async function adoptByCode(
  where: Outside,
  words: readonly string[],
  typed: string,
): Promise<{ code: number | null; screen: string }> {
  const asked = await where.atTerminal([...holdfast, "session", "adopt", ...words], place);
  await asked.shows(asksForCode());
  asked.type(`${typed}\r`);
  const { code: found } = await asked.ended;
  return { code: found, screen: asked.screen };
}

describe("a live session", () => {
  it("has shown its code on the terminal (A2)", () => {
    expect(id).toHaveLength(6);
    expect(code).toHaveLength(8);
  });

  it("shows no code where a log would keep it (A2)", async () => {
    const logged = await before.start([...holdfast, ...exec([], ["/bin/true"])], place);
    await logged.ended;
    expect(logged.screen).toContain("rail, not a wall");
    expect(logged.screen).not.toContain("proves a newer terminal yours");
  });

  it("serves a child, and refuses an orphan as detached with a way on (N1)", async () => {
    expect((await child.run(...deletion("tmp-000"))).code).toBe(0);
    const refused = await orphan.run(...deletion("tmp-001"));
    expect(refused.code).toBe(7);
    expect(refused.text).toContain("[detached]");
    expect(refused.text).toContain(`holdfast session adopt ${await orphan.pid()} --session ${id}`);
    expect(stage.api.mutations).toHaveLength(1);
  });
});

describe("who may not adopt (A1)", () => {
  it("a process inside the session", async () => {
    const refused = await child.run("session", "adopt", String(await orphan.pid()));
    expect(refused.code).toBe(7);
    expect(refused.text).toContain("not adopted: it was asked from inside");
  });

  it("one without a variable left to show it", async () => {
    const refused = await scrubbed.run("session", "adopt", String(await orphan.pid()));
    expect(refused.code).toBe(7);
    expect(refused.text).toContain("not adopted: it was asked from inside the session");
  });

  it("an orphan of the session", async () => {
    const refused = await orphan.run("session", "adopt", String(await orphan.pid()));
    expect(refused.code).toBe(7);
    expect(refused.text).toMatch(/not adopted: it was asked (from inside a session|without)/);
  });

  it.each([
    ["CLAUDECODE", "Claude Code"],
    ["CODEX_THREAD_ID", "Codex"],
  ])("an agent at an old terminal: %s", async (marker, agent) => {
    const refused = await adopt("before", "atTerminal", [String(await orphan.pid())], {
      [marker]: "1",
    });
    expect(refused.code).toBe(7);
    expect(refused.screen).toContain(`not adopted: it was asked by ${agent}`);
  });

  it("anybody without a terminal", async () => {
    const refused = await adopt("before", "start", [String(await orphan.pid())]);
    expect(refused.code).toBe(7);
    expect(refused.screen).toContain("not adopted: it was asked without a terminal");
  });

  it("a terminal younger than the session, without its code or with a wrong one (A2)", async () => {
    const pid = String(await orphan.pid());
    const refused = await adoptByCode(after, [pid], "");
    expect(refused.code).toBe(7);
    expect(refused.screen).toContain("younger than the session, and the code");
    const wrong = await adoptByCode(after, [pid], "AAAAAAAA");
    expect(wrong.code).toBe(7);
    expect(wrong.screen).toContain("the code is not the one");
    const quiet = await adopt("after", "atTerminal", [pid, "--quiet"]);
    expect(quiet.code).toBe(7);
    expect(quiet.screen).not.toContain("Enter gives up");
  });

  it("a terminal that a daemon makes, which is older than the session (N11)", async () => {
    const words = [...holdfast, "session", "adopt", String(await orphan.pid())];
    const asked = await before.atNewTerminal(words, place);
    await asked.shows(asksForCode());
    asked.type("\r");
    expect((await asked.ended).code).toBe(7);
  });

  it("and none of them did", async () => {
    expect((await orphan.run(...deletion("tmp-001"))).text).toContain("[detached]");
    expect(stage.api.mutations).toEqual([]);
  });
});

describe("what is never adopted (A3)", () => {
  it("init", async () => {
    const refused = await adopt("before", "atTerminal", ["1"]);
    expect(refused.code).toBe(7);
    expect(refused.screen).toContain("process 1 is the ancestor of everything");
  });

  it("a process that is not there", async () => {
    const refused = await adopt("before", "atTerminal", ["4194303"]);
    expect(refused.code).toBe(7);
    expect(refused.screen).toContain("there is no process 4194303");
  });

  it.skipIf(process.getuid?.() !== 0)("another user's process (needs root)", async () => {
    const other = await before.start(["setpriv", "--reuid=65534", "--clear-groups", "cat"], place);
    const refused = await adopt("before", "atTerminal", [String(other.pid)]);
    expect(refused.code).toBe(7);
    expect(refused.screen).toContain(`process ${other.pid} belongs to another user`);
    other.hangUp();
    await other.ended;
  });

  it.each(["0", "-1", "x", "1e3", "99999999999"])("what is no process id: %s", async (word) => {
    const refused = await adopt("before", "atTerminal", ["--", word]);
    expect(refused.code).toBe(1);
    expect(refused.screen).toContain("is not a process id");
  });
});

describe("who may adopt (A2)", () => {
  it("a person at a terminal older than the session, with the command as printed", async () => {
    const { text } = await orphan.run(...deletion("tmp-001"));
    const printed = /holdfast session adopt (\d+) --session (\w+)/.exec(text)?.[0] ?? "";
    const words = printed.split(" ").slice(3);
    const adopted = await adopt("before", "atTerminal", words);
    expect(adopted.screen).toContain(`process ${await orphan.pid()} is now inside session ${id}`);
    expect(adopted.code).toBe(0);
    await session.shows(/process \d+ \(sh\) adopted/);
    const entries = auditEntries(stage.env.HOLDFAST_CONFIG_DIR ?? "");
    expect(entries.find(({ event }) => event === "session-adopted")).toMatchObject({
      session: id,
      detail: `process ${await orphan.pid()} (sh)`,
      by: expect.stringMatching(/\(process \d+ \(.+\)\)$/),
    });
    expect((await orphan.run(...deletion("tmp-001"))).code).toBe(0);
    expect(stage.api.mutations).toHaveLength(1);
  });

  it("but not from below what was adopted (A1)", async () => {
    const refused = await orphan.run("session", "adopt", String(await orphan.pid()));
    expect(refused.text).toContain("not adopted: it was asked from inside the session");
  });

  it.skipIf(!has("tmux"))(
    "a person with the banner's code at a younger terminal, a tmux server",
    async () => {
      const puppet = makePuppet(stage, "tmux");
      const tmux = ["tmux", "-f", "/dev/null", "-S", `${stage.directory}/tmux`];
      const start = `env TERM=xterm SHELL=/bin/sh ${quoted(tmux)} new-session -d ${quoted(puppet.words)}`;
      const launcher = await before.atTerminal(
        [...holdfast, ...exec(["--allow-delete=workspaces"], shell(`${start}; cat`))],
        place,
      );
      const banner = await launcher.shows("rail, not a wall");
      const other = /session ([A-Z2-7]{6})/.exec(banner)?.[1] ?? "";
      const shown = /code {5}([A-Z2-7]{8}) proves/.exec(banner)?.[1] ?? "";
      await puppet.pid();
      const refused = await puppet.run(...deletion("tmp-002"));
      expect(refused.text).toContain("[detached]");
      const server = /adopt (\d+)/.exec(refused.text)?.[1] ?? "";
      const late = await goOutside();
      const words = [server, "--session", other.toLowerCase()];
      const asked = await adoptByCode(late, words, shown.toLowerCase());
      expect(asked.code).toBe(0);
      expect(asked.screen.toUpperCase()).not.toContain(shown);
      expect((await puppet.run(...deletion("tmp-002"))).code).toBe(0);
      await puppet.end();
      launcher.type("\x04");
      await launcher.ended;
      await late.close();
    },
  );
});
