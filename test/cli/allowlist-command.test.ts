import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import type { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type AllowlistAnswers,
  argsAfter,
  runAllowlistAdd,
  runAllowlistList,
  runAllowlistRemove,
} from "../../src/cli/allowlist-command.ts";
import type { CliContext, GlobalOptions } from "../../src/cli/context.ts";
import { examplesOf } from "../../src/cli/docs/examples.ts";
import { runCli } from "../../src/cli/run.ts";
import { allowlistCommand } from "../../src/cli/tree/allowlist.ts";
import { rootCommand } from "../../src/cli/tree/wiring.ts";
import { listEntries } from "../../src/grants/allowlist/read.ts";
import { recordUse } from "../../src/grants/allowlist/usage.ts";
import { addEntry, removeEntry } from "../../src/grants/allowlist/write.ts";
import { LONGEST_NOTE, noteOf } from "../../src/policy/allowlist-note.ts";

let root: string;
let directory: string;
let program: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hf-"));
  directory = join(root, "c");
  // One that no agent could replace.
  program = realpathSync("/usr/bin/printf");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const FLAGS: GlobalOptions = {
  json: false,
  markdown: false,
  quiet: false,
  color: false,
  debug: false,
  dryRun: false,
};

class Kept extends Writable {
  text = "";

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

/** What was asked, and what the person says. */
let asked: string[];
let says: boolean;
beforeEach(() => {
  asked = [];
  says = true;
});

/** The real store, without the question whether a person asks: that is the gate's, tested there. */
const store = (): AllowlistAnswers => ({
  list: () => listEntries(directory),
  confirm: async (question) => {
    asked.push(question);
    return says;
  },
  add: (agent, entry) => addEntry(directory, agent, entry),
  remove: (id) => removeEntry(directory, id),
});

interface Ran {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

async function ran(
  run: (streams: {
    stdout: Kept & { columns?: number; isTTY?: boolean };
    stderr: Kept;
  }) => Promise<number>,
  terminal: { isTTY?: boolean; columns?: number } = {},
): Promise<Ran> {
  const [stdout, stderr] = [Object.assign(new Kept(), terminal), new Kept()];
  const code = await run({ stdout, stderr }).catch(
    (error) => `${error.code}: ${error.message} / ${error.fix}`,
  );
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const add = (
  pattern: string,
  args: readonly string[] | undefined,
  flags: Partial<GlobalOptions> = {},
  typed: { agent?: string; expires?: string } = {},
) =>
  ran((streams) =>
    runAllowlistAdd({ pattern, args, ...typed }, { ...FLAGS, ...flags }, streams, store()),
  );
const list = (flags: Partial<GlobalOptions> = {}, terminal = {}) =>
  ran((streams) => runAllowlistList({ ...FLAGS, ...flags }, streams, store()), terminal);
const remove = (id: string, flags: Partial<GlobalOptions> = {}) =>
  ran((streams) => runAllowlistRemove(id, { ...FLAGS, ...flags }, streams, store()));

describe("allowlist add", () => {
  it("with words: exactly these", async () => {
    const { code, stdout, stderr } = await add(program, ["get", "pods"]);
    expect(code).toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^holdfast: allowlist entry [A-Z2-7]{6} allows from now on, for main: \/\S+\/printf with these words: get pods\n$/,
    );
    expect(listEntries(directory)).toMatchObject([
      { agent: "main", pattern: program, argPattern: '["get","pods"]', origin: "added" },
    ]);
  });

  it("without --: any arguments, with a warning; with -- and nothing: none", async () => {
    const any = await add(program, undefined);
    expect(any.stderr).toContain("warning: it covers any arguments");
    const none = await add(program, []);
    expect(none.stderr).not.toContain("warning");
    expect(none.stderr).toContain("with no arguments");
    expect(listEntries(directory).map(({ argPattern }) => argPattern)).toEqual([undefined, "[]"]);
  });

  it("for every agent, for a time", async () => {
    const { stderr } = await add(program, ["*"], {}, { agent: "*", expires: "30d" });
    expect(stderr).toMatch(/for every agent: .* these words: \*, \* any one, until \d{4}-/);
    const [entry] = listEntries(directory);
    const days = (Date.parse(entry?.expiresAt ?? "") - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThan(30.1);
  });

  it("the same again says so", async () => {
    await add(program, ["x"]);
    const { code, stderr } = await add(program, ["x"]);
    expect(code).toBe(0);
    expect(stderr).toContain("was there already, and allows");
    expect(listEntries(directory)).toHaveLength(1);
  });

  it("--json: one object on stdout, the text still on stderr", async () => {
    const { stdout, stderr } = await add(program, undefined, { json: true });
    expect(JSON.parse(stdout)).toMatchObject({
      entry: { agent: "main", pattern: program, covers: "any arguments", expired: false },
      isNew: true,
      warnings: [expect.stringContaining("any arguments")],
    });
    expect(stderr).toContain("allows from now on");
  });

  it("--dry-run changes nothing; --quiet says nothing but warnings", async () => {
    const dry = await add(program, ["x"], { dryRun: true });
    expect(dry).toMatchObject({ code: 0, stdout: "" });
    expect(dry.stderr).toContain("dry run: would add for main:");
    expect(listEntries(directory)).toEqual([]);
    expect(await add(program, ["x"], { quiet: true })).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(listEntries(directory)).toHaveLength(1);
  });

  it("140921, 45595, 82825: a link: refuses, and prints the command that works", async () => {
    const link = join(root, "link");
    symlinkSync(program, link);
    const { code, stderr } = await add(link, ["x y"], {}, { agent: "claude", expires: "30d" });
    expect(code).toBe(
      `usage: PATTERN: "${link}" is a link, or behind one, and commands are matched by their real path / holdfast allowlist add --agent claude --expires 30d ${program} -- 'x y'`,
    );
    expect(stderr).toBe("");
    expect((await add(link, undefined)).code).toMatch(new RegExp(`add ${program}$`));
    mkdirSync(join(root, "real"));
    symlinkSync(join(root, "real"), join(root, "alias"));
    const behind = await add(`${root}/alias/to*`, ["x"]);
    expect(behind.code).toContain(`/ holdfast allowlist add '${root}/real/to*' -- x`);
    expect(listEntries(directory)).toEqual([]);
    expect((await add(`${root}/real/to*`, ["x"])).code).toBe(0);
  });

  it("what covers much is asked about, with its breadth; anything but a yes adds nothing", async () => {
    says = false;
    const broad: [string, readonly string[] | undefined, string][] = [
      [program, undefined, `main: ${program} with any arguments`],
      [program, ["**"], `main: ${program} with any arguments`],
      [`${root}/*`, ["x"], `main: ${root}/* with these words: x`],
    ];
    for (const [pattern, args, what] of broad) {
      const { code } = await add(pattern, args);
      expect(code).toContain("declined: no entry was added");
      expect(asked.pop()).toBe(`Allow, for ${what}? [y/N] `);
      expect((await add(pattern, args, { quiet: true })).code).toContain("usage: --quiet");
      expect((await add(pattern, args, { dryRun: true })).code).toBe(0);
    }
    expect(asked).toEqual([]);
    expect(listEntries(directory)).toEqual([]);
    for (const args of [[], ["x"], ["x", "**"], ["*"]])
      expect((await add(program, args)).code).toBe(0);
    expect(asked).toEqual([]);
    says = true;
    expect((await add(program, ["**"])).stderr).toContain("with any arguments\n");
  });

  it("refuses what the agent could replace: such an entry would cover nothing", async () => {
    const tool = join(root, "tool");
    writeFileSync(tool, "");
    const { code } = await add(tool, ["x"]);
    expect(code).toContain(`usage: PATTERN: "${tool}" could be replaced by the agent`);
    expect(code).toContain("holdfast approve --always");
    expect(listEntries(directory)).toEqual([]);
  });

  it("71315: what is not there, and patterns: warns", async () => {
    expect((await add(join(root, "later"), ["x"])).stderr).toContain("is not there now");
    expect((await add(`${root}/*`, ["x"])).stderr).toContain("programs that are not there yet");
    expect((await add("**/tool", ["x"])).stderr).toContain("programs that are not there yet");
  });

  it.each<[string, readonly string[] | undefined, string]>([
    ["kubectl", undefined, '"kubectl" is a bare name'],
    ["", undefined, "is empty"],
    ["bin/kubectl", undefined, "neither / nor **/"],
    ["/bin/**ash", undefined, "inside a segment"],
    ["/opt/x/bash", undefined, "is a shell or an interpreter"],
    ["**/python3", ["safe.py"], "is a shell or an interpreter"],
    ["/opt/x/sudo", ["ls"], "starts other programs"],
    ["/opt/x/rm", undefined, "is known to destroy"],
    ["/opt/x/tool", ["**", "x"], "can only be the last"],
  ])("71315: refuses %s with %j: %s", async (pattern, args, why) => {
    const { code, stderr } = await add(pattern, args);
    expect(code).toContain("usage: ");
    expect(code).toContain(why);
    expect(stderr).toBe("");
    expect(listEntries(directory)).toEqual([]);
  });

  it("a bare name: says how to find the path", async () => {
    expect((await add("kubectl", undefined)).code).toContain("command -v kubectl");
  });

  it("refuses a link to a shell, however it is called", async () => {
    const link = join(root, "tool2");
    symlinkSync("/bin/bash", link);
    expect((await add(link, ["x"])).code).toMatch(/usage: .* is a shell or an interpreter/);
  });

  it("refuses an agent and a duration that are none", async () => {
    expect((await add(program, [], {}, { agent: "Me" })).code).toContain("--agent: ");
    expect((await add(program, [], {}, { expires: "soon" })).code).toContain("--expires: ");
  });

  it("T1: hidden characters do not reach the terminal", async () => {
    const { code } = await add("/opt/\u001b[2Jx", []);
    expect(code).toContain("cannot be seen");
    expect(code).not.toContain("\u001b");
    const { stderr } = await add(program, ["\u202egro.lanretni\u0007"]);
    expect(stderr).not.toMatch(/[\u202e\u0007]/);
  });

  it("argsAfter: words without -- before them are refused", () => {
    expect(argsAfter([], ["add", "/x"])).toBeUndefined();
    expect(argsAfter([], ["add", "/x", "--"])).toEqual([]);
    expect(argsAfter(["a", "-n"], ["add", "/x", "--", "a", "-n"])).toEqual(["a", "-n"]);
    expect(argsAfter(["--"], ["add", "/x", "--", "--"])).toEqual(["--"]);
    expect(() => argsAfter(["a"], ["add", "/x", "a"])).toThrow("ARGS");
    expect(() => argsAfter(["a", "b"], ["add", "/x", "a", "--", "b"])).toThrow("ARGS");
  });
});

describe("allowlist list", () => {
  it("nothing: says so", async () => {
    expect(await list()).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "holdfast: no allowlist entries\n",
    });
    expect(JSON.parse((await list({ json: true })).stdout)).toEqual({ entries: [] });
    expect((await list({ markdown: true })).stdout).toBe("No entries.\n");
  });

  it("137452: shows how much each covers, as text, JSON and Markdown", async () => {
    const { entry } = await addEntry(directory, "*", { pattern: program, origin: "added" });
    const past = "2020-01-01T00:00:00.000Z";
    await addEntry(directory, "claude", {
      pattern: program,
      argPattern: '["get","*"]',
      origin: "added",
      expiresAt: past,
    });
    const argPattern = `sha256:${"a".repeat(64)}`;
    await addEntry(directory, "", { pattern: program, argPattern, origin: "approved" });
    recordUse(directory, entry.id, program);
    const text = (await list()).stdout;
    const lines = text.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^ID +AGENT +PATTERN +COVERS +ORIGIN +LAST USE +EXPIRES$/);
    expect(lines[1]).toMatch(
      /^\S{6} +\* +\S+ +any arguments +added +20\d\d-\S+ \d\d:\d\dZ +never$/,
    );
    expect(lines[2]).toMatch(/claude +\S+ +these words: get \*, \* any one +added +- +expired$/);
    expect(lines[3]).toMatch(/main +\S+ +exactly these arguments +approved +- +never$/);
    const json = JSON.parse((await list({ json: true })).stdout);
    expect(
      json.entries.map((one: { covers: string; expired: boolean }) => [one.covers, one.expired]),
    ).toEqual([
      ["any arguments", false],
      ["these words: get *, * any one", true],
      ["exactly these arguments", false],
    ]);
    expect(json.entries[0].lastResolvedPath).toBe(program);
    expect((await list({ markdown: true })).stdout).toMatch(/\| any arguments \| added \|/);
  });

