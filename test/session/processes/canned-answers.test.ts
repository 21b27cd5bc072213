import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { goOutside, type Outside, type OutsideProcess } from "../../support/outside.ts";
import { exec, exists, has, quoted, workspace, written } from "../../support/scripts.ts";
import { HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

const holdfast = [process.execPath, HOLDFAST];
const QUESTION = "[y/N]";

let stage: Stage;
let outside: Outside;
let id: string;
const running: OutsideProcess[] = [];
beforeAll(async () => {
  stage = await setStage();
  outside = await goOutside();
  id = workspace(stage, "tmp-000");
  // Deletes at the terminal that it finds itself at, and writes down what came of it.
  const script = `#!/bin/sh
    ${quoted(holdfast)} api -X DELETE "/workspaces/$1" 2>&1 | tee said.$2
    echo done > done.$2`;
  writeFileSync(join(stage.directory, "delete"), script, { mode: 0o700 });
  // Answers y to whatever is asked, for as long as anybody could ask.
  const answers = "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.15; echo y; done";
  writeFileSync(
    join(stage.directory, "answered"),
    `#!/bin/sh\n(${answers}) | setsid script -qec "./delete $1 $2" /dev/null > seen.$2 2>&1\n`,
    { mode: 0o700 },
  );
});
afterAll(async () => {
  await outside.close();
  await stage.close();
});
beforeEach(() => stage.api.reset());
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.type("\x04");
    await each.ended;
  }
});

/** A session at a person's terminal that first runs `script`, and then waits for the test's end. */
async function session(script: string): Promise<OutsideProcess> {
  const words = exec(["--allow-delete=vars"], ["/bin/sh", "-c", script]);
  const place = { env: stage.env, cwd: stage.directory };
  const started = await outside.atTerminal([...holdfast, ...words], place);
  running.push(started);
  return started;
}

const said = async (name: string): Promise<string> => {
  await written(join(stage.directory, `done.${name}`));
  return written(join(stage.directory, `said.${name}`));
};

describe("inside a live session", () => {
  it("nobody is asked, whoever sits at the terminal (P3)", async () => {
    const terminal = await session(`./delete ${id} plain > /dev/null; cat`);
    terminal.type("y\r");
    expect(await said("plain")).toContain("[class-not-granted]");
    expect(terminal.screen).not.toContain(QUESTION);
    expect(terminal.screen).not.toContain("Delete workspace");
    expect(stage.api.mutations).toEqual([]);
  });

  const scrub = "env -u HOLDFAST_EXEC_SESSION";
  const tmux = `env SHELL=/bin/sh tmux -f /dev/null -S "$PWD/tmux-$$"`;
  const sendKeys = "for i in 1 2 3 4 5 6 7 8; do sleep 0.15;";
  const ways: [string, string, string, RegExp][] = [
    ["script", "script", `./answered ${id} script; cat`, /\[class-not-granted\]/],
    [
      "script without the token (C4)",
      "untokened",
      `${scrub} ./answered ${id} untokened; cat`,
      /\[environment-changed\]/,
    ],
    [
      "script, and no variable anywhere on the way up to the host (N6)",
      "scrubbed",
      `exec ${scrub} sh -c './answered ${id} scrubbed; cat'`,
      /started inside session \w{6} \[no-session\]/,
    ],
    [
      "script, come loose and without a variable (N7)",
      "loose",
      `( ${scrub} ./answered ${id} loose & ); cat`,
      /younger than session \w{6}.*\[no-session\]/,
    ],
    [
      "a new tmux server (N7)",
      "tmux",
      `${scrub} ${tmux} new-session -d './delete ${id} tmux'; ${sendKeys} ${tmux} send-keys y Enter; done 2> /dev/null; cat`,
      /younger than session \w{6}.*\[no-session\]/,
    ],
    [
      "a new tmux server that has the token (N1)",
      "tokened-tmux",
      `${tmux} new-session -d './delete ${id} tokened-tmux'; ${sendKeys} ${tmux} send-keys y Enter; done 2> /dev/null; cat`,
      /\[detached\]/,
    ],
  ];
  it.each(ways)(
    "a terminal with canned answers changes nothing: %s",
    async (way, name, script, why) => {
      if (way.includes("tmux") && !has("tmux")) return expect(has("tmux")).toBe(false);
      await session(script);
      const text = await said(name);
      expect(text).toMatch(why);
      expect(text).not.toContain(QUESTION);
      expect(stage.api.mutations).toEqual([]);
      expect(exists(stage, id)).toBe(true);
    },
  );
});

describe("with no session alive", () => {
  it("the same canned answers would do (so the tests above can fail)", async () => {
    const place = { env: stage.env, cwd: stage.directory };
    await (await outside.start(["./answered", id, "control"], place)).ended;
    expect(await said("control")).toContain(`deleted /workspaces/${id}`);
    expect(stage.api.mutations).toHaveLength(1);
    expect(exists(stage, id)).toBe(false);
  });
});
