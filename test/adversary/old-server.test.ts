// What is older than a session makes a new terminal for whoever asks it: a tmux server, a daemon
// with a pty. An agent inside the session asks it, to answer its own request there, or to start a
// wider session (lineage.ts, N11).

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ASKS, asksForCode, type Desk, requestIn, sitDown } from "../support/desk.ts";
import type { OutsideProcess } from "../support/outside.ts";
import { exec, exists, has, quoted, workspace, written } from "../support/scripts.ts";
import { HOLDFAST, type Stage, setStage } from "../support/stage.ts";

const holdfast = quoted([process.execPath, HOLDFAST]);
const tmux = (socket: string, ...words: string[]) => [
  ...["env", "SHELL=/bin/sh", "TERM=xterm", "tmux", "-f", "/dev/null", "-S", socket],
  ...words,
];

let stage: Stage;
let desk: Desk;
/** Of a tmux server, with one pane, that is older than every session here. */
let socket: string;
let id: string;
let request: string;
const running: OutsideProcess[] = [];
const at = (name: string): string => join(stage.directory, name);
const place = () => ({ env: stage.env, cwd: stage.directory });
const outside = async (words: readonly string[]): Promise<string> => {
  const ran = await desk.outside.start(words, place());
  await ran.ended;
  return ran.screen;
};
beforeAll(async () => {
  stage = await setStage({ asks: true });
  desk = await sitDown(stage);
  socket = at("tmux");
  id = workspace(stage, "tmp-000");
  request = requestIn((await desk.script(["api", `/workspaces/${id}`, "-X", "DELETE"])).screen);
  const write = (name: string, text: string) =>
    writeFileSync(at(name), `#!/bin/sh\n${text}\n`, { mode: 0o700 });
  write("answer", `${holdfast} approve ${request} 2>&1 | tee said.$1\necho done > done.$1`);
  write(
    "ask",
    `${holdfast} api /workspaces/${id} -X DELETE 2>&1 | tee said.$1\necho done > done.$1`,
  );
  const wider = quoted([
    process.execPath,
    HOLDFAST,
    ...exec(["--allow-delete=all"], ["/bin/echo", "widened"]),
  ]);
  write("widen", `${wider} > said.$1 2>&1\necho done > done.$1`);
  if (has("tmux")) await outside(tmux(socket, "new-session", "-d", "/bin/sh"));
});
afterAll(async () => {
  if (has("tmux")) await outside(tmux(socket, "kill-server"));
  await desk.close();
  await stage.close();
});
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.type("\x04");
    await each.ended;
  }
});

const said = async (name: string): Promise<string> => {
  await written(at(`done.${name}`));
  return readFileSync(at(`said.${name}`), "utf8");
};
const state = async (): Promise<string> =>
  JSON.parse((await stage.run(["approval", "show", request, "--json"])).stdout).state;

async function session(script: string, env: Record<string, string> = {}): Promise<OutsideProcess> {
  const words = exec(["--allow-delete=vars"], ["/bin/sh", "-c", `${script}; cat`]);
  const started = await desk.open(words, env);
  running.push(started);
  await started.shows("rail, not a wall");
  return started;
}
const codeOf = ({ screen }: OutsideProcess): string =>
  /code {5}([A-Z2-7]{8}) proves/.exec(screen)?.[1] ?? "";

/** Has the old server open a new window, and types y there for as long as anybody could ask. */
const newWindow = (command: string): string => {
  const server = `env -u HOLDFAST_EXEC_SESSION ${quoted(tmux(socket))}`;
  const keys = `for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.15; ${server} send-keys y Enter; done`;
  return `${server} new-window '${command}'; ( ${keys} ) 2> /dev/null`;
};

describe.skipIf(!has("tmux"))("a new window of a tmux server that is older (needs tmux)", () => {
  it("answers no request", async () => {
    await session(newWindow("./answer window"));
    const text = await said("window");
    expect(text).toContain("only a person answers");
    expect(text).not.toMatch(/\[y\/N\]/);
    expect([await state(), exists(stage, id)]).toEqual(["pending", true]);
  });

  it("answers no prompt", async () => {
    await session(newWindow("./ask prompt"));
    const text = await said("prompt");
    expect(text).toContain("this terminal is younger than session");
    expect(text).not.toMatch(/\[y\/N\]|to go ahead/);
    expect(exists(stage, id)).toBe(true);
  });

  it("starts no wider session", async () => {
    const cloud = { TFE_ADDRESS: "https://app.terraform.io" };
    const setEnvironment = quoted([
      ...tmux(socket, "set-environment", "-g", "TFE_ADDRESS"),
      cloud.TFE_ADDRESS,
    ]);
    await session(`${setEnvironment}; ${newWindow("./widen wider")}`, cloud);
    const text = await said("wider");
    expect(text).toContain("at no terminal that was open before the live session");
    expect(text).not.toMatch(/^widened/m);
  });
});