  it("137452: on a narrow terminal too", async () => {
    await addEntry(directory, "", { pattern: program, argPattern: '["get"]', origin: "added" });
    const { stdout } = await list({}, { isTTY: true, columns: 60 });
    expect(stdout).toMatch(
      /^\S{6} {2}main {2}\S+printf\n {4}covers {3}these words: get\n {4}added, /,
    );
  });

  it("what approve --always made says what was approved; what has expired, only that", async () => {
    const argPattern = `sha256:${"a".repeat(64)}`;
    const note = noteOf(
      { typed: "git", args: ["push", "--token", "hunter2!!", "a\u001b[2Jb"], cwd: "/home/ana/app" },
      (text) => text.replaceAll("hunter2!!", "[redacted]"),
    );
    const expiresAt = "2020-01-01T00:00:00.000Z";
    const origin = "approved";
    const made = await addEntry(directory, "", { pattern: program, argPattern, origin, note });
    await addEntry(directory, "claude", { pattern: program, argPattern, origin, expiresAt });
    const what =
      "exactly these arguments: git push --token '[redacted]' $'a\\x1b[2Jb', in /home/ana/app";
    const { stdout } = await list();
    expect(stdout).toContain(`  ${what}  `);
    expect(stdout).not.toContain("\u001b");
    const narrow = (await list({}, { isTTY: true, columns: 60 })).stdout;
    expect(narrow).toContain(
      `    covers   ${what}\n    approved, not used lately, expires never\n`,
    );
    expect(narrow).toContain("    approved, not used lately, expired\n");
    expect(JSON.parse((await list({ json: true })).stdout).entries[0]).toMatchObject({ note });
    expect((await remove(made.entry.id)).stderr).toContain(`with ${what}\n`);
  });

