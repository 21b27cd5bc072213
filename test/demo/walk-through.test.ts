import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawn as spawnInTerminal } from "@lydell/node-pty";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type StepResult, walkThrough } from "../../src/demo/walk-through.ts";
import { Executable } from "./executable.ts";

const onLinux = existsSync("/proc/self/environ");

let holdfast: Executable;
beforeAll(async () => {
  holdfast = await Executable.build();
});
afterAll(() => holdfast.remove());
afterEach(() => {
  expect(holdfast.leftOvers(), "D1: files left behind").toEqual([]);
  if (onLinux) expect(holdfast.survivors(), "D7: processes left behind").toEqual([]);
});

const DEADLINE = 60_000;

/** Title and exit codes of each step, in order; undefined for a command that ran on. */
const TOLD: readonly (readonly [string, readonly (number | undefined)[]])[] = [
  ["No session", [8]],
  ["Inside a session that grants workspaces", [0]],
  ["A session that grants all", [8]],
  ["A session's token leaks", [undefined, 8, 0]],
  ["An agent tries to widen", [undefined, 7]],
  ["A person allows it once", []],
  ["A person widens a running session", []],
  ["The wrapper is killed with SIGKILL", [undefined, undefined, 137]],
  ["Any other command", [8]],
  ["The receipt", [8]],
  ["What is kept", [0, 0]],
];

const SKIPPED = "only a person at a terminal can answer; run holdfast demo at your own";

interface Told {
  readonly ok: boolean;
  readonly steps: readonly StepResult[];
}

const AGENT = { CLAUDECODE: "1", CODEX_SANDBOX: "seatbelt", GEMINI_CLI: "1", AI_AGENT: "any" };

const MISLEADING = {
  TFE_ADDRESS: "https://app.terraform.io",
  TFE_TOKEN: "a-real-token",
  TF_TOKEN_127_0_0_1: "another",
  HTTPS_PROXY: "http://127.0.0.1:9",
  HTTP_PROXY: "http://127.0.0.1:9",
  NODE_OPTIONS: "--no-warnings",
  CI: "true",
  GITHUB_ACTIONS: "true",
  HOLDFAST_CONFIG_DIR: "/nonexistent/config",
  HOLDFAST_RUNTIME_DIR: "/nonexistent/run",
  XDG_CONFIG_HOME: "/nonexistent/xdg",
};

