// `holdfast gate` as it ships: exit codes, signals, words, and what it says.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addEntry } from "../../src/grants/allowlist/write.ts";
import { goOutside, type Outside } from "../support/outside.ts";
import { eventually } from "../support/scripts.ts";
import { finished, HOLDFAST, type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let outside: Outside;
beforeAll(async () => {
  stage = await setStage({ asks: true });
  outside = await goOutside();
  const config = stage.env.HOLDFAST_CONFIG_DIR ?? "";
  mkdirSync(config, { mode: 0o700 });
  for (const name of ["sleep", "false", "true", "touch", "printf", "printenv"])
    await addEntry(config, "main", { pattern: `/usr/bin/${name}`, origin: "added" });
});
afterAll(async () => {
  await outside.close();
  await stage.close();
});

const at = (name: string): string => join(stage.directory, name);
/** PATH without this machine's own additions, and nothing else but where holdfast looks. */
const env = (more: Record<string, string> = {}) => ({
  ...stage.env,
  PATH: "/usr/bin:/bin",
  ...more,
});
const gate = (...argv: string[]) =>
  stage.run(["gate", "--agent", "main", "--", ...argv], { env: env() });

describe("what an entry covers is run", () => {
  it("the exit code is its own, and stdout holds only what it printed", async () => {
    expect((await gate("true")).code).toBe(0);
    expect((await gate("false")).code).toBe(1);
    const printed = await stage.run(
      ["--json", "gate", "--agent", "main", "--", "printf", "%s", "$(id)"],
      { env: env() },
    );
    expect([printed.code, printed.stdout]).toEqual([0, "$(id)"]);
  });

  it("every word after -- is the command's, ours look-alikes and a second -- too", async () => {
    const words = ["--json", "--dry-run", "--", "--agent", "x", ""];
    const { stdout } = await gate("printf", "[%s]", ...words);
    expect(stdout).toBe(words.map((word) => `[${word}]`).join(""));
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const)("%s reaches it, and the exit code is %d", async (signal, code) => {
    const child = stage.start(["gate", "--agent", "main", "--", "sleep", "30"], { env: env() });
    const ended = finished(child);
    await eventually("sleep runs", () =>
      readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")
        .split(" ")
        .some((pid) => /\/sleep$/.test(linkOf(pid)))
        ? true
        : undefined,
    );
    child.kill(signal);
    expect((await ended).code).toBe(code);
  });

  it("its variables are the scrubbed ones", async () => {
    const more = { AWS_SECRET_ACCESS_KEY: "x", LD_LIBRARY_PATH: "/x", TERM: "vt100" };
    const { stdout } = await stage.run(["gate", "--agent", "main", "--", "printenv"], {
      env: env(more),
    });
    const names = stdout
      .trim()
      .split("\n")
      .map((line) => line.split("=")[0]);
    expect(names.sort()).toEqual(
      ["HOLDFAST_CONFIG_DIR", "HOLDFAST_RUNTIME_DIR", "HOME", "LANG", "PATH", "PWD", "TERM"].sort(),
    );
  });

  it("a policy's names are passed on; a policy that names what is dangerous runs nothing", async () => {
    const policy = join(stage.env.HOLDFAST_CONFIG_DIR ?? "", "policy.yaml");
    writeFileSync(policy, "version: 1\ncommands:\n  pass: [AWS_PROFILE]\n", { mode: 0o600 });
    const passed = await stage.run(["gate", "--agent", "main", "--", "printenv", "AWS_PROFILE"], {
      env: env({ AWS_PROFILE: "dev" }),
    });
    expect(passed.stdout).toBe("dev\n");
    writeFileSync(policy, "version: 1\ncommands:\n  pass: [LD_PRELOAD]\n", { mode: 0o600 });
    const refused = await gate("touch", at("dangerous"));
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain("LD_PRELOAD");
    expect(existsSync(at("dangerous"))).toBe(false);
    rmSync(policy);
  });
});

const linkOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0] ?? "";
  } catch {
    return "";
  }
};

describe("what nothing covers is refused, and a person is asked for", () => {
  it("exit 8, nothing run, and the words that a person types", async () => {
    const { code, stderr, stdout } = await gate("rm", "-rf", at("kept"));
    expect([code, stdout]).toEqual([8, ""]);
    expect(stderr).toContain(`refused, nothing run: rm -rf ${at("kept")}`);
    expect(stderr).toMatch(/once +holdfast approve \S+/);
    expect(stderr).not.toContain("--always");
  });

  it("--json is one object", async () => {
    const words = ["gate", "--json", "--agent", "main", "--", "rm", at("kept")];
    const { code, stdout } = await stage.run(words, { env: env() });
    expect(code).toBe(8);
    expect(JSON.parse(stdout)).toMatchObject({
      effect: "deny",
      reason: "no-session",
      operation: {
        kind: "command",
        class: "commands",
        impact: "destroy",
        executable: "/usr/bin/rm",
        args: [at("kept")],
        cwd: stage.directory,
      },
      request: { status: "pending" },
    });
    expect(stdout).not.toContain(stage.api.token);
  });

  it("the agent is the recognised one where nobody says", async () => {
    const { stdout } = await stage.run(["explain", "gate", "--json", "--", "true"], {
      env: env({ CODEX_CI: "1" }),
    });
    expect(JSON.parse(stdout).operation.agent).toBe("codex");
  });
});