  it("a note is bounded, the directory stays in it, and no half of a character", async () => {
    const note = noteOf(
      { typed: "x", args: ["\u{1f600}".repeat(600)], cwd: "/home/ana" },
      (t) => t,
    );
    expect(note.length).toBeLessThanOrEqual(LONGEST_NOTE);
    expect(note).toMatch(/^x \S+…, in \/home\/ana$/);
    expect(() => encodeURIComponent(note)).not.toThrow();
    expect(noteOf({ typed: "x", args: [], cwd: "/a".repeat(2000) }, (t) => t)).toMatch(
      /^x, in .*…$/,
    );
  });

  it("T1: what is hidden in an entry is shown escaped", async () => {
    await addEntry(directory, "", {
      pattern: program,
      argPattern: '["\\u202ex\\u001b[2J"]',
      origin: "added",
    });
    for (const flags of [{}, { markdown: true }])
      expect((await list(flags)).stdout).not.toMatch(/[\u202e\u001b]/);
  });
});

describe("allowlist remove", () => {
  it("removes, in whatever case the id is typed, and says what", async () => {
    const { entry } = await addEntry(directory, "", { pattern: program, origin: "added" });
    const dry = await remove(entry.id, { dryRun: true });
    expect(dry.stderr).toContain(`would remove ${entry.id}`);
    expect(listEntries(directory)).toHaveLength(1);
    const { code, stdout, stderr } = await remove(entry.id.toLowerCase(), { json: true });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ removed: { id: entry.id, agent: "main" } });
    expect(stderr).toContain(
      `entry ${entry.id} is removed, for main: ${program} with any arguments`,
    );
    expect(listEntries(directory)).toEqual([]);
  });

  it("what is not there: exit 2; what is no id: exit 1", async () => {
    expect((await remove("AAAAAA")).code).toContain("no-allowlist-entry: there is no");
    expect((await remove("AAAAAA", { dryRun: true })).code).toContain("no-allowlist-entry");
    expect((await remove("../x")).code).toContain("usage: ID");
  });
});

