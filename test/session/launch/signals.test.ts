import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, exec, gone, shell, written } from "../../support/scripts.ts";
import { type Finished, finished, HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const COUNTER = resolve("test/support/counter.mjs");
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** Long enough for a second signal to be passed on, were one passed on by mistake. */
const settle = () => setTimeout(400);

interface Counted {
  readonly wrapper: number;
  readonly signals: () => string[];
  /** Ends the command, and resolves with how the wrapper ended. */
  readonly end: () => Promise<Finished>;
}

/** Starts a wrapper that leads a process group of its own, around a command that counts signals. */
async function startCounting(around: readonly string[] = []): Promise<Counted> {
  const directory = mkdtempSync(join(stage.directory, "count-"));
  const words = [...around, process.execPath, HOLDFAST];
  const command = exec([], [process.execPath, COUNTER, directory]);
  const [file = "", ...args] = [...words, ...command];
  const child = spawn(file, args, { cwd: stage.directory, env: stage.env, detached: true });
  const ending = finished(child);
  const [, wrapper = 0] = (await written(join(directory, "ready"))).split(" ").map(Number);
  const signals = () => {
    if (!readdirSync(directory).includes("signals")) return [];
    return readFileSync(join(directory, "signals"), "utf8").trim().split("\n");
  };
  const end = () => {
    writeFileSync(join(directory, "enough"), "");
    return ending;
  };
  return { wrapper, signals, end };
}

/** The wrapper's other child. */
function witnessOf(wrapper: number): Promise<number> {
  return eventually("the witness runs", () => {
    const children = readFileSync(`/proc/${wrapper}/task/${wrapper}/children`, "utf8").trim();
    const named = (pid: string) => readFileSync(`/proc/${pid}/comm`, "utf8") === "cat\n";
    const witness = children.split(" ").find(named);
    return witness === undefined ? undefined : Number(witness);
  });
}

const arrived = (counted: Counted, count: number) =>
  eventually(`${count} signals`, () => (counted.signals().length >= count ? true : undefined));

describe.concurrent("a signal reaches the command exactly once (W1), and the wrapper waits (W2)", () => {
  it.each(SIGNALS)("%s to the wrapper alone", async (signal) => {
    const counted = await startCounting();
    process.kill(counted.wrapper, signal);
    await arrived(counted, 1);
    await settle();
    expect(counted.signals()).toEqual([signal]);
    expect(await counted.end()).toMatchObject({ code: 9, signal: null });
  });

  it.each(SIGNALS)("%s to the whole process group", async (signal) => {
    const counted = await startCounting();
    process.kill(-counted.wrapper, signal);
    await arrived(counted, 1);
    await settle();
    expect(counted.signals()).toEqual([signal]);
    expect(await counted.end()).toMatchObject({ code: 9, signal: null });
  });

  it("several to the group, and several to the wrapper alone", async () => {
    const counted = await startCounting();
    for (const [count, to] of [-1, 1, -1, -1, 1, 1].entries()) {
      process.kill(to * counted.wrapper, "SIGINT");
      await arrived(counted, count + 1);
      await settle();
      expect(counted.signals()).toHaveLength(count + 1);
    }
    expect((await counted.end()).code).toBe(9);
  });

  it("two different ones to the group at the same moment: none is lost (W4)", async () => {
    const counted = await startCounting();
    process.kill(-counted.wrapper, "SIGINT");
    process.kill(-counted.wrapper, "SIGTERM");
    await arrived(counted, 2);
    await settle();
    expect([...new Set(counted.signals())].sort()).toEqual(["SIGINT", "SIGTERM"]);
    expect((await counted.end()).code).toBe(9);
  });

  it("what `timeout` sends: first to the wrapper, then to the group", async () => {
    const counted = await startCounting(["timeout", "--preserve-status", "1"]);
    await arrived(counted, 1);
    await settle();
    expect(counted.signals()).toEqual(["SIGTERM"]);
    expect((await counted.end()).code).toBe(9);
  });

  it.each(["SIGKILL", "SIGINT"] as const)(
    "after somebody killed the witness with %s (W4)",
    async (killer) => {
      const counted = await startCounting();
      process.kill(await witnessOf(counted.wrapper), killer);
      await settle();
      process.kill(counted.wrapper, "SIGINT");
      await arrived(counted, 1);
      await settle();
      process.kill(-counted.wrapper, "SIGINT");
      await arrived(counted, 2);
      await settle();
      expect(counted.signals()).toEqual(["SIGINT", "SIGINT"]);
      expect((await counted.end()).code).toBe(9);
    },
  );

  it("and the witness is gone when the wrapper is, even by SIGKILL (W3)", async () => {
    const counted = await startCounting();
    const witness = await witnessOf(counted.wrapper);
    process.kill(counted.wrapper, "SIGKILL");
    await gone(witness);
    expect((await counted.end()).signal).toBe("SIGKILL");
    expect((await stage.run(exec([], ["/bin/sleep", "0.3"]))).code).toBe(0);
  });
});

describe.concurrent("the command's own answer to a signal is the wrapper's exit code (E3)", () => {
  const run = async (script: string, signal: NodeJS.Signals) => {
    const directory = mkdtempSync(join(stage.directory, "ends-"));
    const wrapper = stage.start(exec([], shell(`${script}`)), { cwd: directory });
    const ending = finished(wrapper);
    await written(join(directory, "ready"));
    wrapper.kill(signal);
    return { ending, directory };
  };

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
    ["SIGQUIT", 131],
    ["SIGUSR1", 138],
  ] as const)("%s, of which the command dies: %i", async (signal, code) => {
    const { ending } = await run("echo > ready; exec sleep 20", signal);
    const { code: found, signal: by, stderr } = await ending;
    expect({ found, by }).toEqual({ found: code, by: null });
    expect(stderr).toContain(`sleep was ended by ${signal}`.replace("sleep", "sh"));
  });

  it("a trap that ends with 3: 3", async () => {
    const { ending } = await run(
      "trap 'kill $!; exit 3' TERM; echo > ready; sleep 20 & wait",
      "SIGTERM",
    );
    expect((await ending).code).toBe(3);
  });

  it("takes its time: the wrapper waits, and never kills (W2)", async () => {
    const script = "trap 'echo heard > heard' TERM; echo > ready; read line < gate; exit 4";
    const directory = mkdtempSync(join(stage.directory, "waits-"));
    execFileSync("mkfifo", [join(directory, "gate")]);
    // `read` goes on after a trap in every shell only if it is asked again.
    const again = script.replace("read line < gate", "until read line < gate; do :; done");
    const wrapper = stage.start(exec([], shell(again)), { cwd: directory });
    const ending = finished(wrapper);
    await written(join(directory, "ready"));
    wrapper.kill("SIGTERM");
    await settle();
    wrapper.kill("SIGTERM");
    await settle();
    expect(wrapper.exitCode).toBeNull();
    writeFileSync(join(directory, "gate"), "go\n");
    expect((await ending).code).toBe(4);
    expect(readdirSync(directory)).toContain("heard");
  });
});

describe("after every such end", () => {
  it("nothing is left behind (E1, W3)", () => {
    expect(readdirSync(stage.sessions)).toEqual([]);
    expect(readdirSync(stage.env.HOLDFAST_RUNTIME_DIR ?? "")).toEqual([]);
  });
});
