import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startCourier } from "../../src/gate/courier.ts";
import { turnOf } from "../../src/gate/courier/turn.ts";
import { type HookStage, setHooks } from "../support/hook-stage.ts";
import { type Receiver, startReceiver } from "../support/hook-receiver.ts";
import { eventually } from "../support/scripts.ts";

const place = mkdtempSync(join(tmpdir(), "hf-"));
// Beside the libraries: a courier is given no NODE_PATH.
const programs = mkdtempSync(resolve("node_modules/.hf-"));
const program = join(programs, "courier-body.js");
const command = join(programs, "courier-command-body.js");
beforeAll(() => {
  writeFileSync(join(programs, "package.json"), "{}");
  buildSync({
    entryPoints: ["test/support/courier-body.ts", "test/support/courier-command-body.ts"],
    outdir: programs,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["libsql"],
    supported: { "dynamic-import": false },
    logLevel: "error",
  });
});
afterAll(() => {
  for (const each of [place, programs]) rmSync(each, { recursive: true, force: true });
});

const open: { close(): Promise<void> }[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const each of open.splice(0).reverse()) await each.close();
});

async function stage(
  answering?: Parameters<typeof startReceiver>[0],
): Promise<HookStage & { hook: Receiver }> {
  const hook = await startReceiver(answering);
  const made = await setHooks([hook]);
  open.push(hook, made);
  return { ...made, hook };
}

function start({ directory }: HookStage, leaseMs: number): ChildProcess {
  const child = spawn(process.execPath, [program, directory, String(leaseMs)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  children.push(child);
  return child;
}

describe("a courier of its own", () => {
  it("K1: killed in the middle of a delivery, leaves it to the next, which uses the same delivery id", async () => {
    const here = await stage((count) => (count === 1 ? "nothing" : 200));
    await here.file("ws-1");
    const killed = start(here, 1000);
    await here.hook.received(1);
    killed.kill("SIGKILL");
    await once(killed, "exit");
    const [code] = (await once(start(here, 1000), "exit")) as [number];
    expect(code).toBe(0);
    expect(here.hook.got).toHaveLength(2);
    expect(here.hook.got[0]?.delivery).toBe(here.hook.got[1]?.delivery);
    expect(here.hook.got.every(({ isSigned }) => isSigned)).toBe(true);
  });

  it("two at once deliver each notice once, and both end", async () => {
    const here = await stage();
    for (let each = 0; each < 8; each += 1) await here.file(`ws-${each}`);
    const both = [start(here, 20_000), start(here, 20_000)];
    await Promise.all(both.map((child) => once(child, "exit")));
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(here.hook.got).toHaveLength(8);
    expect(new Set(here.hook.got.map(({ delivery }) => delivery)).size).toBe(8);
  });
});

describe("starting one", () => {
  it("delivers what waits, by the policy and the store of the configuration directory, and ends", async () => {
    const here = await stage();
    await here.file("ws-1");
    startCourier({ PATH: process.env.PATH, HOLDFAST_CONFIG_DIR: here.directory }, command);
    const [got] = await here.hook.received(1);
    expect(got?.isSigned).toBe(true);
    expect(got?.body.approve).toMatch(/^holdfast approve [A-Z2-7]{4,6}$/);
    await eventually("its lock is gone", () =>
      existsSync(join(here.directory, "courier.lock")) ? undefined : true,
    );
    await eventually("nothing is left", async () =>
      (await here.store.nextNoticeMs()) === undefined ? true : undefined,
    );
  });

  it("SIGTERM ends one that waits for what is due later, and leaves it in the store", async () => {
    const here = await stage((_, response) => {
      response.setHeader("retry-after", "300");
      return 503;
    });
    await here.file("ws-1");
    const child = spawn(process.execPath, [command], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { PATH: process.env.PATH, HOME: place, HOLDFAST_CONFIG_DIR: here.directory },
    });
    children.push(child);
    await eventually("it waits", () =>
      existsSync(join(here.directory, "courier.lock")) ? true : undefined,
    );
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(existsSync(join(here.directory, "courier.lock"))).toBe(false);
    expect(await here.store.nextNoticeMs()).toBeGreaterThan(0);
  });

  it("gives it no token and no session, and waits for nothing", async () => {
    const out = join(place, "told");
    const fake = join(place, "holdfast.cjs");
    writeFileSync(
      fake,
      `const { writeFileSync, renameSync } = require("node:fs");
       writeFileSync(${JSON.stringify(`${out}.new`)}, JSON.stringify({ words: process.argv.slice(2), env: process.env, parent: process.ppid, pid: process.pid }));
       renameSync(${JSON.stringify(`${out}.new`)}, ${JSON.stringify(out)});`,
    );
    startCourier(
      {
        PATH: process.env.PATH,
        HOME: place,
        HOLDFAST_CONFIG_DIR: "/c",
        HTTPS_PROXY: "http://p",
        TFE_TOKEN: "secret",
        HOLDFAST_EXEC_SESSION: "T",
        NODE_OPTIONS: "--inspect",
        CLAUDECODE: "1",
      },
      fake,
    );
    const told = await eventually("it was started", () =>
      existsSync(out)
        ? (JSON.parse(readFileSync(out, "utf8")) as { words: string[]; env: object })
        : undefined,
    );
    expect(told.words).toEqual(["approval", "courier"]);
    expect(Object.keys(told.env).sort()).toEqual([
      "HOLDFAST_CONFIG_DIR",
      "HOME",
      "HTTPS_PROXY",
      "PATH",
    ]);
  });

  it("where there is no executable, or it cannot be started, nothing happens", () => {
    expect(() => startCourier({})).not.toThrow();
    expect(() => startCourier({}, join(place, "nothing.cjs"))).not.toThrow();
  });
});

describe("who stays", () => {
  it("W1: one of a machine; another leaves after it has seen a living one for long enough", async () => {
    const file = join(place, "turn");
    let now = 0;
    const [one, other] = [turnOf(file), turnOf(file, () => now)];
    expect(await one.mayStay()).toBe(true);
    expect(await other.mayStay()).toBe(true);
    now = 11_999;
    expect(await other.mayStay()).toBe(true);
    now = 12_000;
    expect(await other.mayStay()).toBe(false);
    one.letGo();
    expect(await other.mayStay()).toBe(true);
    other.letGo();
  });
});