describe("wrong usage runs nothing: exit 1", () => {
  it.each<[string, string[], string]>([
    ["no --", ["gate", "touch", "made"], "belongs after --"],
    ["a word before --", ["gate", "touch", "--", "made"], "belongs after --"],
    ["nothing after --", ["gate", "--"], "no COMMAND"],
    ["an empty name", ["gate", "--", ""], "no COMMAND"],
    ["an agent that is no id", ["gate", "--agent", "A B", "--", "touch", "made"], "--agent"],
    ["a wait that is no duration", ["gate", "--wait", "soon", "--", "touch", "made"], "--wait"],
    ["a flag that is none", ["gate", "--yes-really", "--", "touch", "made"], "--yes-really"],
  ])("%s", async (_, words, said) => {
    const { code, stderr } = await stage.run(words, { env: env() });
    expect(code).toBe(1);
    expect(stderr).toContain(said);
    expect(existsSync(at("made"))).toBe(false);
  });

  it("an argument that is not UTF-8 could not be passed on unchanged", async () => {
    const script = `exec "$0" "$1" gate --agent main -- touch "$(printf 'made\\377')"`;
    const child = spawn("/bin/sh", ["-c", script, process.execPath, HOLDFAST], {
      cwd: stage.directory,
      env: env(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { code, stderr } = await finished(child);
    expect(code).toBe(1);
    expect(stderr).toContain("not UTF-8");
    expect(readdirSync(stage.directory).filter((name) => name.startsWith("made"))).toEqual([]);
  });

  it("U+FFFD itself can be", async () => {
    expect((await gate("printf", "%s", "\ufffd")).stdout).toBe("\ufffd");
  });
});

describe("explain gate, and --dry-run", () => {
  it.each([
    ["explain gate", ["explain", "gate"]],
    ["gate --dry-run", ["gate", "--dry-run"]],
  ])("%s says what would be run, by which entry, and runs nothing", async (_, words) => {
    const argv = [...words, "--agent", "main", "--", "touch", at("dry run")];
    const { code, stderr, stdout } = await stage.run(argv, { env: env() });
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("dry run, nothing run: would be run: Run touch");
    expect(stderr).toMatch(/runs +\/usr\/bin\/touch\n/);
    expect(stderr).toMatch(/agent +main: security allowlist, ask on-miss, fallback deny\n/);
    expect(stderr).toMatch(/entry +\S+: \/usr\/bin\/touch\n/);
    expect(existsSync(at("dry run"))).toBe(false);
  });

  it.each<[string, string[], RegExp]>([
    ["an interpreter", ["sh", "-c", "true"], /entry +none can cover it: .*interpreter/],
    ["what destroys", ["rm", "x"], /entry +none can cover it: it is known to destroy/],
    ["what was not found", ["no-such"], /entry +none can cover it: .*not found/],
    ["what no entry covers", ["ls"], /entry +none covers it/],
  ])("why no entry covers %s; exit 7", async (_, argv, said) => {
    const { code, stderr } = await stage.run(["explain", "gate", "--", ...argv], { env: env() });
    expect(code).toBe(7);
    expect(stderr).toMatch(said);
  });

  it("leaves nothing behind, not even a key", async () => {
    const config = at("fresh");
    const run = await stage.run(["gate", "--dry-run", "--", "ls"], {
      env: env({ HOLDFAST_CONFIG_DIR: config }),
    });
    expect(run.code).toBe(7);
    expect(existsSync(config)).toBe(false);
  });

  it("--allow-delete is no part of it", async () => {
    const words = ["explain", "--allow-delete=vars", "gate", "--", "ls"];
    expect((await stage.run(words, { env: env() })).code).toBe(1);
  });
});

describe("a person at a terminal is asked", () => {
  const byHand = (...argv: string[]) =>
    outside.atTerminal([process.execPath, HOLDFAST, "gate", "--", ...argv], {
      env: env(),
      cwd: stage.directory,
    });

  it("y runs it, once, at that terminal", async () => {
    const person = await byHand("sh", "-c", "echo ran > by-hand; exit 5");
    await person.shows("[y/N] ");
    expect(person.screen).toContain("'echo ran > by-hand; exit 5'");
    expect(existsSync(at("by-hand"))).toBe(false);
    person.type("y\r");
    expect((await person.ended).code).toBe(5);
    expect(readFileSync(at("by-hand"), "utf8")).toBe("ran\n");
  });

  it("X4: what they say yes to at that moment has its input", async () => {
    const person = await byHand("sh", "-c", 'echo rea""dy; read -r line; echo "$line" > read');
    await person.shows("[y/N] ");
    expect(person.screen).toContain("passed on from where this runs");
    person.type("y\r");
    await person.shows("ready");
    person.type("hello\r");
    expect((await person.ended).code).toBe(0);
    expect(readFileSync(at("read"), "utf8")).toBe("hello\n");
  });

  it("anything else runs nothing", async () => {
    const person = await byHand("touch", "kept-from");
    // An entry covers touch; only what none covers is asked about.
    expect((await person.ended).code).toBe(0);
    const other = await byHand("mkdir", "not-made");
    await other.shows("[y/N] ");
    other.type("\r");
    expect((await other.ended).code).toBe(7);
    expect(other.screen).toContain("kept, nothing run");
    expect(existsSync(at("not-made"))).toBe(false);
  });

  it("a script that is edited while the question stands is not run", async () => {
    writeFileSync(at("edited.sh"), "exit 0\n");
    const person = await byHand("sh", "edited.sh");
    await person.shows("[y/N] ");
    writeFileSync(at("edited.sh"), "touch edited-ran\n");
    person.type("y\r");
    expect((await person.ended).code).toBe(7);
    expect(person.screen).toContain("edited.sh has changed");
    expect(existsSync(at("edited-ran"))).toBe(false);
  });
});
