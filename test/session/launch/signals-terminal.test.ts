import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goOutside, type Outside, type OutsideProcess } from "../../support/outside.ts";
import { eventually, exec, exists, shell, workspace, written } from "../../support/scripts.ts";
import { HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

let stage: Stage;
let outside: Outside;
beforeAll(async () => {
  stage = await setStage();
  outside = await goOutside();
});
afterAll(async () => {
  await outside.close();
  await stage.close();
});

const COUNTER = resolve("test/support/counter.mjs");
const CTRL_C = "\x03";
const CTRL_Z = "\x1a";
const CTRL_BACKSLASH = "\x1c";

const settle = () => setTimeout(400);
const holdfast = [process.execPath, HOLDFAST];
const inShell = shell('"$@"; echo "shell sees $?"; cat').concat("sh");

interface Counted {
  readonly terminal: OutsideProcess;
  readonly signals: () => string[];
  readonly enough: () => void;
}

/** A wrapper at a terminal: as the leader of its session, or below a shell that is. */
async function startCounting(around: readonly string[], mode = "count"): Promise<Counted> {
  const directory = mkdtempSync(join(stage.directory, "terminal-"));
  const counter = exec([], [process.execPath, COUNTER, directory, mode]);
  const words = [...around, ...holdfast, ...counter];
  const terminal = await outside.atNewTerminal(words, { env: stage.env, cwd: stage.directory });
  await written(join(directory, "ready"));
  const signals = () => {
    if (!readdirSync(directory).includes("signals")) return [];
    return readFileSync(join(directory, "signals"), "utf8").trim().split("\n");
  };
  return { terminal, signals, enough: () => writeFileSync(join(directory, "enough"), "") };
}

const arrived = (counted: Counted, count: number) =>
  eventually(`${count} signals`, () => (counted.signals().length >= count ? true : undefined));

describe.concurrent("at a terminal, a signal reaches the command exactly once (W1, W2)", () => {
  it.each([
    ["Ctrl-C", CTRL_C, "SIGINT"],
    ["Ctrl-\\", CTRL_BACKSLASH, "SIGQUIT"],
  ])("%s, three times", async (_, key, signal) => {
    const counted = await startCounting([]);
    for (const count of [1, 2, 3]) {
      counted.terminal.type(key);
      await arrived(counted, count);
      await settle();
      expect(counted.signals()).toEqual(Array(count).fill(signal));
    }
    counted.enough();
    expect(await counted.terminal.ended).toMatchObject({ code: 9 });
    expect(counted.terminal.screen).toContain("exited with 9");
  });

  it("kill -INT to the wrapper alone, and to its group", async () => {
    const counted = await startCounting([]);
    process.kill(counted.terminal.pid, "SIGINT");
    await arrived(counted, 1);
    await settle();
    expect(counted.signals()).toEqual(["SIGINT"]);
    process.kill(-counted.terminal.pid, "SIGINT");
    await arrived(counted, 2);
    await settle();
    expect(counted.signals()).toEqual(["SIGINT", "SIGINT"]);
    counted.enough();
    expect((await counted.terminal.ended).code).toBe(9);
  });

  it("Ctrl-C of which the command dies: 130", async () => {
    const counted = await startCounting(inShell, "die");
    counted.terminal.type(CTRL_C);
    // The shell dies of it too, as shells do, so its own answer is not to be seen.
    await counted.terminal.shows("was ended by SIGINT");
  });

  it.each([
    ["the wrapper leads the terminal's session", []],
    ["a shell leads it", inShell],
  ])("SIGHUP when the terminal is closed: %s", async (_, around) => {
    const counted = await startCounting(around);
    counted.terminal.hangUp();
    await arrived(counted, 1);
    await settle();
    expect(counted.signals()).toEqual(["SIGHUP"]);
    counted.enough();
    const { code, signal } = await counted.terminal.ended;
    // The shell has died of it; the wrapper has waited, and has no terminal to write to any more.
    expect(around.length === 0 ? code : signal).toBe(around.length === 0 ? 9 : 1);
  });

  it("SIGHUP when the terminal is closed, of which the command dies: 129", async () => {
    const counted = await startCounting([], "die");
    counted.terminal.hangUp();
    expect(await counted.terminal.ended).toMatchObject({ code: 129 });
  });
});

describe.concurrent("job control", () => {
  const bash = (words: string) => {
    const env = { ...stage.env, PS1: "prompt> ", BASH_SILENCE_DEPRECATION_WARNING: "1" };
    return outside
      .atNewTerminal(["bash", "--norc", "--noprofile", "-i"], { env, cwd: stage.directory })
      .then(async (terminal) => {
        await terminal.shows("prompt> ");
        terminal.type(`${words}\r`);
        return terminal;
      });
  };
  const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");

  it("stops with Ctrl-Z and goes on with fg, its grant too", async () => {
    const id = workspace(stage, "tmp-000");
    writeFileSync(
      join(stage.directory, "job"),
      `echo job"-ready"; read line; ${quoted(holdfast)} api -X DELETE /workspaces/${id}; echo job"-saw $?"`,
    );
    const words = exec(["--allow-delete=workspaces"], ["/bin/sh", "job"]);
    const terminal = await bash(quoted([...holdfast, ...words]));
    await terminal.shows("job-ready");
    terminal.type(CTRL_Z);
    await terminal.shows(/Stopped[\s\S]*prompt> /);
    // The shell takes its terminal back while this is typed: a first character may be lost, a blank.
    terminal.type(" fg\r");
    await settle();
    terminal.type("go\r");
    await terminal.shows("job-saw 0");
    await terminal.shows(/sh exited with 0/);
    expect(exists(stage, id)).toBe(false);
    terminal.type("exit 0\r");
    await terminal.ended;
  });

  it("leaves Ctrl-C at an interactive shell inside to that shell", async () => {
    const words = exec([], ["bash", "--norc", "--noprofile", "-i"]);
    const env = { ...stage.env, PS1: "inner> " };
    const place = { env, cwd: stage.directory };
    const terminal = await outside.atNewTerminal([...holdfast, ...words], place);
    await terminal.shows("inner> ");
    terminal.type("sleep 20\r");
    await settle();
    terminal.type(CTRL_C);
    await terminal.shows(/\^C.*inner> /s);
    terminal.type("exit 6\r");
    expect((await terminal.ended).code).toBe(6);
  });
});

describe.concurrent("somebody impatient", () => {
  it("who presses Ctrl-C again and again leaves nothing behind (E4)", async () => {
    const counted = await startCounting([], "die");
    for (let press = 0; press < 40; press += 1) {
      counted.terminal.type(CTRL_C);
      await setTimeout(5);
    }
    const { code, signal } = await counted.terminal.ended;
    // Once all is cleaned up a signal means the end again.
    expect(code === 130 || signal === 2, JSON.stringify({ code, signal })).toBe(true);
  });
});

describe("after every such end", () => {
  it("nothing is left behind (E1)", async () => {
    // A wrapper whose shell was ended by the terminal's end is nobody's child here.
    const { HOLDFAST_RUNTIME_DIR: runtime = "" } = stage.env;
    const left = () => [...readdirSync(stage.sessions), ...readdirSync(runtime)];
    await eventually("all is gone", () => (left().length === 0 ? true : undefined));
  });
});
