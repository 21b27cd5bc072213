// Installing for each agent, in homes of their own: what is made, that it is made once, and that taking
// it out leaves every byte as it was.

import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { Readable, Writable } from "node:stream";
import { parse } from "jsonc-parser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AGENT_IDS, type AgentId } from "../../src/agents/agent.ts";
import { runAgentsList } from "../../src/cli/agents-list.ts";
import type { CliContext, GlobalOptions } from "../../src/cli/context.ts";
import { type InstallFlags, runInstall, runUninstall } from "../../src/cli/install-command.ts";
import { type InstallWorld, openInstallWorld } from "../../src/cli/install-world.ts";
import { Failure } from "../../src/policy/failure.ts";

let home: string;
let project: string;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "hf-home-")));
  project = join(home, "project");
  mkdirSync(project);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

class Kept extends Writable {
  text = "";

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

const GLOBALS: GlobalOptions = {
  json: false,
  markdown: false,
  quiet: false,
  color: false,
  debug: false,
  dryRun: false,
};

let persons: number;
beforeEach(() => {
  persons = 0;
});

/** The real thing, but for whether a person is there: that is the gate's, tried in install-person. */
const world = (more: Partial<InstallWorld> = {}): InstallWorld => ({
  node: "/opt/my tools/node",
  script: "/opt/it's/holdfast.cjs",
  requirePerson: async () => persons++,
  confirm: async () => true,
  alone: async (change) => change(),
  ...more,
});

function context(env: Record<string, string> = {}): CliContext & { stdout: Kept; stderr: Kept } {
  return {
    env: { HOME: home, PATH: "/nowhere", ...env },
    cwd: project,
    home,
    stdin: Readable.from([]),
    stdout: new Kept(),
    stderr: new Kept(),
    version: "0.0.0",
  };
}

interface How {
  readonly flags?: InstallFlags;
  readonly globals?: Partial<GlobalOptions>;
  readonly env?: Record<string, string>;
  readonly world?: Partial<InstallWorld>;
}

async function run(what: "install" | "uninstall", agent: string | undefined, how: How = {}) {
  const outside = context(how.env);
  const globals = { ...GLOBALS, ...how.globals };
  const code =
    what === "install"
      ? await runInstall(
          agent,
          { environment: "dev", ...how.flags },
          globals,
          outside,
          world(how.world),
        )
      : await runUninstall(agent ?? "", how.flags ?? {}, globals, outside, world(how.world));
  return { code, stdout: outside.stdout.text, stderr: outside.stderr.text };
}

const install = (agent?: string, how?: How) => run("install", agent, how);
const uninstall = (agent: string, how?: How) => run("uninstall", agent, how);

/** Every file below home: its path -> its mode and text. */
function everything(directory = home): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (lstatSync(path).isDirectory()) Object.assign(found, everything(path));
    else
      found[relative(home, path)] =
        `${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path, "utf8")}`;
  }
  return found;
}

function write(path: string, text: string, mode = 0o640): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const json = (path: string) => parse(readFileSync(join(home, path), "utf8"));

const INSTALLABLE = AGENT_IDS.filter((id) => id !== "generic");

const ARGS = ["/opt/it's/holdfast.cjs", "gateway", "serve", "-e", "dev"];
const line = (agent: string) =>
  `'/opt/my tools/node' '/opt/it'\\''s/holdfast.cjs' hook ${agent} -e dev || exit 2`;

