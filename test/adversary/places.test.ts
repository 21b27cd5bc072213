// Where sessions are kept: long, relative, spoilt and crowded places.

import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { formatSessionRecord, parseSessionRecord } from "../../src/grants/session-record.ts";
import { base32 } from "../../src/session/protocol/identity.ts";
import { socketPath } from "../../src/session/protocol/socket-path.ts";
import { type AgentStage, setAgentStage } from "../support/agent.ts";
import { HOLDFAST } from "../support/stage.ts";
import { removal } from "../support/workspaces.ts";

let stage: AgentStage;
let scratch: string;
beforeAll(async () => {
  stage = await setAgentStage();
});
afterAll(() => stage.close());
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "hf-"));
});
afterEach(() => {
  rmSync(scratch, { recursive: true, force: true });
  stage.api.reset();
});

const exec = ["harness", "exec", "--allow-delete=workspaces", "--"];
const nested = () => [...exec, process.execPath, HOLDFAST, ...removal(stage.api)];
const withEnv = (more: Record<string, string>) => ({ env: { ...stage.env, ...more } });

describe("directories", () => {
  it("a configuration directory of 120 characters and more works", async () => {
    const long = join(scratch, "c".repeat(120), "d".repeat(120));
    const result = await stage.run(nested(), withEnv({ HOLDFAST_CONFIG_DIR: long }));
    expect([result.code, stage.api.mutations.length]).toEqual([0, 1]);
    expect(readdirSync(join(long, "exec"))).toEqual([]);
  });

  it.each(["blank space", "it's", "$(touch planted)", "日本", "-X", "a\nb"])(
    "a configuration directory with %j in it works",
    async (name) => {
      const config = join(scratch, name);
      const result = await stage.run(nested(), withEnv({ HOLDFAST_CONFIG_DIR: config }));
      expect([result.code, stage.api.mutations.length]).toEqual([0, 1]);
      expect(existsSync(join(stage.directory, "planted"))).toBe(false);
    },
  );

  const refused: [string, (scratch: string) => Record<string, string>, RegExp][] = [
    [
      "a relative configuration directory",
      () => ({ HOLDFAST_CONFIG_DIR: "here" }),
      /HOLDFAST_CONFIG_DIR.*not absolute/,
    ],
    [
      "a relative directory for sockets",
      () => ({ HOLDFAST_RUNTIME_DIR: "here" }),
      /HOLDFAST_RUNTIME_DIR is not absolute/,
    ],
    [
      "a directory for sockets that is too long",
      (directory) => ({ HOLDFAST_RUNTIME_DIR: join(directory, "r".repeat(90)) }),
      /HOLDFAST_RUNTIME_DIR is too long for a socket: .* 103 are allowed/,
    ],
  ];
  it.each(refused)("%s: exit 1, named, and nothing is left behind", async (_, env, why) => {
    const result = await stage.run(nested(), withEnv(env(scratch)));
    expect(result.stderr).toMatch(why);
    expect(result.stderr).toMatch(/\n {2}fix {2}set HOLDFAST_/);
    expect(result.code).toBe(1);
    expect(stage.api.mutations).toEqual([]);
    expect(readdirSync(scratch)).toEqual([]);
    expect(existsSync(join(stage.directory, "here"))).toBe(false);
  });

  it("a directory for sockets of exactly 103 bytes' paths works", async () => {
    const length = 103 - "/ABCDEFGHIJKLMNOP.sock".length - scratch.length - 1;
    const env = { HOLDFAST_RUNTIME_DIR: join(scratch, "r".repeat(length)) };
    expect(socketPath(env, "A".repeat(32))).toHaveLength(103);
    expect((await stage.run(nested(), withEnv(env))).code).toBe(0);
  });

  it.each([
    ["HOLDFAST_RUNTIME_DIR", 0o755],
    ["HOLDFAST_RUNTIME_DIR", 0o770],
    ["HOLDFAST_CONFIG_DIR", 0o755],
  ])("%s with mode %o: no session, and what to do about it", async (name, mode) => {
    const directory = name === "HOLDFAST_CONFIG_DIR" ? join(scratch, "exec") : scratch;
    mkdirSync(directory, { recursive: true });
    execFileSync("chmod", [mode.toString(8), directory]);
    const result = await stage.run(nested(), withEnv({ [name]: scratch }));
    expect(result.stderr).toContain(`${directory} is open to other users`);
    expect(result.stderr).toContain(`fix  chmod 700 ${directory}`);
    expect(result.code).not.toBe(0);
    expect(stage.api.mutations).toEqual([]);
    execFileSync("chmod", ["700", directory]);
    expect((await stage.run(nested(), withEnv({ [name]: scratch }))).code).toBe(0);
  });
});

