// "Always", with the real executable: only a person makes and removes entries, and an entry covers what
// it says and nothing more.

import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goOutside, type Outside } from "../support/outside.ts";
import { HOLDFAST, type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let outside: Outside;
let tool: string;
let file: string;
beforeAll(async () => {
  [stage, outside] = await Promise.all([setStage({ asks: true }), goOutside()]);
  // One that nobody could have replaced: a copy is covered by no entry that only names it.
  tool = realpathSync("/bin/echo");
  file = join(stage.directory, "c", "allowlist.json");
});
afterAll(async () => {
  await outside.close();
  await stage.close();
});

/** `holdfast WORDS` by a person at a terminal. */
async function person(
  ...words: readonly string[]
): Promise<{ code: number | null; screen: string }> {
  const program = await outside.atTerminal([process.execPath, HOLDFAST, ...words], {
    env: stage.env,
    cwd: stage.directory,
  });
  const { code } = await program.ended;
  return { code, screen: program.screen };
}

const agent = (...args: readonly string[]) => stage.run(["gate", "--", tool, ...args]);

describe("A1: an entry, from a person's yes to its end", () => {
  it("an agent cannot add one, with or without a terminal, nor inside a session", async () => {
    const words = ["allowlist", "add", tool, "--", "hello"];
    expect(await stage.run(words)).toMatchObject({
      code: 7,
      stderr: expect.stringContaining("only a person answers"),
    });
    const session = ["harness", "exec", "--allow-delete=workspaces", "--"];
    const inside = await person(...session, process.execPath, HOLDFAST, ...words);
    expect(inside.code).toBe(7);
    expect(inside.screen).toContain("only a person answers");
    expect(existsSync(file)).toBe(false);
  });

  it("71153: before there is one, the command waits for a person", async () => {
    const { code, stdout, stderr } = await agent("hello");
    expect(stderr).toContain("holdfast approve");
    expect(code).toBe(8);
    expect(stdout).toBe("");
  });

  it("a person adds one; it covers these words, and no others", async () => {
    const { code, screen } = await person("allowlist", "add", tool, "--", "hello", "*");
    expect(screen).toContain("allows from now on, for main: ");
    expect(code).toBe(0);
    expect(await agent("hello", "you")).toMatchObject({ code: 0, stdout: "hello you\n" });
    expect((await agent("hello")).code).toBe(8);
    expect((await agent("hello", "you", "all")).code).toBe(8);
    expect((await agent("bye", "you")).code).toBe(8);
  });

  it("another agent is not covered; the use is listed", async () => {
    const other = await stage.run(["gate", "--agent", "other", "--", tool, "hello", "you"]);
    expect(other.code).toBe(8);
    const { stdout } = await stage.run(["allowlist", "list", "--json"]);
    const [entry] = JSON.parse(stdout).entries;
    expect(entry).toMatchObject({ agent: "main", covers: "these words: hello *, * any one" });
    expect(entry.lastResolvedPath).toBe(tool);
  });

  it("what covers any arguments is added only after a yes at the terminal", async () => {
    const before = readFileSync(file, "utf8");
    for (const [typed, code] of [
      ["n\r", 7],
      ["y\r", 0],
    ] as const) {
      const program = await outside.atTerminal(
        [process.execPath, HOLDFAST, "allowlist", "add", tool, "--", "**"],
        { env: stage.env, cwd: stage.directory },
      );
      await program.shows(`Allow, for main: ${tool} with any arguments? [y/N]`);
      expect(readFileSync(file, "utf8")).toBe(before);
      program.type(typed);
      expect((await program.ended).code).toBe(code);
    }
    const id = /entry ([A-Z2-7]{6}) /.exec((await agent("bye")).stderr)?.[1];
    expect((await person("allowlist", "remove", id ?? "none")).code).toBe(0);
  });

  it("a malformed file: nothing is covered, and it says which file", async () => {
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.slice(0, -3));
    const { code, stderr } = await agent("hello", "you");
    expect(code).toBe(7);
    expect(stderr).toContain("allowlist.json is malformed");
    expect(readFileSync(file, "utf8")).toBe(text.slice(0, -3));
    writeFileSync(file, text);
    expect((await agent("hello", "you")).code).toBe(0);
  });

  it("an agent cannot remove it; a person can, and the next command is not covered", async () => {
    const { stdout } = await stage.run(["allowlist", "list", "--json"]);
    const { id } = JSON.parse(stdout).entries[0];
    expect((await stage.run(["allowlist", "remove", id])).code).toBe(7);
    expect((await agent("hello", "you")).code).toBe(0);
    const { code, screen } = await person("allowlist", "remove", id.toLowerCase());
    expect(screen).toContain(`allowlist entry ${id} is removed`);
    expect(code).toBe(0);
    expect((await agent("hello", "you")).code).toBe(8);
  });
});
