import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { type IPty, spawn as spawnAtTerminal } from "@lydell/node-pty";
import { buildSync } from "esbuild";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { watchApprovals } from "../../src/cli/approval-watch.ts";
import { changeLine, screenLines } from "../../src/cli/approval-watch-view.ts";
import type { ApprovalRequest } from "../../src/policy/approval.ts";
import { EXIT } from "../../src/policy/exit-code.ts";
import { Failure } from "../../src/policy/failure.ts";
import { cellWidth } from "../../src/system/cell-width.ts";
import { fuzzRuns } from "../support/fuzz-runs.ts";
import { startReceiver } from "../support/hook-receiver.ts";
import { type HookStage, PERSON, requestFor, setHooks } from "../support/hook-stage.ts";
import { eventually } from "../support/scripts.ts";

const place = mkdtempSync(join(tmpdir(), "hf-"));
const program = join(place, "watch.cjs");
beforeAll(() => {
  buildSync({
    entryPoints: ["test/support/watch-body.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["libsql"],
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "undefined" },
    logLevel: "error",
  });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function stage(...hooks: { url: string }[]): Promise<HookStage> {
  const made = await setHooks(hooks);
  open.push(made);
  return made;
}

const environment = ({ directory }: HookStage): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  HOME: directory,
  TERM: "xterm",
  NODE_PATH: resolve("node_modules"),
  HOLDFAST_CONFIG_DIR: directory,
});

interface Watching {
  text(): string;
  shows(what: string | RegExp): Promise<string>;
  readonly pty: IPty;
  readonly ended: Promise<{ exitCode: number; signal?: number }>;
}

function atTerminal(here: HookStage, cols: number, rows: number, words: string[] = []): Watching {
  const pty = spawnAtTerminal(process.execPath, [program, ...words], {
    env: environment(here),
    cwd: "/",
    cols,
    rows,
    name: "xterm",
  });
  let all = "";
  pty.onData((text) => {
    all += text;
  });
  const ended = new Promise<{ exitCode: number; signal?: number }>((done) => pty.onExit(done));
  open.push({ close: async () => void pty.kill("SIGKILL") });
  const shows = (what: string | RegExp) =>
    eventually(`it shows ${what}`, () =>
      (typeof what === "string" ? all.includes(what) : what.test(all)) ? all : undefined,
    );
  return { text: () => all, shows, pty, ended };
}

function piped(here: HookStage, words: string[] = []): { child: ChildProcess; text(): string } {
  const child = spawn(process.execPath, [program, ...words], {
    env: environment(here),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let all = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    all += text;
  });
  open.push({ close: async () => void child.kill("SIGKILL") });
  return { child, text: () => all };
}

/** The lines of the last frame. */
function lastFrame(text: string): string[] {
  const frame = text.split("\x1b[H").at(-1) ?? "";
  const whole = frame.split("\x1b[J")[0] ?? "";
  return whole.split(/\r*\n/).map((line) => line.replace("\x1b[K", ""));
}