/** What each agent has afterwards, where nothing was before. */
const EXPECTED: Record<string, { files: string[]; check: () => void }> = {
  "claude-code": {
    files: [".claude.json", ".claude/settings.json", ".claude/skills/holdfast/SKILL.md"],
    check: () => {
      expect(json(".claude.json").mcpServers.holdfast).toEqual({
        type: "stdio",
        command: "/opt/my tools/node",
        args: ARGS,
      });
      const [{ matcher, hooks }] = json(".claude/settings.json").hooks.PreToolUse;
      expect(matcher.split("|")).toEqual(expect.arrayContaining(["Bash", "Write", "Edit"]));
      expect(hooks).toEqual([
        { type: "command", command: line("claude-code"), timeout: 30, onFailure: "block" },
      ]);
    },
  },
  codex: {
    files: [".agents/skills/holdfast/SKILL.md", ".codex/config.toml", ".codex/hooks.json"],
    check: () => {
      const toml = readFileSync(join(home, ".codex/config.toml"), "utf8");
      expect(toml).toContain(
        `[mcp_servers.holdfast]\ncommand = "/opt/my tools/node"\nargs = ["/opt/it's/holdfast.cjs", "gateway", "serve", "-e", "dev"]\n`,
      );
      expect(json(".codex/hooks.json").hooks.PreToolUse[0].hooks[0].command).toBe(line("codex"));
    },
  },
  opencode: {
    files: [
      ".config/opencode/opencode.json",
      ".config/opencode/plugins/holdfast.js",
      ".config/opencode/skills/holdfast/SKILL.md",
    ],
    check: () => {
      expect(json(".config/opencode/opencode.json").mcp.holdfast).toEqual({
        type: "local",
        command: ["/opt/my tools/node", ...ARGS],
      });
    },
  },
  cursor: {
    files: [".cursor/hooks.json", ".cursor/mcp.json", ".cursor/skills/holdfast/SKILL.md"],
    check: () => {
      const hooks = json(".cursor/hooks.json");
      expect(hooks.version).toBe(1);
      expect(hooks.hooks.beforeShellExecution).toEqual([
        { command: line("cursor"), timeout: 30, failClosed: true },
      ]);
      expect(hooks.hooks.preToolUse[0]).toMatchObject({
        command: line("cursor"),
        failClosed: true,
      });
      expect(json(".cursor/mcp.json").mcpServers.holdfast).toEqual({
        command: "/opt/my tools/node",
        args: ARGS,
      });
    },
  },
  "gemini-cli": {
    files: [".gemini/settings.json", ".gemini/skills/holdfast/SKILL.md"],
    check: () => {
      const { mcpServers, hooks } = json(".gemini/settings.json");
      expect(mcpServers.holdfast).toEqual({ command: "/opt/my tools/node", args: ARGS });
      expect(hooks.BeforeTool[0].hooks[0]).toEqual({
        type: "command",
        command: line("gemini-cli"),
        name: "holdfast",
        timeout: 30_000,
      });
    },
  },
  "copilot-cli": {
    files: [
      ".copilot/hooks/holdfast.json",
      ".copilot/mcp-config.json",
      ".copilot/skills/holdfast/SKILL.md",
    ],
    check: () => {
      expect(json(".copilot/mcp-config.json").mcpServers.holdfast).toEqual({
        type: "local",
        command: "/opt/my tools/node",
        args: ARGS,
        tools: ["*"],
      });
      expect(json(".copilot/hooks/holdfast.json")).toEqual({
        hooks: { preToolUse: [{ type: "command", bash: line("copilot-cli"), timeoutSec: 30 }] },
        version: 1,
      });
    },
  },
};

/** What a person may have had before: comments, other servers, other hooks. */
const BEFORE: Record<string, Record<string, string>> = {
  "claude-code": {
    ".claude.json":
      '{\n  "numStartups": 5,\n  "mcpServers": {\n    "other": {\n      "command": "x",\n      "env": { "API_TOKEN": "hunter2" }\n    }\n  },\n  "projects": {}\n}',
    ".claude/settings.json":
      '{\n  "permissions": { "deny": ["Bash(rm:*)"] },\n  "hooks": {\n    "PreToolUse": [\n      {\n        "matcher": "Bash",\n        "hooks": [{ "type": "command", "command": "mine" }]\n      }\n    ],\n    "Stop": []\n  }\n}\n',
  },
  codex: {
    ".codex/config.toml": '# mine\nmodel = "gpt"\n\n[mcp_servers.other]\ncommand = "x" # y',
    ".codex/hooks.json": '{ "hooks": {} }\n',
  },
  opencode: {
    ".config/opencode/opencode.json":
      '{\n\t// mine\n\t"$schema": "https://opencode.ai/config.json",\n\t"mcp": {}, // none\n}\n',
  },
  cursor: {
    ".cursor/mcp.json": '{\r\n  "mcpServers": {}\r\n}\r\n',
    ".cursor/hooks.json":
      '{\n  "version": 1,\n  "hooks": {\n    "beforeShellExecution": [{ "command": "mine" }]\n  }\n}\n',
  },
  "gemini-cli": { ".gemini/settings.json": '{"theme":"x"}' },
  "copilot-cli": {
    ".copilot/mcp-config.json": '{\n    "mcpServers": {\n        "other": {}\n    }\n}\n',
  },
};

