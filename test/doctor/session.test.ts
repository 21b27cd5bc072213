// The doctor as people and agents run it: the executable as it ships, real sessions, real sandboxes.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CheckResult } from "../../src/doctor/check.ts";
import { type Finished, finished, HOLDFAST, type Stage, setStage } from "../support/stage.ts";

let stage: Stage;

beforeEach(async () => {
  stage = await setStage();
});
afterEach(() => stage.close());

const DOCTOR = ["doctor", "--json"];

function findings({ stdout }: Finished): Record<string, CheckResult> {
  const { checks } = JSON.parse(stdout) as { checks: CheckResult[] };
  return Object.fromEntries(checks.map((check) => [check.id, check]));
}

async function until<T>(what: () => T | undefined): Promise<T> {
  for (let waited = 0; waited < 20_000; waited += 20) {
    const found = what();
    if (found !== undefined) return found;
    await delay(20);
  }
  throw new Error("waited in vain");
}

const recordFile = () =>
  until(() => {
    try {
      return readdirSync(stage.sessions).find((name) => name.endsWith(".hcl"));
    } catch {
      return undefined;
    }
  });

describe("a healthy place", () => {
  it("exits with 0, without configuration, and has nothing to say on stderr", async () => {
    const done = await stage.run(DOCTOR);
    expect(done).toMatchObject({ code: 0, stderr: "" });
    const problems = Object.values(findings(done)).filter(({ status }) => status === "problem");
    expect(problems).toEqual([]);
  });

  it("never prints the token", async () => {
    for (const words of [["doctor"], DOCTOR, ["doctor", "--markdown"], ["doctor", "--debug"]]) {
      const { stdout, stderr } = await stage.run(words);
      expect(stdout + stderr).not.toContain(stage.api.token);
    }
  });

  it("only reads: the API sees nothing else, and the disk keeps only an empty directory", async () => {
    await stage.run(DOCTOR);
    expect(stage.api.mutations).toEqual([]);
    expect(readdirSync(stage.directory)).toEqual(["r"]);
    expect(readdirSync(join(stage.directory, "r"))).toEqual([]);
  });

  it("exits with 1 without credentials, offline, and still says everything", async () => {
    const env = { ...stage.env, TFE_TOKEN: "", TFE_ADDRESS: "https://no-such-host.invalid" };
    const done = await stage.run(DOCTOR, { env });
    expect(done.code).toBe(1);
    const bad = Object.values(findings(done)).filter(({ status }) => status === "problem");
    expect(bad.map(({ id }) => id)).toEqual(["credentials", "reachability"]);
  });
});

describe("inside a session", () => {
  const session = ["harness", "exec", "--allow-delete=vars", "--"];

  it("says which one, and what it grants", async () => {
    const done = await stage.run([...session, process.execPath, HOLDFAST, ...DOCTOR]);
    const found = findings(done);
    expect(done.code).toBe(0);
    expect(found.session).toMatchObject({
      status: "ok",
      text: expect.stringMatching(/^inside session [A-Z2-7]{6}: vars/),
    });
    expect(found.sessions).toMatchObject({ status: "ok", text: expect.stringContaining("1 live") });
    expect(found.prompt?.status).toBe("note");
  });

  it("never prints the session's token, which is the name of its record", async () => {
    const script = `"${process.execPath}" "${HOLDFAST}" doctor; ls "${stage.sessions}" >&2`;
    const { stdout, stderr } = await stage.run([...session, "sh", "-c", script]);
    const token = /[A-Z2-7]{32}/.exec(stderr)?.[0] ?? "none";
    expect(token).toHaveLength(32);
    expect(stdout).not.toContain(token);
  });

  it("says that a command's variables lead to other stores than its agent's", async () => {
    const elsewhere = join(stage.directory, "elsewhere");
    const doctor = `HOLDFAST_CONFIG_DIR='${elsewhere}' "${process.execPath}" "${HOLDFAST}" doctor --json; true`;
    const found = findings(await stage.run([...session, "sh", "-c", doctor]));
    expect(found.stores).toMatchObject({
      status: "problem",
      text: expect.stringContaining("HOLDFAST_CONFIG_DIR leads to other stores than the agent"),
      fix: `export HOLDFAST_CONFIG_DIR=${stage.env.HOLDFAST_CONFIG_DIR}`,
    });
  });

  it("tells a token that leaked from a session that we are in", async () => {
    const holder = stage.start([...session, "sleep", "60"]);
    const name = await recordFile();
    const env = { ...stage.env, HOLDFAST_EXEC_SESSION: name.replace(".hcl", "") };
    const found = findings(await stage.run(DOCTOR, { env }));
    holder.kill("SIGTERM");
    await finished(holder);
    expect(found.session).toMatchObject({
      status: "note",
      text: expect.stringContaining("not started in"),
      fix: "unset HOLDFAST_EXEC_SESSION",
    });
  });

  it("believes a host that answers although its process cannot be seen", async (context) => {
    const unshare = ["--pid", "--fork", "--mount-proc"];
    if (spawnSync("unshare", [...unshare, "true"]).status !== 0)
      context.skip("unshare may not make a pid namespace here");
    const words = ["unshare", ...unshare, process.execPath, HOLDFAST, ...DOCTOR];
    const found = findings(await stage.run([...session, ...words]));
    expect(found.session).toMatchObject({
      status: "note",
      text: expect.stringContaining("namespace"),
    });
  });

  it("says that a session has ended, from inside and from outside", async () => {
    const report = join(stage.directory, "report.json");
    const up = join(stage.directory, "up");
    const script = `touch ${up}; while kill -0 $PPID 2>/dev/null && [ "$PPID" = "$(ps -o ppid= -p $$ | tr -d ' ')" ]; do sleep 0.05; done; "${process.execPath}" "${HOLDFAST}" doctor --json > ${report}.tmp; mv ${report}.tmp ${report}`;
    const holder = stage.start([...session, "sh", "-c", script]);
    // The record is there before the command is: only a command that runs can outlive its host.
    await until(() => existsSync(up) || undefined);
    holder.kill("SIGKILL");
    const text = await until(() => {
      try {
        return readFileSync(report, "utf8");
      } catch {
        return undefined;
      }
    });
    const inside = findings({ code: 0, signal: null, stdout: text, stderr: "" });
    expect(inside.session).toMatchObject({
      status: "problem",
      fix: expect.stringContaining("harness exec"),
    });
    expect(inside.sessions).toMatchObject({
      status: "note",
      text: expect.stringContaining("1 ended"),
    });
    expect(findings(await stage.run(DOCTOR)).sessions?.status).toBe("note");
  });
});

