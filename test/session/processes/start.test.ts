import { copyFileSync, existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goOutside, type Outside, type Place } from "../../support/outside.ts";
import { exec, quoted, shell, workspace } from "../../support/scripts.ts";
import { HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

const holdfast = [process.execPath, HOLDFAST];
const GRANT = ["--allow-delete=vars"];

let stage: Stage;
let outside: Outside;
/** On loopback, where nobody's infrastructure is; and where it is. Nothing is sent to either. */
let loopback: Place;
let cloud: Place;
beforeAll(async () => {
  stage = await setStage();
  outside = await goOutside();
  loopback = { env: stage.env, cwd: stage.directory };
  const { TFE_ADDRESS: _, ...env } = stage.env;
  cloud = { env: { ...env, TFE_HOSTNAME: "app.terraform.io" }, cwd: stage.directory };
});
afterAll(async () => {
  await outside.close();
  await stage.close();
});

async function run(words: readonly string[], place: Place, from: Outside = outside) {
  const started = await from.start(words, place);
  const { code } = await started.ended;
  return { code, text: started.screen };
}
const start = (flags: readonly string[], place: Place, from?: Outside) =>
  run([...holdfast, ...exec(flags, ["/bin/sh", "-c", "exit 42"])], place, from);
const marked = (place: Place, marker: string): Place => ({
  ...place,
  env: { ...place.env, [marker]: "1" },
});
const nothingThere = () => !existsSync(stage.sessions) || readdirSync(stage.sessions).length === 0;

describe("an agent outside any session (N9)", () => {
  it.each([
    ["CLAUDECODE", "Claude Code"],
    ["CODEX_SANDBOX", "Codex"],
    ["GEMINI_CLI", "Gemini CLI"],
    ["OPENCODE", "opencode"],
    ["AI_AGENT", "an agent"],
  ])("grants itself nothing: %s", async (marker, agent) => {
    const { code, text } = await start(GRANT, marked(cloud, marker));
    expect(code).toBe(7);
    expect(text).toContain(`${agent} cannot grant itself a session`);
    expect(nothingThere()).toBe(true);
  });

  it("grants itself nothing by hiding its marker for one command", async () => {
    const command = quoted([...holdfast, ...exec(GRANT, ["/bin/true"])]);
    const script = `env -u CLAUDECODE ${command}; exit $?`;
    const { code, text } = await run(["/bin/sh", "-c", script], marked(cloud, "CLAUDECODE"));
    expect(code).toBe(7);
    expect(text).toContain("Claude Code cannot grant itself a session");
  });

  it("grants itself nothing when only its process shows it", async () => {
    const claude = join(stage.directory, "claude");
    copyFileSync(realpathSync("/bin/sh"), claude);
    const script = `${quoted([...holdfast, ...exec(GRANT, ["/bin/true"])])}; exit $?`;
    const { code, text } = await run([claude, "-c", script], cloud);
    expect(code).toBe(7);
    expect(text).toContain("Claude Code cannot grant itself a session");
  });

  it("may start one that grants nothing", async () => {
    expect((await start([], marked(cloud, "CLAUDECODE"))).code).toBe(42);
  });

  it("may start one on loopback", async () => {
    const { code, text } = await start(GRANT, marked(loopback, "CLAUDECODE"));
    expect(code).toBe(42);
    expect(text).toContain("may delete without asking");
  });
});

describe("CI (N10)", () => {
  it("starts one without a terminal", async () => {
    const place = { ...cloud, env: { ...cloud.env, CI: "true" } };
    const { code, text } = await start(GRANT, place);
    expect(code).toBe(42);
    expect(text).toContain("on app.terraform.io");
    expect(nothingThere()).toBe(true);
  });
});

describe("while a session lives (N10)", () => {
  it("without terminals, only a process tree that is older than it starts another one", async () => {
    const session = await outside.start([...holdfast, ...exec([], ["/bin/cat"])], loopback);
    await session.shows("rail, not a wall");
    const id = /session ([A-Z2-7]{6})/.exec(session.screen)?.[1] ?? "";
    const younger = await goOutside();
    const refused = await start(GRANT, cloud, younger);
    expect(refused.code).toBe(7);
    expect(refused.text).toContain(`open before the live session ${id}`);
    expect((await start([], cloud, younger)).code).toBe(42);
    expect((await start(GRANT, cloud)).code).toBe(42);
    session.hangUp();
    await session.ended;
    expect((await start(GRANT, cloud, younger)).code).toBe(42);
    await younger.close();
  });

  it("at a terminal, only a terminal that was open before it starts another one", async () => {
    const session = await outside.atTerminal([...holdfast, ...exec([], ["/bin/cat"])], loopback);
    await session.shows("rail, not a wall");
    const id = /session ([A-Z2-7]{6})/.exec(session.screen)?.[1] ?? "";
    const words = [...holdfast, ...exec(GRANT, ["/bin/sh", "-c", "exit 42"])];
    const younger = await goOutside();
    for (const [place, from] of [
      ["a younger terminal", younger.atTerminal(words, cloud)],
      ["a terminal that an older daemon makes now", outside.atNewTerminal(words, cloud)],
      ["no terminal, below an older daemon", outside.start(words, cloud)],
    ] as const) {
      const refused = await from;
      expect([place, (await refused.ended).code]).toEqual([place, 7]);
      expect(refused.screen).toContain(`open before the live session ${id}`);
    }
    const older = await outside.atTerminal(words, cloud);
    expect((await older.ended).code).toBe(42);
    session.type("\x04");
    await session.ended;
    await younger.close();
  });
});

describe("inside a session (N8)", () => {
  const inside = (script: string, place: Place) =>
    run([...holdfast, ...exec(GRANT, shell(script))], place);
  const wider = `holdfast ${quoted(exec(["--allow-delete=all"], ["/bin/echo", "widened"]))}`;

  it.each([
    ["without the variable (C4)", `env -u HOLDFAST_EXEC_SESSION ${quoted(holdfast)}`],
    ["with an empty one (C4)", `HOLDFAST_EXEC_SESSION= ${quoted(holdfast)}`],
  ])("nothing wider is started: %s", async (_, command) => {
    const words = quoted(exec(["--allow-delete=all"], ["/bin/echo", "widened"]));
    for (const place of [cloud, loopback]) {
      const { code, text } = await inside(`${command} ${words}; exit $?`, place);
      expect(code).toBe(7);
      expect(text).toContain("[environment-changed]");
      expect(text).not.toMatch(/^widened/m);
    }
  });

  it("nothing wider is started when no variable is left on the way up to the host", async () => {
    const script = `exec env -u HOLDFAST_EXEC_SESSION ${quoted(shell(`${wider}; exit $?`))}`;
    const { code, text } = await inside(script, cloud);
    expect(code).toBe(7);
    expect(text).toMatch(/started inside session \w{6}/);
    expect(text).not.toMatch(/^widened/m);
  });

  it("nothing is started with somebody else's token, or with nonsense", async () => {
    for (const token of ["A".repeat(32), "nonsense", "../../etc/passwd"]) {
      const { code, text } = await inside(`HOLDFAST_EXEC_SESSION=${token} ${wider}`, cloud);
      expect(code).toBe(7);
      expect(text).not.toMatch(/^widened/m);
    }
  });

  it("another one only narrows: the outer session refuses what it does not grant", async () => {
    const path = `/workspaces/${workspace(stage, "tmp-000")}`;
    const inner = exec(["--allow-delete=vars,workspaces"], ["sh", "-c", `exec "$@"`, "sh"]);
    const command = [...holdfast, "api", "-X", "DELETE", path];
    const { code, text } = await inside(`holdfast ${quoted([...inner, ...command])}`, loopback);
    expect(code).toBe(7);
    expect(text).toMatch(/left out workspaces: session \w{6} does not grant them/);
    expect(text).toContain("[class-not-granted]");
    expect(stage.api.mutations).toEqual([]);
  });
});
