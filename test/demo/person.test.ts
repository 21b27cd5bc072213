// The demo before a person: a real terminal whose ancestors are nobody's but init's, and the real
// `holdfast approve` asking there.

import { existsSync } from "node:fs";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { goOutside, type Outside, type OutsideProcess } from "../support/outside.ts";
import { Executable } from "./executable.ts";

let holdfast: Executable;
let outside: Outside;
beforeAll(async () => {
  holdfast = await Executable.build();
  outside = await goOutside();
});
afterAll(async () => {
  await outside.close();
  holdfast.remove();
});
afterEach(() => {
  expect(holdfast.leftOvers(), "D1: files left behind").toEqual([]);
  if (existsSync("/proc/self/environ")) expect(holdfast.survivors()).toEqual([]);
});

const DEADLINE = 60_000;
const ONCE = /Allow it, once\? \[y\/N\] /;
const FOR_SESSION =
  /Allow workspaces for session \w{6}, until it ends\? Type workspaces to allow it: /;
const ENTER = "\r";
const CTRL_C = "\x03";

/** Sits down at a terminal and starts the demo; its exit code and the terminal's state come last. */
function sitDown(env: Readonly<Record<string, string>> = {}, words = `"$0" "$1" demo`) {
  // Ctrl-C ends the demo, not the shell that it is started from.
  const script = `trap : INT; ${words}; echo "exit $?"; stty -a`;
  return outside.atTerminal(["/bin/sh", "-c", script, process.execPath, holdfast.file], {
    env: { ...holdfast.env, ...env },
    cwd: "/",
  });
}

/** Waits for the question, and types after a moment: what is typed ahead does not count. */
async function answer(demo: OutsideProcess, question: RegExp, typed: string): Promise<void> {
  await demo.shows(question);
  demo.type(typed);
}

async function over(demo: OutsideProcess): Promise<string> {
  await demo.shows(/exit \d+/);
  await demo.ended;
  // The terminal is as it was: lines are edited and echoed.
  expect(demo.screen).toMatch(/(?<!-)\bicanon\b/);
  expect(demo.screen).toMatch(/(?<!-)\becho\b/);
  return demo.screen.replaceAll("\r\n", "\n");
}

/** What the screen shows of the step with that number. */
const step = (screen: string, number: number): string =>
  screen.slice(screen.indexOf(`${number}/11 `), screen.indexOf(`${number + 1}/11 `));

describe("a person at their own terminal", { timeout: DEADLINE }, () => {
  it("who says yes twice: it goes through once, and in the session", async () => {
    const demo = await sitDown();
    await answer(demo, ONCE, `y${ENTER}`);
    await answer(demo, FOR_SESSION, `workspaces${ENTER}`);
    const screen = await over(demo);
    expect(screen).toContain("exit 0\n");
    expect(screen).toContain("All 11 steps went as told");
    const [once, session] = [step(screen, 6), step(screen, 7)];
    expect(once).toContain(
      "Your turn: answer as it asks (nothing real is behind this); Enter leaves it",
    );
    expect(once).toMatch(/^Delete workspace tmp-003\?$/m);
    expect([...once.matchAll(/exit code (\d+)/g)].map(([, code]) => code)).toEqual([
      "8",
      "0",
      "0",
      "8",
    ]);
    const ids = [...once.matchAll(/^ {8}once +holdfast approve (\w+)$/gm)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(2);
    expect(once).toContain("One request was sent; workspace tmp-003 is gone");
    expect(session).toMatch(/widened {2}workspaces, at .*, for request \w{4}, by /);
    expect(session).toContain("its receipt says who widened it");
  });

  it("who presses Enter: nothing is sent, the demo says so and goes on", async () => {
    const demo = await sitDown();
    await answer(demo, ONCE, ENTER);
    await answer(demo, FOR_SESSION, ENTER);
    const screen = await over(demo);
    expect(screen).toContain("exit 0\n");
    expect(screen).toContain("All 11 steps went as told");
    expect(
      screen.match(/There was no yes, so nothing was sent\. Request \w{4} still waits/g),
    ).toHaveLength(2);
    expect(screen).not.toContain("tmp-003 is gone");
    expect(screen).not.toMatch(/widened {2}/);
  });

  it("D8: who presses Ctrl-C at a question: the demo stops at once", async () => {
    const demo = await sitDown();
    await answer(demo, ONCE, ENTER);
    await answer(demo, FOR_SESSION, CTRL_C);
    const screen = await over(demo);
    expect(screen).toContain("exit 130\n");
    expect(screen).toContain("nothing is left behind");
    expect(screen).not.toContain("8/11");
  });

  it("D8: who closes the terminal: nothing is left behind", async () => {
    const demo = await sitDown();
    await demo.shows(ONCE);
    demo.hangUp();
    await demo.ended;
    await expect.poll(() => [holdfast.survivors(), holdfast.leftOvers()]).toEqual([[], []]);
  });

  it("D8: who walks away: it counts as no, and they are not asked again", async () => {
    const script = `${holdfast.file}.impatient.cjs`;
    await build({
      entryPoints: ["test/demo/impatient.ts"],
      outfile: script,
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      external: ["hcl2-parser"],
    });
    const demo = await sitDown({}, `"$0" '${script}' "$1" 1500`);
    const screen = await over(demo);
    expect(screen).toContain("exit 0\n");
    expect(step(screen, 6)).toContain("Nobody answered in time, so nothing was sent");
    expect(step(screen, 7)).toContain("skipped: nobody answered the question before");
    expect(screen).toContain("10 steps went as told (1 was skipped)");
  });
});

describe("nobody is asked", { timeout: DEADLINE }, () => {
  it.each<[string, Record<string, string>, string?]>([
    ["on a CI machine with a terminal", { CI: "true" }],
    ["under an agent with a terminal", { CLAUDECODE: "1" }],
    [
      "under an agent that hides its marker",
      { AI_AGENT: "any" },
      `/usr/bin/env -u AI_AGENT "$0" "$1" demo`,
    ],
    ["where the output is not the terminal", {}, `"$0" "$1" demo | cat`],
    ["with --quiet", {}, `"$0" "$1" demo --quiet`],
  ])("%s", async (_name, env, words) => {
    const demo = await sitDown(env, words);
    const screen = await demo.shows("8/11");
    expect(screen.match(/skipped/g)).toHaveLength(2);
    expect(screen).not.toContain("Your turn");
    expect(screen).not.toMatch(ONCE);
    demo.type(CTRL_C);
    await over(demo);
  });
});