describe("E2, S5: what an agent puts in its session's places", () => {
  const ending = async (spoil: string) => {
    const script = `R="$HOLDFAST_CONFIG_DIR/exec/$HOLDFAST_EXEC_SESSION.hcl"
      S=$(echo "$HOLDFAST_RUNTIME_DIR"/*.sock); ${spoil}; exit 5`;
    return stage.run([...exec, "sh", "-c", script]);
  };

  it.each([
    ["its record removed", 'rm "$R"'],
    ["a directory for its record", 'rm "$R"; mkdir "$R"; touch "$R/x"'],
    ["a directory for its socket", 'rm "$S"; mkdir "$S"; touch "$S/x"'],
    ["a file for its socket", 'rm "$S"; touch "$S"'],
    ["its lock removed", 'rm -r "$R.lock"'],
    ["a file for its lock", 'rm -r "$R.lock"; touch "$R.lock"'],
    ["its directories removed", 'rm -r "$HOLDFAST_CONFIG_DIR" "$HOLDFAST_RUNTIME_DIR"'],
    ["its record unreadable", 'chmod 000 "$R"'],
  ])("%s: the receipt and the exit code come all the same", async (_, spoil) => {
    const result = await ending(spoil);
    expect(result.stderr).toContain("sh exited with 5");
    expect(result.stderr).not.toContain("defect");
    expect(result.code).toBe(5);
    for (const directory of [stage.sessions, stage.env.HOLDFAST_RUNTIME_DIR ?? ""])
      expect(existsSync(directory) ? readdirSync(directory) : []).toEqual([]);
  });

  it("a dead record whose socket is a directory: the sweep of the next session goes on", async () => {
    const dead = await deadRecords(2);
    for (const token of dead)
      mkdirSync(join(socketPath(stage.env, token), "x"), { recursive: true });
    execFileSync("chmod", ["700", stage.env.HOLDFAST_RUNTIME_DIR ?? ""]);
    const session = await stage.enter([]);
    await expect
      .poll(() =>
        readdirSync(stage.sessions).filter((name) => dead.some((token) => name.startsWith(token))),
      )
      .toEqual([]);
    session.agent.leave();
    const { code, stderr } = await session.ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining("exited with 0")]);
    for (const token of dead) rmSync(socketPath(stage.env, token), { recursive: true });
  });

  it("two records with one id: revoking finds the live one", async () => {
    const session = await stage.enter(["--allow-delete=workspaces"]);
    const { env } = await session.agent.facts();
    const record = readFileSync(join(stage.sessions, `${env.HOLDFAST_EXEC_SESSION}.hcl`), "utf8");
    const token = base32(Buffer.alloc(20, 7));
    const forged = record.replace(/^token = .*$/m, `token = "${token}"`);
    writeFileSync(join(stage.sessions, `${token}.hcl`), forged, { mode: 0o600 });
    const [, id = ""] = /^id = "(.*)"$/m.exec(record) ?? [];
    expect((await stage.run(["session", "revoke", id])).code).toBe(0);
    expect((await session.agent.run(removal(stage.api))).stderr).toContain("[revoked]");
    writeFileSync(socketPath(stage.env, token), "");
    const ambiguous = await stage.run(["session", "revoke", id]);
    expect(ambiguous.stderr).toContain(`2 records have the id ${id}`);
    expect(ambiguous.code).toBe(7);
    rmSync(socketPath(stage.env, token));
    rmSync(join(stage.sessions, `${token}.hcl`));
    session.agent.leave();
    await session.ended;
  });
});

/** Leaves records of sessions that are gone in the store; returns their tokens. */
async function deadRecords(count: number): Promise<string[]> {
  const session = await stage.enter(["--allow-delete=workspaces"]);
  const { env } = await session.agent.facts();
  const token = env.HOLDFAST_EXEC_SESSION ?? "";
  const text = readFileSync(join(stage.sessions, `${token}.hcl`), "utf8");
  const record = parseSessionRecord(text, "", token);
  const tokens = Array.from({ length: count }, (_, n) =>
    base32(Buffer.from(String(n).padStart(20, "0"))),
  );
  for (const each of tokens)
    writeFileSync(
      join(stage.sessions, `${each}.hcl`),
      formatSessionRecord({ ...record, token: each, id: each.slice(-6), process_started: 1 }),
      { mode: 0o600 },
    );
  session.agent.leave();
  await session.ended;
  return tokens;
}

describe("10,000 records of sessions that are gone", () => {
  beforeAll(() => deadRecords(10_000).then(() => {}));
  afterAll(() => rmSync(stage.sessions, { recursive: true }));

  it("a session starts, deletes and ends among them, and leaves fewer", async () => {
    const result = await stage.run(nested());
    expect([result.code, stage.api.mutations.length]).toEqual([0, 1]);
    expect(readdirSync(stage.sessions).length).toBeLessThanOrEqual(10_000);
  });

  it("list shows them all, and the live one as live, with few open files at once", async () => {
    const session = await stage.enter(["--allow-delete=workspaces"]);
    const script = `ulimit -n 512; exec "$0" "$@"`;
    const words = ["-c", script, process.execPath, HOLDFAST, "session", "list"];
    const listed = execFileSync("sh", words, {
      env: { ...stage.env },
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    const live = listed.split("\n").filter((line) => line.includes("live until"));
    expect(live).toHaveLength(1);
    expect(listed).not.toContain("EMFILE");
    const [, id = ""] = /^(\w+) /.exec(live[0] ?? "") ?? [];
    expect((await stage.run(["session", "revoke", id])).code).toBe(0);
    session.agent.leave();
    await session.ended;
  });
});