/** `holdfast WORDS` with the real gate; whoever runs the tests is no person at a terminal of their own. */
async function real(words: readonly string[]): Promise<Ran> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const context: CliContext = {
    env: { HOLDFAST_CONFIG_DIR: directory, HOLDFAST_RUNTIME_DIR: join(root, "r") },
    cwd: root,
    home: root,
    stdin: Readable.from([]),
    stdout,
    stderr,
    version: "0.0.0",
  };
  const code = await runCli(words, context, (given, onExit) =>
    rootCommand(given).addCommand(allowlistCommand(given, onExit)),
  );
  return { code, stdout: stdout.text, stderr: stderr.text };
}

describe("the examples of add", () => {
  const [, addCommand] = allowlistCommand({} as CliContext, () => {}).commands;
  const examples = examplesOf(addCommand as Command);
  it.each(examples)("%s: its words can be covered", async (example) => {
    const words = example.replaceAll("'", "").split(" ");
    const args = words.slice(words.indexOf("--") + 1);
    const pattern = words[words.indexOf("--") - 1] ?? "";
    expect((await add(pattern, args)).code).toBe(0);
    expect(asked).toEqual([]);
  });
});

describe("holdfast allowlist", () => {
  it("lists what is there, whoever asks", async () => {
    await addEntry(directory, "", { pattern: program, origin: "added" });
    const { code, stdout } = await real(["allowlist", "list"]);
    expect(code).toBe(0);
    expect(stdout).toContain(program);
    expect(JSON.parse((await real(["allowlist", "list", "--json"])).stdout).entries).toHaveLength(
      1,
    );
  });

  it("a malformed file: exit 7, named, with what to do", async () => {
    mkdirSync(directory);
    writeFileSync(join(directory, "allowlist.json"), "{", { mode: 0o600 });
    const { code, stderr } = await real(["allowlist", "list"]);
    expect(code).toBe(7);
    expect(stderr).toContain("allowlist.json is malformed");
    expect(readFileSync(join(directory, "allowlist.json"), "utf8")).toBe("{");
  });

  it("A1: add and remove are refused where no person asks, and nothing changes", async () => {
    const { entry } = await addEntry(directory, "", { pattern: program, origin: "added" });
    const before = readFileSync(join(directory, "allowlist.json"), "utf8");
    const added = await real(["allowlist", "add", program, "--", "-n", "dev"]);
    expect(added.code).toBe(7);
    expect(added.stderr).toContain("only a person answers");
    const broad = await real(["allowlist", "add", program]);
    expect([broad.code, broad.stderr]).toEqual([
      7,
      expect.stringContaining("only a person answers"),
    ]);
    expect((await real(["allowlist", "remove", entry.id])).code).toBe(7);
    expect(readFileSync(join(directory, "allowlist.json"), "utf8")).toBe(before);
  });

  it("--dry-run and wrong usage ask for nobody", async () => {
    const words = ["allowlist", "add", "--agent", "claude", program, "--dry-run", "--", "--json"];
    const { code, stdout, stderr } = await real(words);
    expect(code).toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toContain("would add for claude:");
    expect(stderr).toContain("these words: --json");
    expect((await real(["allowlist", "add", program, "get"])).code).toBe(1);
    expect((await real(["allowlist", "add", "kubectl"])).code).toBe(1);
    expect((await real(["allowlist", "add"])).code).toBe(1);
  });
});