describe("a pty that an older daemon makes now", () => {
  const daemonMakes = (words: readonly string[]) =>
    desk.outside.atNewTerminal([process.execPath, HOLDFAST, ...words], place());

  it("answers nothing without the session's code", async () => {
    await session("true");
    const asked = await daemonMakes(["approve", request]);
    await asked.shows(asksForCode());
    asked.type("\r");
    expect((await asked.ended).code).toBe(7);
    expect(asked.screen).toContain("and its code was not typed");
    expect(await state()).toBe("pending");
  });

  it("answers nothing with the code of an empty session of its own (N13)", async () => {
    await session("true");
    const own = await daemonMakes(exec([], ["/bin/cat"]));
    running.push(own);
    await own.shows("rail, not a wall");
    const asked = await daemonMakes(["approve", request]);
    for (const nth of [1, 2]) {
      const goesOn = await asked.shows(asksForCode(nth)).catch(() => undefined);
      if (goesOn !== undefined) asked.type(`${codeOf(own)}\r`);
    }
    expect((await asked.ended).code).toBe(7);
    expect(asked.screen).toContain("the code is not the one that the session's banner showed");
    expect(asked.screen).not.toMatch(ASKS);
    expect(await state()).toBe("pending");
  });
});

describe.skipIf(process.platform !== "linux")("a code that is typed (N12)", () => {
  /** The processes on whose command line, or in whose environment, this text stands. */
  const holders = (text: string): string[] =>
    readdirSync("/proc")
      .filter((pid) => /^\d+$/.test(pid))
      .filter((pid) =>
        ["cmdline", "environ"].some((file) => {
          try {
            return readFileSync(`/proc/${pid}/${file}`, "latin1").includes(text);
          } catch {
            return false;
          }
        }),
      );

  it("is nowhere to be read: not while it is typed, and not while the card is read", async () => {
    const code = codeOf(await session("true"));
    const younger = await sitDown(stage);
    const asked = await younger.open(["approve", request]);
    await asked.shows(asksForCode());
    asked.type(code);
    expect(holders(code)).toEqual([]);
    asked.type("\r");
    await asked.shows(ASKS);
    expect(holders(code)).toEqual([]);
    expect(asked.screen).not.toContain(code);
    asked.type("\r");
    expect((await asked.ended).code).toBe(7);
    // What the search finds where there is something to find.
    const control = await desk.outside.start(["/bin/sh", "-c", "read line", code], place());
    expect(holders(code)).toEqual([String(control.pid)]);
    control.hangUp();
    await control.ended;
    await younger.close();
  });

  it("is no flag any more", async () => {
    const told = await desk.answer(["approve", request, "--code", "AAAAAAAA"]);
    expect([told.code, told.screen]).toEqual([1, expect.stringContaining("--code")]);
  });
});

describe("a shell that was open before (so the tests above can fail)", () => {
  it("answers, with no code", async () => {
    const shell = await desk.outside.atTerminal(["/bin/sh"], place());
    await session("true");
    shell.type("./answer shell\r");
    await shell.shows(ASKS);
    shell.type("\r");
    expect(await said("shell")).toContain(`request ${request} still waits`);
    shell.type("exit\r");
    await shell.ended;
  });

  it.skipIf(!has("tmux"))("answers in an old pane of the old server (needs tmux)", async () => {
    await session("true");
    const keys = (...words: string[]) => outside(tmux(socket, "send-keys", "-t", ":0", ...words));
    await keys("./answer pane", "Enter");
    const asks = () => outside(tmux(socket, "capture-pane", "-p", "-t", ":0"));
    await expect.poll(asks, { timeout: 10_000 }).toMatch(/once\? \[y\/N\]/);
    await keys("y", "Enter");
    expect(await said("pane")).toContain("approved for one run of exactly this");
    expect(await state()).toBe("approved");
  });
});
