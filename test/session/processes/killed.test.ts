import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { goOutside, type Outside } from "../../support/outside.ts";
import {
  exec,
  exists,
  gone,
  shell,
  startingGate,
  workspace,
  written,
} from "../../support/scripts.ts";
import { finished, HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

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
beforeEach(() => stage.api.reset());

const GRANT = ["--allow-delete=workspaces"];
const path = (name: string) => join(stage.directory, name);
const read = (name: string) => readFileSync(path(name), "utf8");
const leftBehind = () => [
  ...readdirSync(stage.sessions),
  ...readdirSync(stage.env.HOLDFAST_RUNTIME_DIR ?? ""),
];

/** Starts another session, which sweeps what killed ones left behind. */
const sweep = () => stage.run(exec([], ["/bin/sleep", "0.5"]));

describe("a session whose wrapper was killed with SIGKILL (E1)", () => {
  it("refuses an orphaned descendant at the first try after the wrapper's end", async () => {
    const before = workspace(stage, "tmp-000");
    const after = workspace(stage, "tmp-001");
    const gate = startingGate(stage, "killed");
    const script = `
      holdfast api -X DELETE /workspaces/${before}; echo $? > ready
      read line < ${gate.path}
      holdfast api -X DELETE /workspaces/${after} 2> said; echo $? > code`;
    const wrapper = stage.start(exec(GRANT, shell(script)));
    const ended = once(wrapper, "exit");
    expect(await written(path("ready"))).toBe("0\n");
    expect(exists(stage, before)).toBe(false);
    wrapper.kill("SIGKILL");
    await ended;
    const at = performance.now();
    gate.open();
    expect(await written(path("code"))).toBe("7\n");
    const took = Math.round(performance.now() - at);
    process.stdout.write(`refused ${took} ms after the death, the start of Node included\n`);
    expect(read("said")).toMatch(/its host is gone \[not-live\]/);
    expect(exists(stage, after)).toBe(true);
    expect(stage.api.mutations).toHaveLength(1);
    await sweep();
    expect(leftBehind()).toEqual([]);
  });

  it("refuses the orphan at its terminal too, and asks nobody there", async () => {
    const id = workspace(stage, "tmp-002");
    const gate = startingGate(stage, "killed-at-terminal");
    const orphan = `
      echo $PPID > wrapper
      read line < ${gate.path}
      holdfast api -X DELETE /workspaces/${id} 2>&1
      echo "orphan: $?"`;
    // The shell leads the terminal's session, so that the terminal outlives the wrapper.
    const leader = shell(`holdfast harness exec --allow-delete=workspaces -- "$@"; cat`);
    const words = [...leader, "sh", ...shell(orphan)];
    const terminal = await outside.atTerminal(words, { env: stage.env, cwd: stage.directory });
    const wrapper = Number(await written(path("wrapper")));
    process.kill(wrapper, "SIGKILL");
    await gone(wrapper);
    gate.open();
    const screen = await terminal.shows("orphan: ");
    expect(screen).toContain("orphan: 7");
    expect(screen).toContain("[not-live]");
    expect(screen).not.toContain("[y/N]");
    expect(stage.api.mutations).toEqual([]);
    await sweep();
    expect(leftBehind()).toEqual([]);
  });

  it.each([
    ["below its shell", ""],
    ["by itself, with init for a parent (C6)", "exec"],
  ])("refuses the orphan at its terminal after the record was swept: %s", async (_, how) => {
    const id = workspace(stage, "tmp-003");
    const gate = startingGate(stage, `swept-${how}`);
    // The orphan ignores what the terminal sends when the wrapper dies.
    const orphan = `
      ( trap '' HUP INT TERM
        read line < ${gate.path}
        ${how} '${process.execPath}' '${HOLDFAST}' api -X DELETE /workspaces/${id}
        echo "orphan: $?"
      ) < /dev/tty > /dev/tty 2>&1 &
      echo $PPID $$ > parents${how}
      read line`;
    const leader = shell(`holdfast harness exec --allow-delete=workspaces -- "$@"; cat`);
    const words = [...leader, "sh", ...shell(orphan)];
    const terminal = await outside.atTerminal(words, { env: stage.env, cwd: stage.directory });
    const [wrapper = 0, parent = 0] = (await written(path(`parents${how}`))).split(" ").map(Number);
    process.kill(wrapper, "SIGKILL");
    process.kill(parent, "SIGKILL");
    await Promise.all([gone(wrapper), gone(parent)]);
    await sweep();
    expect(leftBehind()).toEqual([]);
    gate.open();
    const screen = await terminal.shows(/refused, nothing sent.*\[[a-z-]+\]|\[y\/N\]/s);
    expect(screen).toContain("refused, nothing sent");
    expect(screen).toContain("[stale]");
    expect(screen).not.toContain("[y/N]");
    expect(stage.api.mutations).toEqual([]);
  });
});

describe("a session whose command ended (E1)", () => {
  it("ends with the command, and refuses what came loose and outlives it", async () => {
    const id = workspace(stage, "tmp-004");
    const gate = startingGate(stage, "outlived");
    const daemon = `read line < ${gate.path}
      holdfast api -X DELETE /workspaces/${id} 2> orphan-said; echo $? > orphan-code`;
    // Twice forked, in a session of its own, with an input and an output of its own.
    const script = `( setsid "$@" < /dev/null > /dev/null 2>&1 & ) & exit 5`;
    const words = exec(GRANT, ["/bin/sh", "-c", script, "sh", ...shell(daemon)]);
    const wrapper = stage.start(words);
    const { code, stderr } = await finished(wrapper);
    expect(code).toBe(5);
    expect(stderr).toContain("exited with 5");
    expect(leftBehind()).toEqual([]);
    gate.open();
    expect(await written(path("orphan-code"))).toBe("7\n");
    expect(read("orphan-said")).toContain("[stale]");
    expect(stage.api.mutations).toEqual([]);
  });
});