describe("records that are not to be trusted", () => {
  const TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  it.each([
    ["truncated", "version = 1\nid = ", 0o600],
    ["open to others", "version = 1\n", 0o644],
  ])("%s: a problem that does not print the token, and whose fix works", async (_, text, mode) => {
    mkdirSync(stage.sessions, { recursive: true, mode: 0o700 });
    const file = join(stage.sessions, `${TOKEN}.hcl`);
    writeFileSync(file, text);
    chmodSync(file, mode);
    const before = await stage.run(DOCTOR);
    const { sessions } = findings(before);
    expect(before.code).toBe(1);
    expect(before.stdout).not.toContain(TOKEN);
    const fix = sessions?.fix?.replace(/^.*?: (?=rm )/, "") ?? "false";
    execFileSync("sh", ["-c", fix]);
    const after = findings(await stage.run(DOCTOR)).sessions;
    expect(after?.fix).not.toBe(sessions?.fix);
  });
});

describe("where little is allowed", () => {
  it("knows an agent, and that it answers no prompt", async () => {
    const env = { ...stage.env, CLAUDECODE: "1" };
    const found = findings(await stage.run(DOCTOR, { env }));
    expect(found.agent).toMatchObject({
      status: "note",
      text: expect.stringContaining("Claude Code"),
    });
    expect(found.prompt?.text).toContain("Claude Code");
  });

  it("says which setting lets Unix sockets through a sandbox", async (context) => {
    const sandbox = resolve("test/doctor/no-unix-sockets.py");
    if (spawnSync("python3", [sandbox, "true"]).status !== 0)
      context.skip("no python3 with seccomp");
    const words = [sandbox, process.execPath, HOLDFAST, ...DOCTOR];
    const env = { ...stage.env, CLAUDECODE: "1" };
    const done = await finished(spawn("python3", words, { cwd: stage.directory, env }));
    expect(done.code).toBe(1);
    expect(findings(done).sandbox).toMatchObject({
      status: "problem",
      text: expect.stringContaining("EPERM"),
      fix: expect.stringContaining("sandbox.network.allowAllUnixSockets"),
    });
  });

  it("works in a home that cannot be written to, and leads to one that can", async () => {
    const home = join(stage.directory, "home");
    mkdirSync(home, { mode: 0o555 });
    // Root may write everywhere: the doctor is run as nobody then, from a copy that nobody can read.
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    cpSync(resolve("dist"), join(stage.directory, "dist"), { recursive: true });
    chmodSync(stage.directory, 0o755);
    const env = {
      PATH: stage.env.PATH ?? "",
      HOME: home,
      TFE_ADDRESS: stage.api.url,
      TFE_TOKEN: stage.api.token,
    };
    const words = [join(stage.directory, "dist", "holdfast.cjs"), ...DOCTOR];
    const done = await finished(spawn(process.execPath, words, { cwd: home, env, ...user }));
    const found = findings(done);
    expect(done.code).toBe(1);
    expect(found["config-directory"]).toMatchObject({
      status: "problem",
      text: expect.stringContaining("not writable"),
      fix: 'export HOLDFAST_CONFIG_DIR="$(mktemp -d)"',
    });
    expect(found.reachability?.status).toBe("ok");
  });
});