describe.each(INSTALLABLE)("%s", (agent: AgentId) => {
  it("makes its files, shows them first, and takes them out again", async () => {
    const { stderr } = await install(agent);
    EXPECTED[agent]?.check();
    expect(Object.keys(everything()).sort()).toEqual([...(EXPECTED[agent]?.files ?? [])].sort());
    for (const file of EXPECTED[agent]?.files ?? [])
      expect(stderr).toContain(`+++ ${join(home, file)}`);
    await uninstall(agent);
    expect(everything()).toEqual({});
    expect(persons).toBe(2);
  });

  it("a dry run changes nothing and needs nobody; a second run has nothing to change", async () => {
    const dry = await install(agent, { globals: { dryRun: true } });
    expect([everything(), persons]).toEqual([{}, 0]);
    expect(dry.stderr).toContain("dry run");
    const wet = await install(agent);
    expect(wet.stderr.replace(/^holdfast: .*\n/m, "")).toBe(
      dry.stderr.replace(/^holdfast: .*\n/m, ""),
    );
    const before = everything();
    const again = await install(agent);
    expect(again.stderr).toBe(
      `holdfast: nothing to change for ${(await import("../../src/agents/catalogue.ts")).AGENTS[agent].name}\n`,
    );
    expect([everything(), persons]).toEqual([before, 1]);
    await uninstall(agent, { globals: { dryRun: true } });
    expect([everything(), persons]).toEqual([before, 1]);
  });

  it("keeps what was there, and its mode, byte for byte", async () => {
    for (const [path, text] of Object.entries(BEFORE[agent] ?? {})) write(path, text);
    const before = everything();
    const { stderr } = await install(agent);
    expect(stderr).not.toContain("hunter2");
    for (const path of Object.keys(before)) expect(everything()[path]?.slice(0, 3)).toBe("640");
    expect((await install(agent)).stderr).toContain("nothing to change");
    // From another path, and for another environment: in its place, once.
    await install(agent, {
      flags: { environment: "prod" },
      world: { script: "/new/holdfast.cjs" },
    });
    await uninstall(agent);
    expect(everything()).toEqual(before);
  });

  it("keeps what others change meanwhile", async () => {
    for (const [path, text] of Object.entries(BEFORE[agent] ?? {})) write(path, text);
    await install(agent);
    const edited: Record<string, string> = {};
    for (const path of Object.keys(BEFORE[agent] ?? {})) {
      const now = readFileSync(join(home, path), "utf8");
      const [from, to] = path.endsWith(".toml")
        ? ["# mine", "# yours"]
        : [/^\{/, '{ "added": [1, 2],'];
      writeFileSync(join(home, path), now.replace(from, to as string));
      edited[path] = `640 ${BEFORE[agent]?.[path]?.replace(from, to as string)}`;
    }
    await uninstall(agent);
    for (const [path, text] of Object.entries(edited)) expect(everything()[path]).toBe(text);
  });

  it("refuses a file that it cannot read, names the line, and changes nothing at all", async () => {
    for (const broken of (EXPECTED[agent]?.files ?? []).filter((path) =>
      /json$|toml$/.test(path),
    )) {
      write(broken, "\n{ = ");
      const before = everything();
      for (const what of [install, uninstall]) {
        const failed = await what(agent).catch((error: unknown) => error);
        expect(failed).toBeInstanceOf(Failure);
        expect(failed).toMatchObject({
          exitCode: 1,
          fix: expect.stringContaining("nothing was changed"),
        });
        expect((failed as Failure).message).toMatch(new RegExp(`^${join(home, broken)}:2: `));
      }
      expect(everything()).toEqual(before);
      rmSync(join(home, broken));
    }
    expect(persons).toBe(0);
  });

  it("refuses what is not its own, and leaves it there", async () => {
    const foreign = write(
      EXPECTED[agent]?.files.find((path) => path.endsWith("SKILL.md")) ?? "",
      "# mine\n",
    );
    await expect(install(agent)).rejects.toThrow(`${foreign}:1: it is there already`);
    const { stderr } = await uninstall(agent);
    expect(stderr).toContain("nothing to change");
    expect(readFileSync(foreign, "utf8")).toBe("# mine\n");
    rmSync(foreign);
    await install(agent);
    writeFileSync(foreign, `${readFileSync(foreign, "utf8")}mine\n`);
    await expect(install(agent, { flags: { environment: "prod" } })).rejects.toThrow(
      "edited by hand",
    );
    await uninstall(agent);
    expect(existsSync(foreign)).toBe(true);
  });
});

describe("the question", () => {
  it("L2: a no changes nothing; it says which environment another takes the place of", async () => {
    const asked: string[] = [];
    const confirm = async (question: string) => asked.push(question) === 0;
    await expect(install("claude-code", { world: { confirm } })).rejects.toThrow(
      "nothing was changed",
    );
    expect([everything(), asked]).toEqual([{}, ["Write these? [y/N] "]]);
    const { stderr } = await install("claude-code");
    expect(stderr).not.toContain("switched");
    expect(stderr).toContain("          claude-code:\n            security: full\n");
    for (const agent of ["claude-code", "codex", "opencode"]) {
      await install(agent);
      const again = await install(agent, { flags: { environment: "prod" } });
      expect(again.stderr).toContain("is switched from dev to prod");
    }
  });
});

describe("another's entry called holdfast", () => {
  it.each([
    ["claude-code", ".claude.json", '{\n "mcpServers": {\n  "holdfast": {} } }', 3],
    ["codex", ".codex/config.toml", '\n[mcp_servers.holdfast]\ncommand = "x"\n', 2],
    ["opencode", ".config/opencode/opencode.json", '{"mcp":\n{"holdfast": {"type": "remote"}}}', 2],
  ])("%s: is refused", async (agent, path, text, at) => {
    write(path, text);
    await expect(install(agent)).rejects.toThrow(
      new RegExp(`${path}:${at}: .*holdfast did not make it`),
    );
    await uninstall(agent);
    expect(readFileSync(join(home, path), "utf8")).toBe(text);
  });
});

describe("files", () => {
  it("K1: a link is written through, and stays a link", async () => {
    const real = write("dotfiles/claude.json", '{\n  "a": 1\n}\n', 0o600);
    symlinkSync(real, join(home, ".claude.json"));
    mkdirSync(join(home, "dotfiles", "claude"));
    symlinkSync(join(home, "dotfiles", "claude"), join(home, ".claude"));
    await install("claude-code");
    expect(lstatSync(join(home, ".claude.json")).isSymbolicLink()).toBe(true);
    expect(parse(readFileSync(real, "utf8")).mcpServers.holdfast).toBeDefined();
    expect(existsSync(join(home, "dotfiles/claude/settings.json"))).toBe(true);
    await uninstall("claude-code");
    expect(readFileSync(real, "utf8")).toBe('{\n  "a": 1\n}\n');
    expect(lstatSync(join(home, ".claude.json")).isSymbolicLink()).toBe(true);
  });

  it.each([
    [
      "a link to nothing",
      () => symlinkSync("nowhere", join(home, ".claude.json")),
      "a symbolic link to nothing",
    ],
    ["a directory", () => mkdirSync(join(home, ".claude.json")), "not a regular file"],
    [
      "a second name",
      () => linkSync(write("other", "{}"), join(home, ".claude.json")),
      "a second name",
    ],
    [
      "bytes that are no text",
      () => writeFileSync(join(home, ".claude.json"), Buffer.from([0x7b, 0xff, 0x7d])),
      "not UTF-8",
    ],
    ["a file in the way", () => writeFileSync(join(home, ".claude"), ""), "cannot be"],
  ])("K3: %s is refused", async (_, make, why) => {
    make();
    const before = everything;
    await expect(install("claude-code")).rejects.toThrow(why);
    expect(before).toBe(everything);
    expect(persons).toBe(0);
  });

  it("K2: what somebody changes at the same moment is not overwritten", async () => {
    write(".claude.json", "{}");
    const { planInstall, carryOut } = await import("../../src/agents/installation.ts");
    const { AGENTS } = await import("../../src/agents/catalogue.ts");
    const plan = planInstall(
      AGENTS["claude-code"],
      { env: {}, home },
      { node: "/n", script: "/holdfast.cjs", environment: "dev" },
    );
    write(".claude.json", '{"new": 1}');
    expect(() => carryOut(plan)).toThrow("changed by somebody else meanwhile");
    expect(readFileSync(join(home, ".claude.json"), "utf8")).toBe('{"new": 1}');
  });

  it("no copy is left beside them", async () => {
    write(".claude.json", "{}");
    await install("claude-code");
    expect(readdirSync(home).sort()).toEqual([".claude", ".claude.json", "project"]);
  });

  it("L2: many at once, each of them whole", async () => {
    const env = { HOLDFAST_CONFIG_DIR: join(home, "c") };
    const { alone } = await openInstallWorld(context(env), { quiet: true });
    await Promise.all(
      INSTALLABLE.flatMap((agent) => [agent, agent]).map((agent) =>
        install(agent, { world: { alone } }),
      ),
    );
    for (const agent of INSTALLABLE) EXPECTED[agent]?.check();
    await Promise.all(INSTALLABLE.map((agent) => uninstall(agent, { world: { alone } })));
    expect(Object.keys(everything())).toEqual([]);
  });
});

describe("where", () => {
  it("follows each agent's variables", async () => {
    const env = {
      CLAUDE_CONFIG_DIR: join(home, "a"),
      CODEX_HOME: join(home, "b"),
      XDG_CONFIG_HOME: join(home, "c"),
      GEMINI_CLI_HOME: join(home, "d"),
      COPILOT_HOME: join(home, "e"),
    };
    for (const agent of INSTALLABLE) await install(agent, { env });
    const paths = Object.keys(everything());
    for (const path of [
      "a/.claude.json",
      "a/settings.json",
      "b/config.toml",
      "c/opencode/opencode.json",
      "d/.gemini/settings.json",
      "e/mcp-config.json",
    ])
      expect(paths).toContain(path);
    for (const agent of INSTALLABLE) await uninstall(agent, { env });
    expect(everything()).toEqual({});
    await install("opencode", { env: { OPENCODE_CONFIG_DIR: join(home, "f") } });
    expect(existsSync(join(home, "f/opencode.json"))).toBe(true);
  });

  it("--project: the project's own files, where the agent has some", async () => {
    for (const agent of INSTALLABLE)
      if (agent === "copilot-cli")
        await expect(install(agent, { flags: { project: true } })).rejects.toThrow("--project");
      else await install(agent, { flags: { project: true } });
    for (const path of Object.keys(everything())) expect(path).toMatch(/^project\//);
    expect(existsSync(join(project, ".mcp.json"))).toBe(true);
    expect(existsSync(join(project, ".claude/settings.local.json"))).toBe(true);
    for (const agent of INSTALLABLE.filter((each) => each !== "copilot-cli"))
      await uninstall(agent, { flags: { project: true } });
    expect(everything()).toEqual({});
  });

  it("opencode: the file with comments in its name, where only that is there", async () => {
    write(".config/opencode/opencode.jsonc", "{\n  // mine\n}\n");
    await install("opencode");
    expect(json(".config/opencode/opencode.jsonc").mcp.holdfast).toBeDefined();
    expect(existsSync(join(home, ".config/opencode/opencode.json"))).toBe(false);
  });

  it("--policy is passed on, absolute", async () => {
    await install("cursor", { flags: { policy: "my policy.yaml" } });
    expect(json(".cursor/mcp.json").mcpServers.holdfast.args).toEqual([
      ...ARGS,
      "--policy",
      join(project, "my policy.yaml"),
    ]);
  });
});

describe("generic", () => {
  it("prints what a client's file takes, or writes it there", async () => {
    const { stdout } = await install("generic");
    expect([everything(), persons]).toEqual([{}, 0]);
    await install("generic", { flags: { file: "mcp.json" } });
    expect(readFileSync(join(project, "mcp.json"), "utf8")).toBe(stdout);
    await expect(uninstall("generic")).rejects.toThrow("--file");
    await uninstall("generic", { flags: { file: "mcp.json" } });
    expect(everything()).toEqual({});
  });
});

describe("usage", () => {
  it.each<[string, string | undefined, InstallFlags, string]>([
    ["no environment", "codex", { environment: undefined as never }, "which environment"],
    ["another's word for one", "codex", { environment: "production" }, "did you mean prod"],
    ["no agent", undefined, {}, "AGENT: which one"],
    ["an agent that nobody knows", "emacs", {}, "AGENT"],
    ["a property of objects", "constructor", {}, "AGENT"],
    ["a file for an agent that has its own", "codex", { file: "x" }, "--file"],
    ["an agent and all of them", "codex", { detect: true }, "--detect"],
  ])("%s", async (_, agent, flags, message) => {
    await expect(install(agent, { flags })).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining(message),
    });
    expect([everything(), persons]).toEqual([{}, 0]);
  });

  it("L1: without a person nothing is changed", async () => {
    const requirePerson = () =>
      Promise.reject(new Failure("not-a-person", "only a person", { exitCode: 7 }));
    await expect(install("codex", { world: { requirePerson } })).rejects.toThrow("only a person");
    expect(everything()).toEqual({});
    await install("codex");
    const before = everything();
    await expect(uninstall("codex", { world: { requirePerson } })).rejects.toThrow("only a person");
    expect(everything()).toEqual(before);
  });
});