describe("at a terminal", () => {
  it("N2: shows what waits, rings once for each new request, and leaves the terminal as it was", async () => {
    const here = await stage();
    const first = await here.file("ws-1");
    const watch = atTerminal(here, 100, 24);
    await watch.shows(first.id);
    expect(lastFrame(watch.text())).toEqual([
      "holdfast: 1 waiting; q ends",
      `${first.id}  Delete workspace ws-1: DELETE /workspaces/ws-1 on app.terraform.io`,
      expect.stringMatching(
        /^ {2}waits for an answer, for 1 minute more; asked by Claude Code in session 7KQF2M/,
      ),
      `answer with: holdfast approve ${first.id}`,
    ]);
    expect(watch.text()).not.toContain("\x07");
    const second = await here.file("ws-2");
    const third = await here.file("ws-3");
    await watch.shows("holdfast: 3 waiting");
    await watch.shows("answer with: holdfast approve ID");
    for (const { id, digest } of [first, second])
      await here.store.decide(id, digest, "deny", PERSON);
    await watch.shows(new RegExp(`holdfast: 1 waiting[^]*approve ${third.id}`));
    watch.pty.write("\x03");
    expect((await watch.ended).exitCode).toBe(0);
    const text = watch.text();
    expect(text.split("\x07")).toHaveLength(3);
    expect(text.startsWith("\x1b[?1049h\x1b[?25l")).toBe(true);
    expect(text.endsWith("\x1b[?25h\x1b[?1049l")).toBe(true);
  });

  it.each(["q", "Q", "\x03", "\x04"])("N3: %j ends it with 0, other keys do not", async (key) => {
    const here = await stage();
    const watch = atTerminal(here, 80, 24);
    await watch.shows("holdfast: 0 waiting; q ends");
    watch.pty.write("x\x1b[A");
    const { id } = await here.file("ws-1");
    await watch.shows(id);
    watch.pty.write(key);
    expect((await watch.ended).exitCode).toBe(0);
    expect(watch.text().endsWith("\x1b[?25h\x1b[?1049l")).toBe(true);
  });

  it("N2, N3: the terminal turns typed lines and Ctrl-C back into what they were", async () => {
    const here = await stage();
    const line = `stty -a > before; "$@"; stty -a > after; cmp before after && echo the same`;
    const pty = spawnAtTerminal("/bin/sh", ["-c", line, "sh", process.execPath, program], {
      env: environment(here),
      cwd: here.directory,
      cols: 80,
      rows: 24,
    });
    let all = "";
    pty.onData((text) => {
      all += text;
    });
    open.push({ close: async () => void pty.kill("SIGKILL") });
    await eventually("the screen", () => all.includes("q ends") || undefined);
    pty.write("q");
    await eventually("the end", () => all.includes("the same") || undefined);
  });

  it("V1: fits a terminal of 20 by 5, and one that changes its size", async () => {
    const here = await stage();
    for (const each of [1, 2, 3]) await here.file(`ws-${each}`);
    const watch = atTerminal(here, 20, 5, ["--quiet"]);
    await watch.shows("more");
    const frame = lastFrame(watch.text());
    expect(frame).toHaveLength(5);
    expect(Math.max(...frame.map(cellWidth))).toBeLessThanOrEqual(19);
    expect(frame[3]).toBe("… 2 more");
    watch.pty.resize(200, 40);
    await watch.shows("ws-1: DELETE /workspaces/ws-1");
    await here.file("ws-4");
    await watch.shows("4 waiting");
    expect(watch.text()).not.toContain("\x07");
    watch.pty.kill("SIGTERM");
    await watch.ended;
    expect(watch.text().endsWith("\x1b[?25h\x1b[?1049l")).toBe(true);
  });
});

