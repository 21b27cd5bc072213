// Help that people can rely on, checked on the real command tree: what is there, how it is worded,
// what a slip of the fingers gets as an answer.
//
// V1 A description says what happens, begins with a small letter (or an abbreviation) and has no full
//    stop: help prints it in a column. Only `holdfast` itself is described by a sentence.

import { readFileSync } from "node:fs";
import { Writable } from "node:stream";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { examplesOf } from "../../src/cli/docs/examples.ts";
import { pathOf } from "../../src/cli/completion/words.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { runCli } from "../../src/cli/run.ts";
import { everyCommand, realProgram } from "./completion-shell.ts";

class Sink extends Writable {
  text = "";
  constructor(readonly columns: number) {
    super({
      write: (chunk, _, done) => {
        this.text += chunk;
        done();
      },
    });
  }
}

async function run(words: readonly string[], columns = 80) {
  const stdout = new Sink(columns);
  const stderr = new Sink(columns);
  const { stdin } = process;
  const context = { env: {}, cwd: "/", home: "/", version: "1.2.3", stdin, stdout, stderr };
  const code = await runCli(words, context, buildProgram);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const COMMANDS = everyCommand(realProgram());
const named = (commands: readonly Command[]): [string, Command][] =>
  commands.map((command) => [`holdfast ${pathOf(command)}`.trim(), command]);
const wordsOf = (command: Command) => pathOf(command).split(" ").filter(Boolean);

const V1 = /^(?:[a-z]|[A-Z]{2,})[^\n]*[^.\n]$/;

describe("the tree", () => {
  it.each(named(COMMANDS.slice(1)))("V1: %s is described", (_, command) => {
    expect(command.description()).toMatch(V1);
  });

  it.each(named(COMMANDS))("V1: %s describes its flags and arguments", (_, command) => {
    for (const { description } of [...command.options, ...command.registeredArguments])
      expect(description).toMatch(V1);
  });

  it("V1: holdfast itself is described by the sentence of package.json", () => {
    const { description } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(COMMANDS[0]?.description()).toBe(description);
  });

  it.each(named(COMMANDS))("%s has an example", (_, command) => {
    expect(examplesOf(command).length).toBeGreaterThan(0);
  });

  it("gives a flag one meaning, wherever it is taken", () => {
    const meanings = new Map<string, Set<boolean>>();
    for (const { short, required, optional } of COMMANDS.flatMap((command) => command.options))
      if (short) meanings.set(short, (meanings.get(short) ?? new Set()).add(required || optional));
    expect([...meanings].filter(([, kinds]) => kinds.size > 1)).toEqual([]);
  });
});

describe("examples", () => {
  const examples = COMMANDS.flatMap((command) => examplesOf(command));

  it.each([...new Set(examples)])("%s: names a command and flags that there are", (example) => {
    const words = example
      .replace(/^.*?holdfast /, "")
      .replace(/\)$/, "")
      .split(" ");
    let command = COMMANDS[0];
    const taken = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
    for (const word of taken) {
      const deeper: Command | undefined = command?.commands.find((each) => each.name() === word);
      if (deeper !== undefined) command = deeper;
    }
    expect(command?.parent).toBeDefined();
    const known = [...(command?.options ?? []), ...(COMMANDS[0]?.options ?? [])];
    const flags = taken.filter((word) => word.startsWith("-")).map((word) => word.split("=")[0]);
    for (const flag of flags)
      expect(known.some(({ short, long }) => flag === short || flag === long)).toBe(true);
  });
});

describe("--help", () => {
  it.each(named(COMMANDS))("%s: on stdout, exit 0", async (_, command) => {
    const done = await run([...wordsOf(command), "--help"]);
    expect(done).toMatchObject({ code: 0, stderr: "" });
    expect(done.stdout).toContain(`Usage: holdfast ${pathOf(command)}`.trim());
    expect(done.stdout).toContain("Examples:");
    expect(done.stdout).toContain("--json");
  });

  it.each(named(COMMANDS))("%s: fits 80 columns, examples apart", async (_, command) => {
    const [help = ""] = (await run([...wordsOf(command), "--help"])).stdout.split("Examples:");
    expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("goes to stderr, exit 1, for a command that lacks a subcommand", async () => {
    for (const words of [[], ["session"], ["harness"]])
      expect(await run(words)).toMatchObject({
        code: 1,
        stdout: "",
        stderr: expect.stringContaining("Usage:"),
      });
  });

  it("--version prints the version alone", async () => {
    expect(await run(["--version"])).toEqual({ code: 0, stdout: "1.2.3\n", stderr: "" });
  });
});

describe("a slip of the fingers", () => {
  it.each<[string[], string]>([
    [["sesion"], "session"],
    [["session", "lst"], "list"],
    [["harness", "exek", "--", "true"], "exec"],
    [["docter"], "doctor"],
    [["--jsn", "doctor"], "--json"],
    [["doctor", "--jsno"], "--json"],
    [["api", "/x", "--metod", "GET"], "--method"],
    [["harness", "exec", "--alow-delete", "vars", "--", "true"], "--allow-delete"],
    [["harness", "exec", "--alow-delete=vars", "--", "true"], "--allow-delete"],
    [["session", "adopt", "1", "--sesion", "A"], "--session"],
  ])("%j: one line that asks for %s, one that says what works, exit 1", async (words, meant) => {
    const done = await run(words);
    expect(done).toMatchObject({ code: 1, stdout: "" });
    expect(done.stderr).toMatch(/^holdfast: [^\n]+\n {2}fix {2}[^\n]+\n$/);
    expect(done.stderr).toContain(`Did you mean ${meant}?`);
  });

  it.each<[string[], string]>([
    [["api"], "path"],
    [["completion"], "shell"],
    [["doctor", "more"], "too many arguments"],
    [["session", "show"], "id"],
    [["harness", "exec", "--ttl"], "--ttl"],
  ])("%j: one line that names %s, exit 1", async (words, name) => {
    const done = await run(words);
    expect(done).toMatchObject({ code: 1, stdout: "" });
    expect(done.stderr).toMatch(/^holdfast: [^\n]+\n {2}fix {2}[^\n]+\n$/);
    expect(done.stderr).toContain(name);
  });

  it("shows what is typed without letting it act on the terminal", async () => {
    const { stderr } = await run(["\x1b[2Jdoctor"]);
    expect(stderr).toContain("\\x1b[2J");
    expect(stderr).not.toContain("\x1b");
  });
});