describe("what is there", () => {
  it("--detect finds agents by their programs and their traces, and installs for those", async () => {
    write("bin/codex", "#!/bin/sh\n", 0o755);
    write("bin/gemini", "not to be run", 0o644);
    mkdirSync(join(home, ".cursor"));
    const env = { PATH: `${join(home, "bin")}:relative` };
    const none: InstallFlags = { detect: true, environment: undefined as never };
    const { stdout } = await install(undefined, { flags: none, env });
    expect(stdout).toBe(`codex\t${join(home, "bin/codex")}\ncursor\t${join(home, ".cursor")}\n`);
    await install(undefined, { flags: { detect: true }, env });
    EXPECTED.codex?.check();
    EXPECTED.cursor?.check();
    expect(existsSync(join(home, ".gemini"))).toBe(false);
    expect(persons).toBe(1);
  });

  it("list: what each agent has", async () => {
    await install("claude-code");
    write(".codex/config.toml", "= ");
    write(".cursor/mcp.json", '{"mcpServers": {"holdfast": {}}}');
    await install("gemini-cli", { world: { script: "/old/holdfast.cjs" } });
    const outside = context();
    runAgentsList({}, { ...GLOBALS, json: true }, outside, world());
    const agents = Object.fromEntries(
      JSON.parse(outside.stdout.text).agents.map((row: { agent: string }) => [row.agent, row]),
    );
    expect(agents["claude-code"]).toMatchObject({
      detected: join(home, ".claude"),
      gateway: "yes",
      hook: "yes",
      skill: "yes",
    });
    expect(agents.codex).toMatchObject({ gateway: "unreadable", hook: "no", skill: "no" });
    expect(agents.cursor).toMatchObject({ gateway: "not ours", hook: "no" });
    expect(agents["gemini-cli"]).toMatchObject({ gateway: "yes", hook: "outdated", skill: "yes" });
    expect(agents.generic).toMatchObject({ detected: null, gateway: "-", hook: "-" });
    const table = context();
    runAgentsList({}, GLOBALS, table, world());
    expect(table.stdout.text.split("\n")[0]).toMatch(
      /^agent +detected +gateway +hook +skill +file +format documented$/,
    );
  });

  it("--json says what was changed", async () => {
    const { stdout } = await install("codex", { globals: { json: true } });
    expect(
      JSON.parse(stdout).changes.map(({ parts, change }: { parts: string[]; change: string }) => [
        parts,
        change,
      ]),
    ).toEqual([
      [["skill"], "made"],
      [["gateway"], "made"],
      [["hook"], "made"],
    ]);
  });
});