describe("holdfast demo", { timeout: DEADLINE }, () => {
  it.each([
    ["a person's bare environment", {}],
    ["an agent's, without a terminal", AGENT],
    ["D2: one that names other hosts, tokens, proxies and places, on a CI machine", MISLEADING],
  ])("goes as told in %s", async (_name, env) => {
    const { code, stdout, stderr } = await holdfast.run(["demo", "--json"], env);
    const told = JSON.parse(stdout) as Told;
    // What an agent runs may use no stores but the agent's own, so that step is not played there.
    const isAgents = env === AGENT;
    expect(told.steps.flatMap(({ problems }) => problems)).toEqual([]);
    expect([code, told.ok]).toEqual([0, true]);
    expect(told.steps).toHaveLength(TOLD.length);
    for (const [index, [title, usual]] of TOLD.entries()) {
      const step = told.steps[index];
      const isLeftOut = isAgents && title === "Any other command";
      const codes = isLeftOut ? [] : usual;
      expect(step?.title).toContain(title);
      expect(step?.commands.map(({ exitCode }) => exitCode)).toEqual(codes);
      if (!isLeftOut) expect(step?.skipped).toBe(codes.length === 0 ? SKIPPED : undefined);
    }
    const summary = isAgents
      ? "8 steps went as told (3 were skipped)"
      : "9 steps went as told (2 were skipped)";
    expect(stderr).toContain(summary);
  });

  it("D5: prints each command as typed, its output, its exit code and what it showed", async () => {
    const { code, stdout, stderr } = await holdfast.run(["demo"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^1\/11 No session/m);
    expect(stdout).toMatch(/^ {2}\$ holdfast api \/workspaces\/ws-\w{16} -X DELETE$/m);
    expect(stdout).toMatch(
      /^ {4}holdfast: refused, nothing sent: DELETE \/workspaces\/ws-\w{16}$/m,
    );
    expect(stdout).toMatch(/^ {8}once {10}holdfast approve [A-Z2-7]{4}$/m);
    expect(stdout).toMatch(/^ {8}this session {2}holdfast approve [A-Z2-7]{4} --session$/m);
    expect(stdout).toMatch(/^ {2}exit code 8$/m);
    expect(stdout).toMatch(
      /^ {2}Nothing was sent; workspace scratch is still there; request [A-Z2-7]{4} waits\.$/m,
    );
    expect(stdout).toMatch(/^ {4}holdfast: only a person answers: .*inside a session$/m);
    expect(stdout.split(`\n  skipped: ${SKIPPED}\n`)).toHaveLength(3);
    expect(stdout).toMatch(/^ {4}holdfast: the audit log is whole/m);
    expect(stdout).not.toContain("Your turn");
    expect(stdout).toMatch(/; \d+ ms after the wrapper's death/);
    expect(stdout).toMatch(/^ +deleted +1$/m);
    expect(stdout).not.toContain("\x1b");
    expect(stdout).not.toMatch(/atlasv1|\b[A-Z2-7]{32}\b/);
  });

  it("--quiet keeps one line for each step, --markdown makes headings and code", async () => {
    const quiet = await holdfast.run(["demo", "--quiet"]);
    expect(quiet.stdout.trimEnd().split("\n")).toHaveLength(TOLD.length + 1);
    const markdown = await holdfast.run(["demo", "--markdown"]);
    expect(markdown.stdout.match(/^## \d+\/11 /gm)).toHaveLength(TOLD.length);
    // Two steps are skipped, and have no commands; the summary has some.
    expect(markdown.stdout.match(/^```$/gm)?.length).toBe(2 * (TOLD.length - 2 + 1));
  });

  it("--dry-run starts nothing", async () => {
    const { code, stdout, stderr } = await holdfast.run(["demo", "--dry-run"]);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("dry run");
  });

  it.each([
    ["colour", {}, true],
    ["none with NO_COLOR", { NO_COLOR: "1" }, false],
  ])("at a terminal it has %s", async (_name, env, colour) => {
    const terminal = spawnInTerminal(process.execPath, [holdfast.file, "demo"], {
      env: { ...holdfast.env, ...env },
      cols: 40,
    });
    let text = "";
    terminal.onData((more) => {
      text += more;
    });
    const ended = new Promise((resolve) => terminal.onExit(resolve));
    await expect.poll(() => text, { timeout: DEADLINE }).toContain("2/11");
    terminal.write("\x03");
    await ended;
    expect(text.includes("\x1b[1m")).toBe(colour);
  });
});

describe("where it cannot be shown", { timeout: DEADLINE }, () => {
  const inside = () => ({
    TFE_ADDRESS: "http://127.0.0.1:9",
    HOLDFAST_CONFIG_DIR: join(holdfast.home, "c"),
    HOLDFAST_RUNTIME_DIR: join(holdfast.home, "r"),
  });

  it("inside a session it says so, and changes no rule", async () => {
    const demo = [process.execPath, holdfast.file, "demo"];
    const wrapped = [
      "harness",
      "exec",
      "--allow-delete=all",
      "--",
      "sh",
      "-c",
      '"$@"; exit $?',
      "sh",
    ];
    const { code, stderr } = await holdfast.run([...wrapped, ...demo], inside());
    rmSync(join(holdfast.home, "c"), { recursive: true });
    rmSync(join(holdfast.home, "r"), { recursive: true });
    expect(code).toBe(7);
    expect(stderr).toContain("nothing inside a session can start a wider one");
    expect(stderr).toContain("in a terminal outside the session: holdfast demo");
  });

  it("with a token left over from a session it says what to unset", async () => {
    const { code, stderr } = await holdfast.run(["demo"], {
      HOLDFAST_EXEC_SESSION: "A".repeat(32),
    });
    expect(code).toBe(7);
    expect(stderr).toContain("unset HOLDFAST_EXEC_SESSION");
  });

  it("without a temporary directory it names the variable", async () => {
    const { code, stdout, stderr } = await holdfast.run(["demo"], { TMPDIR: "/nonexistent" });
    expect([code, stdout]).toEqual([125, ""]);
    expect(stderr).toMatch(/\/nonexistent.*\n {2}fix {2}TMPDIR=/);
  });
});

describe("D7: nothing is left behind", { timeout: DEADLINE }, () => {
  it.runIf(onLinux).each([
    ["SIGINT", 130, 2],
    ["SIGINT", 130, 4],
    ["SIGTERM", 143, 4],
    ["SIGHUP", 129, 8],
  ] as const)("%s: exits %i when it comes during step %i", async (signal, expected, step) => {
    const demo = holdfast.start(["demo"]);
    await expect.poll(demo.text, { timeout: DEADLINE, interval: 5 }).toContain(`${step}/11`);
    demo.child.kill(signal);
    const { code, stderr } = await demo.ended;
    expect(code).toBe(expected);
    expect(stderr).toContain("nothing is left behind");
  });
});

describe("D6: a step that does not go as told is found out", { timeout: DEADLINE }, () => {
  const lyingHoldfasts: readonly (readonly [string, string, string])[] = [
    [
      "exits as if refused and sends the delete",
      "send().then(() => process.exit(8))",
      "the API was sent",
    ],
    ["refuses with another exit code", "process.exit(1)", "exit code 1 instead of 8"],
    [
      "prints the API token",
      "console.log(process.env.TFE_TOKEN); process.exitCode = 8",
      "a token was printed",
    ],
    ["crashes", "process.kill(process.pid, 'SIGSEGV')", "exit code 139 instead of 8"],
  ];

  it.each(lyingHoldfasts)("a holdfast that %s", async (_name, behaviour, problem) => {
    const directory = join(holdfast.home, "fake");
    mkdirSync(directory);
    const script = join(directory, "fake's holdfast.cjs");
    writeFileSync(
      script,
      `const send = () => fetch(process.env.TFE_ADDRESS + "/api/v2" + process.argv[3], { method: "DELETE", headers: { authorization: "Bearer " + process.env.TFE_TOKEN } });\n${behaviour};\n`,
    );
    const titles: string[] = [];
    const result = await walkThrough({
      env: holdfast.env,
      executable: [process.execPath, script],
      signal: new AbortController().signal,
      onStep: (_number, title) => titles.push(title),
      onResult: () => {},
    });
    rmSync(directory, { recursive: true });
    expect(result.ok).toBe(false);
    expect(titles).toHaveLength(1);
    expect(result.steps[0]?.showed).toBeUndefined();
    expect(result.steps[0]?.problems.join("; ")).toContain(problem);
  });

  it("tells it, and exits with 125", async () => {
    // Without a shell that can be found, the fourth step cannot go on.
    const { code, stdout } = await holdfast.run(["demo"], { PATH: "/nonexistent" });
    expect(code).toBe(125);
    expect(stdout).toMatch(/^ {4}holdfast: sh: command not found$/m);
    expect(stdout).toMatch(/^ {2}NOT AS TOLD: it ended without printing/m);
    expect(stdout).toContain("the rest was left out");
  });
});
