// An agent that wants to answer its own request: every terminal that it can make for itself, and
// every place that it can look for another store.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ASKS, type Desk, requestIn, sitDown } from "../support/desk.ts";
import type { OutsideProcess } from "../support/outside.ts";
import { exec, exists, has, quoted, workspace, written } from "../support/scripts.ts";
import { HOLDFAST, type Stage, setStage } from "../support/stage.ts";

const holdfast = quoted([process.execPath, HOLDFAST]);

let stage: Stage;
let desk: Desk;
let id: string;
let request: string;
const running: OutsideProcess[] = [];
beforeAll(async () => {
  stage = await setStage({ asks: true });
  desk = await sitDown(stage);
  id = workspace(stage, "tmp-000");
  request = requestIn((await desk.script(["api", `/workspaces/${id}`, "-X", "DELETE"])).screen);
  const write = (name: string, text: string) =>
    writeFileSync(join(stage.directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o700 });
  // Answers the request at the terminal that it finds itself at, and writes down what came of it.
  write("answer", `${holdfast} $2 ${request} $3 2>&1 | tee said.$1\necho done > done.$1`);
  // Types y for as long as anybody could ask.
  for (const [name, line] of [
    ["typed", "y"],
    ["guessed", "AAAAAAAA"],
  ] as const) {
    const types = `for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.15; echo ${line}; done`;
    const answers = `setsid script -qec "./answer $1 '$2' '$3'" /dev/null > seen.$1 2>&1`;
    write(name, `(${types}) | ${answers}`);
  }
});
afterAll(async () => {
  await desk.close();
  await stage.close();
});
beforeEach(() => stage.api.reset());
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.type("\x04");
    await each.ended;
  }
});

async function session(script: string): Promise<OutsideProcess> {
  const started = await desk.open(exec(["--allow-delete=vars"], ["/bin/sh", "-c", script]));
  running.push(started);
  return started;
}
const said = async (name: string): Promise<string> => {
  await written(join(stage.directory, `done.${name}`));
  return written(join(stage.directory, `said.${name}`));
};
const state = async (): Promise<string> =>
  JSON.parse((await stage.run(["approval", "show", request, "--json"])).stdout).state;

const scrub = "env -u HOLDFAST_EXEC_SESSION";
const tmux = `env SHELL=/bin/sh tmux -f /dev/null -S "$PWD/tmux-$$"`;
const sendKeys = "for i in 1 2 3 4 5 6 7 8; do sleep 0.15;";

describe("A1: from inside a live session nothing answers", () => {
  it.each([
    ["at the session's own terminal", "own", "./answer own approve > /dev/null; cat"],
    ["script", "script", "./typed script approve; cat"],
    ["script, for the session", "widen", "./typed widen approve --session; cat"],
    ["script, a no", "deny", "./typed deny deny; cat"],
    ["script, without the token", "bare", `${scrub} ./typed bare approve; cat`],
    ["come loose, without any variable", "loose", `( ${scrub} ./typed loose approve & ); cat`],
    [
      "setsid -f env -i script",
      "setsid",
      `setsid -f env -i PATH="$PATH" HOME="$HOME" HOLDFAST_CONFIG_DIR="$HOLDFAST_CONFIG_DIR" HOLDFAST_RUNTIME_DIR="$HOLDFAST_RUNTIME_DIR" ./typed setsid approve; cat`,
    ],
    [
      "a new tmux server",
      "tmux",
      `${scrub} ${tmux} new-session -d './answer tmux approve'; ${sendKeys} ${tmux} send-keys y Enter; done 2> /dev/null; cat`,
    ],
    ["with a code that is guessed", "code", `( ${scrub} ./guessed code approve & ); cat`],
  ])("%s", async (way, name, script) => {
    if (way.includes("tmux") && !has("tmux")) return expect(has("tmux")).toBe(false);
    await session(script);
    const text = await said(name);
    expect(text).toContain("only a person answers");
    expect(text).not.toMatch(/\[y\/N\]/);
    expect([await state(), exists(stage, id)]).toEqual(["pending", true]);
  });
});

it("come loose at the session's own terminal: no code is asked for there (N7)", async () => {
  const started = await session(`( ${scrub} ./answer stray approve > /dev/null & ); cat`);
  expect(await said("stray")).toContain("only a person answers: this was started inside session");
  expect(started.screen).not.toContain("Enter gives up");
});

describe("outside any session", () => {
  it("what was typed before the question is no answer", async () => {
    const person = await desk.open(["approve", request]);
    person.type("y\ry\ry\r");
    await person.shows(ASKS);
    person.type("\r");
    const { code } = await person.ended;
    expect([code, await state()]).toEqual([7, "pending"]);
  });

  it("an agent's process by its name, at a terminal of its own", async () => {
    const claude = join(stage.directory, "claude");
    writeFileSync(claude, `#!/bin/sh\n${holdfast} approve ${request}\ntrue\n`, { mode: 0o700 });
    const asked = await desk.outside.atTerminal([claude], { env: stage.env, cwd: stage.directory });
    await asked.ended;
    expect(asked.screen).toContain("only a person answers");
    expect(await state()).toBe("pending");
  });

  it("another store that the agent chose for one command is not used (V1)", async () => {
    const other = join(stage.directory, "other");
    mkdirSync(other, { mode: 0o700 });
    const claude = join(stage.directory, "claude");
    const command = `${holdfast} api /workspaces/${id} -X DELETE`;
    for (const change of [`HOLDFAST_CONFIG_DIR=${other}`, `HOME=${other} HOLDFAST_CONFIG_DIR=`]) {
      writeFileSync(claude, `#!/bin/sh\n${change} ${command}\ntrue\n`, { mode: 0o700 });
      const ran = await desk.outside.start([claude], { env: stage.env, cwd: stage.directory });
      await ran.ended;
      expect(ran.screen).toContain("[store-refused]");
      expect(ran.screen).toContain("leads to other stores than the agent was started with");
    }
    expect([stage.api.mutations, exists(stage, id)]).toEqual([[], true]);
  });

  it("the same script would do at a terminal outside (so the tests above can fail)", async () => {
    const place = { env: stage.env, cwd: stage.directory };
    await (await desk.outside.start(["./typed", "control", "approve"], place)).ended;
    expect(await said("control")).toContain("approved for one run of exactly this");
    expect(await state()).toBe("approved");
  });
});