describe("elsewhere", () => {
  it("prints one line for each change, with what answers it; SIGINT ends it with 0", async () => {
    const here = await stage();
    const { child, text } = piped(here);
    const { id, digest } = await here.file("ws-1");
    await eventually(
      "the request",
      () => text().includes(`answer with: holdfast approve ${id}\n`) || undefined,
    );
    await here.store.decide(id, digest, "deny", PERSON);
    await eventually("the answer", () => text().includes("denied by me") || undefined);
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(text()).not.toContain("\x1b");
    expect(text().trim().split("\n")).toHaveLength(2);
  });

  it("--json: one object on a line for each change", async () => {
    const here = await stage();
    const { id, digest } = await here.file("ws-1");
    const { child, text } = piped(here, ["--json"]);
    await eventually("the request", () => text().includes("\n") || undefined);
    await here.store.decide(id, digest, "approve", PERSON);
    await eventually("the answer", () => text().split("\n").length > 2 || undefined);
    child.kill("SIGINT");
    await once(child, "exit");
    const lines = text()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { change: string; request: { id: string } });
    expect(lines.map(({ change, request }) => [change, request.id])).toEqual([
      ["pending", id],
      ["approved", id],
    ]);
  });

  it("ends when its reader has gone", async () => {
    const here = await stage();
    await here.file("ws-1");
    const { child, text } = piped(here);
    await eventually("the request", () => text().includes("\n") || undefined);
    child.stdout?.destroy();
    await here.file("ws-2");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("delivers notifications meanwhile: those that wait, and those of new requests", async () => {
    const hook = await startReceiver();
    open.push(hook);
    const here = await stage(hook);
    await here.file("ws-1");
    const { child } = piped(here);
    await hook.received(1);
    await here.file("ws-2");
    await hook.received(2);
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});

describe("a watch", () => {
  const kept = async (name = "ws-1"): Promise<ApprovalRequest> => (await stage()).file(name);
  const store = (list: () => Promise<readonly ApprovalRequest[]>) => ({
    list,
    find: async () => undefined,
  });

  it("N1: the first look must succeed; a later one that fails is shown once, until it succeeds again", async () => {
    const request = await kept();
    const out = new PassThrough({ encoding: "utf8" });
    const stop = new AbortController();
    const gone = new Failure("approvals-unreachable", "the database is gone", {
      exitCode: EXIT.refused,
    });
    const world = {
      out,
      env: {},
      courier: async () => {},
      signal: stop.signal,
      isTerminal: false,
      lookMs: 5,
    };
    await expect(
      watchApprovals({ ...world, store: store(() => Promise.reject(gone)) }),
    ).rejects.toBe(gone);
    let looks = 0;
    const flaky = store(async () => {
      looks += 1;
      if (looks > 20) stop.abort();
      if (looks > 3 && looks < 10) throw gone;
      return [request];
    });
    expect(await watchApprovals({ ...world, store: flaky })).toBe(0);
    const lines = String(out.read()).trim().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe("holdfast: cannot look: the database is gone");
  });

  it("says that it cannot notify, and goes on", async () => {
    const request = await kept();
    const out = new PassThrough({ encoding: "utf8" });
    const stop = new AbortController();
    const run = watchApprovals({
      store: store(async () => [request]),
      out,
      env: {},
      courier: () => Promise.reject(new Error("no way out")),
      signal: stop.signal,
      isTerminal: false,
      lookMs: 5,
    });
    let text = "";
    await eventually("the problem", () => {
      text += out.read() ?? "";
      return text.includes("holdfast: cannot notify: no way out\n") || undefined;
    });
    stop.abort();
    expect(await run).toBe(0);
  });

  it("draws nothing on a terminal that cannot", async () => {
    const request = await kept();
    const out = new PassThrough({ encoding: "utf8" });
    const stop = new AbortController();
    const run = watchApprovals({
      store: store(async () => [request]),
      out,
      env: { TERM: "dumb" },
      courier: async () => {},
      signal: stop.signal,
      isTerminal: true,
    });
    const text = await eventually("the line", () => (out.read() as string | null) ?? undefined);
    stop.abort();
    await run;
    expect(text).not.toContain("\x1b");
    expect(text).toContain(request.id);
  });

  it("V1: whatever others wrote, lines fit the terminal and move nothing", async () => {
    const request = await kept();
    const text = fc.string({ unit: "binary", maxLength: 60 });
    const state = fc.constantFrom("pending", "executing", "unknown" as const);
    const requests = fc.array(
      fc.record({ state, question: text, lineage: text, agent: text }).map((made) => ({
        ...request,
        state: made.state as ApprovalRequest["state"],
        card: { ...request.card, question: made.question },
        requester: { ...request.requester, lineage: made.lineage, agent: made.agent },
      })),
      { maxLength: 6 },
    );
    const size = fc.record({
      columns: fc.integer({ min: 3, max: 120 }),
      rows: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(requests, size, fc.array(text, { maxLength: 2 }), (all, screen, problems) => {
        const lines = screenLines({ requests: all, problems, hasKeys: true }, screen, new Date());
        expect(lines.length).toBeLessThanOrEqual(screen.rows);
        for (const line of [...lines, ...all.map((each) => changeLine(each, new Date()))])
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        for (const line of lines)
          expect(cellWidth(line)).toBeLessThanOrEqual(Math.max(2, screen.columns - 1));
      }),
      { numRuns: fuzzRuns(4) },
    );
    expect(requestFor("x").card.question).toBe("Delete workspace x?");
  });
});
