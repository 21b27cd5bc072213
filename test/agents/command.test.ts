// What agents are made to start works whatever the path has in it, and is known again.

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Launch } from "../../src/agents/agent.ts";
import {
  checkLaunch,
  hookLine,
  isHookLine,
  isServerCommand,
  serverCommand,
} from "../../src/agents/command.ts";
import { opencodePlugin } from "../../src/agents/opencode-plugin.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hf-words-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const NAMES = [
  "plain",
  "with space",
  "it's",
  'a "quote"',
  "$HOME",
  "`id`",
  "semi;colon",
  "a\\b",
  "ünïcode",
  "*",
];

const launch = (script: string): Launch => ({ node: process.execPath, script, environment: "dev" });

describe.each(NAMES)("a path with %s", (name) => {
  it("Q1: is one word for any shell, and the hook line is known again", () => {
    mkdirSync(join(directory, name), { recursive: true });
    const [node, script] = ["node", "holdfast.cjs"].map((file) => join(directory, name, file)) as [
      string,
      string,
    ];
    writeFileSync(node, `#!/bin/sh\nprintf '%s\\n' "$@"\n`, { mode: 0o755 });
    const line = hookLine("codex", { node, script, environment: "prod" });
    for (const shell of ["sh", "bash"]) {
      const { stdout, status } = spawnSync(shell, ["-c", line], { encoding: "utf8" });
      expect(stdout).toBe(`${script}\nhook\ncodex\n-e\nprod\n`);
      expect(status).toBe(0);
    }
    expect(isHookLine("codex", line)).toBe(true);
    expect(isHookLine("cursor", line)).toBe(false);
    const { command, args } = serverCommand(launch(script));
    expect(isServerCommand([command, ...args])).toBe(true);
  });
});

describe("opencode's plugin", () => {
  it("Q1, E1: asks through any path, for both of opencode's versions", async () => {
    const name = `it's a "$HOME" \`id\``;
    mkdirSync(join(directory, name), { recursive: true });
    const script = join(directory, name, "holdfast.cjs");
    const answers = (body: string) => writeFileSync(script, body);
    const file = join(directory, "plugin.mjs");
    writeFileSync(file, opencodePlugin(launch(script)));
    const { default: plugin } = await import(file);
    expect(plugin.id).toBe("holdfast");
    const hooks = await plugin.server({ directory });
    const first = (tool: string) =>
      hooks["tool.execute.before"]({ tool }, { args: { command: "x" } });
    let handler: (event: object) => Promise<void> = async () => {};
    await plugin.setup({
      location: { directory },
      tool: {
        hook: async (_: string, each: typeof handler) => {
          handler = each;
        },
      },
    });
    const second = (tool: string) => handler({ tool, input: { command: "x" } });
    for (const asks of [first, second]) {
      answers("");
      await expect(asks("bash")).resolves.toBeUndefined();
      answers(`console.log(JSON.stringify({ decision: "deny", reason: "because" }))`);
      await expect(asks("bash")).rejects.toThrow("because");
      await expect(asks("read")).resolves.toBeUndefined();
      answers("console.error('broken'); process.exit(1)");
      await expect(asks("shell")).rejects.toThrow("broken");
      answers("process.kill(process.pid, 'SIGKILL')");
      await expect(asks("shell")).rejects.toThrow("did not answer");
    }
  });
});

describe("a hook line", () => {
  it("Q2: ends with 2 where nothing can be started, or it dies", () => {
    const script = join(directory, "holdfast.cjs");
    writeFileSync(script, "process.kill(process.pid, 'SIGKILL')");
    for (const words of [
      { ...launch(script), node: "/nowhere/node" },
      launch("/nowhere/holdfast.cjs"),
      launch(script),
    ]) {
      const { status } = spawnSync("sh", ["-c", hookLine("claude-code", words)], {
        encoding: "utf8",
      });
      expect(status).toBe(2);
    }
    chmodSync(script, 0);
    expect(
      spawnSync("sh", ["-c", hookLine("claude-code", { node: script, script, environment: "dev" })])
        .status,
    ).toBe(2);
  });

  it("is not taken for ours where it is not", () => {
    for (const line of [
      undefined,
      1,
      "",
      "hook codex",
      "my-hook codex",
      "notholdfast hook codex",
      "holdfast hook codex extra",
      "echo holdfast hook codex; rm x hook codex",
    ])
      expect([line, isHookLine("codex", line)]).toEqual([line, false]);
    for (const line of [
      "holdfast hook codex",
      "/usr/bin/holdfast hook codex || exit 2",
      "/usr/bin/holdfast hook codex -e prod || exit 2",
    ])
      expect([line, isHookLine("codex", line)]).toEqual([line, true]);
    for (const words of [
      [],
      ["gateway", "serve"],
      ["npx", "holdfast", "other"],
      ["x", "gateway", "serve"],
      ["holdfast", "gateway"],
      [1, "holdfast", "gateway", "serve"],
    ])
      expect([words, isServerCommand(words)]).toEqual([words, false]);
    expect(isServerCommand(["holdfast", "gateway", "serve", "-e", "prod"])).toBe(true);
  });

  it("a path that nobody could read is refused", () => {
    expect(() => checkLaunch(launch("/a\nb/holdfast.cjs"))).toThrow("nobody can see");
    expect(() => checkLaunch({ ...launch("/x"), policyFile: "/\u202ex" })).toThrow(
      "nobody can see",
    );
  });
});
