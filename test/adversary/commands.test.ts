// What has gone wrong with approved commands elsewhere, each by the number it was reported under. We
// take words, not shell text, so a good deal of it becomes: a shell is an interpreter, no entry ever
// covers it, and the card shows the whole of what it is given.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cardText } from "../../src/gate/prompt.ts";
import { describeCommand } from "../../src/operations/command/card.ts";
import { argPatternOf } from "../../src/policy/allowlist-arguments.ts";
import { entryFor as exactEntryFor } from "../../src/policy/allowlist-match.ts";
import type { AllowlistEntry } from "../../src/policy/allowlist.ts";
import { approvability } from "../../src/policy/approvable.ts";
import {
  entryFor,
  type GateTest,
  makeYard,
  SYSTEM_PATH,
  type Yard,
} from "../support/command-yard.ts";

let yard: Yard;
beforeEach(() => {
  yard = makeYard();
});
afterEach(() => yard.close());

/** Everything there is: the widest entry that anybody could make. */
const ANYTHING = [entryFor("/**")];

/** That no entry runs it, that nothing happened, and that `always` is not even offered. */
async function expectNoStanding(
  argv: string[],
  more: GateTest = {},
  isBindable = false,
): Promise<void> {
  const { decision, execution } = await yard.gate(argv, ANYTHING, more);
  expect([decision.effect, decision.reason, execution]).toEqual(["deny", "no-session", undefined]);
  const { operation } = decision;
  expect(approvability(operation, {}).always).toBe(isBindable);
}

/** What `approve --always` makes of it. */
const exactly = async (argv: string[]): Promise<AllowlistEntry> => ({
  ...entryFor("/"),
  ...exactEntryFor((await yard.resolve(argv)).operation.command),
});

const cardOf = async (...argv: string[]) =>
  cardText(describeCommand(await yard.resolve(argv)), 200, true);

it("an entry does run what it covers, so the refusals below are refusals", async () => {
  const { decision, execution } = await yard.gate(["touch", yard.path("made")], ANYTHING);
  expect([decision.reason, execution?.exitCode]).toEqual(["allowlisted", 0]);
  expect(existsSync(yard.path("made"))).toBe(true);
});

describe("entries bind arguments", () => {
  it("W1109: an entry for `id -u` does not allow `id -G`", async () => {
    const { operation } = await yard.resolve(["id", "-u"]);
    const entry: AllowlistEntry = {
      ...entryFor(operation.command.executable),
      argPattern: argPatternOf(operation.command),
    };
    expect((await yard.explain(["id", "-u"], [entry])).reason).toBe("allowlisted");
    expect((await yard.explain(["id", "-G"], [entry])).reason).toBe("no-session");
    expect((await yard.explain(["id", "-u", ""], [entry])).reason).toBe("no-session");
    expect((await yard.explain(["id"], [entry])).reason).toBe("no-session");
  });

  it.each(["python3", "python3.11", "node", "node20", "ruby", "perl"])(
    "48590: no entry for %s allows any script",
    async (interpreter) => {
      const program = yard.path(`bin/${interpreter}`);
      mkdirSync(yard.path("bin"), { recursive: true });
      execFileSync("cp", ["/usr/bin/touch", program]);
      for (const script of ["safe.py", "evil.py"]) await expectNoStanding([program, script]);
      expect(existsSync(yard.path("evil.py"))).toBe(false);
    },
  );

  it("48590: nor can one be made", async () => {
    const { operation } = await yard.resolve(["sh", "safe.sh"]);
    expect(() => exactEntryFor(operation.command)).toThrow("no entry can cover");
  });
});

describe("scripts", () => {
  it("107683: a script that this user can edit is asked about every time", async () => {
    await expectNoStanding([yard.script("clean.sh", "exit 0")]);
  });

  it("107683: an edited script is another operation", async () => {
    yard.script("clean.sh", "exit 0");
    const before = await yard.digest(["./clean.sh"]);
    yard.script("clean.sh", "exit 0 # or not");
    expect(await yard.digest(["./clean.sh"])).not.toBe(before);
  });

  it("124738: a script that is swapped while an answer is awaited is not run", async () => {
    yard.file("good.sh", "exit 0");
    const result = await yard.carryOut(["sh", "good.sh"], {
      meanwhile: () => yard.file("good.sh", `touch ${yard.path("ran")}`),
    });
    expect(result).toMatchObject({ exitCode: 7, error: { code: "command-changed" } });
    expect(existsSync(yard.path("ran"))).toBe(false);
  });

  it("124738: nor is an allowlisted program that is swapped after the decision", async () => {
    const tool = yard.path("tool");
    execFileSync("cp", ["/usr/bin/true", tool]);
    const argv = [tool, yard.path("ran")];
    const { decision, execution } = await yard.gate(argv, [await exactly(argv)], {
      meanwhile: () => execFileSync("cp", ["/usr/bin/touch", tool]),
    });
    expect(decision.reason).toBe("allowlisted");
    expect(execution).toMatchObject({ outcome: "failed_no_effect", exitCode: 7 });
    expect(existsSync(yard.path("ran"))).toBe(false);
  });
});

describe("programs that the agent could replace", () => {
  const copied = (name: string, of = "/usr/bin/touch") => {
    execFileSync("cp", [of, yard.path(name)]);
    return yard.path(name);
  };

  it("a copied or renamed interpreter is covered by no name, nor by security: full", async () => {
    const argv = [copied("tool", "/bin/dash"), "-c", `: > ${yard.path("ran")}`];
    await expectNoStanding(argv, {}, true);
    await expectNoStanding(argv, { knobs: { security: "full", fallback: "full" } }, true);
    expect(existsSync(yard.path("ran"))).toBe(false);
  });

  it("an entry for exactly it covers it, until it is another program", async () => {
    const argv = [copied("tool"), yard.path("ran")];
    const entries = [await exactly(argv)];
    expect((await yard.gate(argv, entries)).decision.reason).toBe("allowlisted");
    copied("tool", "/bin/dash");
    expect((await yard.gate(argv, entries)).decision.reason).toBe("no-session");
  });

  it("what it destroys is looked for in its words, whatever it is called", async () => {
    const { operation } = await yard.resolve([copied("tool", "/bin/dash"), "-c", "rm -rf x"]);
    expect([operation.impact, operation.reversibility]).toEqual(["destroy", "irreversible"]);
  });

  it("T10: an entry for exactly it is for the same variables, too", async () => {
    const argv = ["id", "-u"];
    const entries = [await exactly(argv)];
    const within = (HOME: string) => ({ context: { env: { PATH: SYSTEM_PATH, HOME } } });
    const reasonIn = async (home: string) =>
      (await yard.gate(argv, entries, within(home))).decision.reason;
    expect(await reasonIn(yard.directory)).toBe("allowlisted");
    expect(await reasonIn(yard.path("evil-home"))).toBe("no-session");
  });
});

describe("shells, and what they are given", () => {
  const touch = () => `touch ${yard.path("ran")}`;

  it.each(["sh", "bash", "dash", "/bin/sh", "rbash"])("23276: no entry for %s", async (shell) => {
    mkdirSync(yard.path("bin"));
    execFileSync("cp", ["/bin/bash", yard.path("bin/rbash")]);
    const env = { PATH: `${SYSTEM_PATH}:${yard.path("bin")}` };
    await expectNoStanding([shell, "-c", touch()], { context: { env } });
    expect(existsSync(yard.path("ran"))).toBe(false);
  });

  it("23276: an entry for what is inside a shell's text does not allow the shell", async () => {
    await expectNoStanding(["sh", "-c", "ls"]);
    expect((await yard.explain(["ls"], [entryFor("/usr/bin/ls")])).reason).toBe("allowlisted");
    expect((await yard.explain(["sh", "-c", "ls"], [entryFor("/usr/bin/ls")])).effect).toBe("deny");
  });

  it("53133, 57871: sh -c '$0 \"$@\"' xargs lends nothing to what it runs", async () => {
    await expectNoStanding(["sh", "-c", '$0 "$@"', "xargs", "touch", yard.path("ran")]);
    await expectNoStanding(["sh", "-c", '$0 "$@"', "ls"]);
    expect(await cardOf("sh", "-c", '$0 "$@"', "xargs")).toContain(`'$0 "$@"'`);
  });

  it("128470: a stage of a pipe that reads a program cannot be approved unseen", async () => {
    const card = describeCommand(await yard.resolve(["sh", "-c", "echo evil | node"]));
    const { operation } = await yard.resolve(["sh", "-c", "echo evil | node"]);
    expect(approvability(operation, card).approvable).toBe(false);
    expect(cardText(card, 200, true)).toContain("'echo evil | node'");
  });

  it("20177: a substitution is an argument like any other where no shell is", async () => {
    const name = yard.path("$(touch ran)");
    await yard.gate(["touch", name], ANYTHING);
    expect([existsSync(name), existsSync(yard.path("ran"))]).toEqual([true, false]);
    await expectNoStanding(["sh", "-c", `cat <<X\n$(${touch()})\nX`]);
  });

  it("114134: an escaped line end moves no boundary, and shows", async () => {
    const name = yard.path("a\\\nb");
    await yard.gate(["touch", name], ANYTHING);
    expect(existsSync(name)).toBe(true);
    expect(await cardOf("ls", "a\\\nb", "c")).toContain("$'a\\\\\\x0ab'");
  });

  it("40478: a shell's builtin is no program: unknown, and nothing is remembered", async () => {
    for (const builtin of ["cd", "alias", "export", "source", "."]) {
      const { operation } = await yard.resolve([builtin, "x"], { env: { PATH: yard.path("bin") } });
      expect([operation.resourceClass, operation.command.unbindable]).toEqual([
        "unknown",
        "not-resolved",
      ]);
      expect(approvability(operation, {}).always).toBe(false);
    }
  });

  it("24366: env BASH_ENV=... bash -c is shown, bound and refused as a whole", async () => {
    const argv = ["env", `BASH_ENV=${yard.file("e.sh", touch())}`, "bash", "-c", "ls"];
    await expectNoStanding(argv);
    const card = await cardOf(...argv);
    for (const word of ["BASH_ENV=", "bash", "-c", "ls"]) expect(card).toContain(word);
    expect(await yard.digest(argv)).not.toBe(await yard.digest(["bash", "-c", "ls"]));
    expect(Object.keys((await yard.resolve(argv)).operation.command.files)).toContain(
      yard.path("e.sh"),
    );
  });
});

describe("carriers", () => {
  it.each([
    ["93362", ["flock", "lock", "rm", "-rf", "x"]],
    ["93362", ["time", "-p", "rm", "x"]],
    ["114132", ["setsid", "--fork", "rm", "x"]],
    ["114132", ["taskset", "-c", "1", "rm", "x"]],
    ["114132", ["ionice", "-c3", "nice", "rm", "x"]],
    ["57842", ["find", ".", "-exec", "rm", "{}", "+"]],
    ["57842", ["xargs", "-a", "list", "rm"]],
  ])("%s: %j is opaque, and as bad as what is behind it", async (_, argv) => {
    // Not every machine has each of them, and the name alone decides.
    mkdirSync(yard.path("bin"), { recursive: true });
    execFileSync("cp", ["/usr/bin/true", yard.path(`bin/${argv[0]}`)]);
    const env = { PATH: `${yard.path("bin")}:${SYSTEM_PATH}` };
    await expectNoStanding(argv, { context: { env } });
    const { operation } = await yard.resolve(argv, { env });
    expect([operation.impact, operation.reversibility]).toEqual(["destroy", "irreversible"]);
    expect(operation.command.args).toEqual(argv.slice(1));
  });

  it.each([
    ["57842", ["awk", 'BEGIN { system("touch ran") }']],
    ["57842", ["sed", "1e touch ran", "x"]],
    ["57842", ["make", "--eval=$(shell touch ran)"]],
    ["57842", ["find", ".", "-name", "x"]],
    ["114132", ["perl", "-e", "1"]],
    ["114132", ["env"]],
  ])("%s: no entry for %j", async (_, argv) => {
    await expectNoStanding(argv);
    expect(existsSync(yard.path("ran"))).toBe(false);
  });

  it("65713: busybox under any name is no program of its own", async () => {
    execFileSync("cp", ["/usr/bin/true", yard.path("busybox")]);
    await expectNoStanding(["./busybox", "awk", "BEGIN{}"]);
    for (const applet of ["ls", "cat"]) {
      symlinkSync("busybox", yard.path(applet));
      await expectNoStanding([`./${applet}`]);
    }
    // Nor under a name of its own: a link by another name than the file's could be any of many.
    execFileSync("cp", ["/usr/bin/true", yard.path("bb")]);
    symlinkSync("bb", yard.path("date"));
    await expectNoStanding(["./date"]);
  });
});

describe("variables", () => {
  it.each(["LD_PRELOAD", "GIT_SSH_COMMAND", "BASH_ENV", "NODE_OPTIONS", "DYLD_INSERT_LIBRARIES"])(
    "W184, 4896: %s never reaches a command, even where policy names it",
    async (name) => {
      const env = { PATH: SYSTEM_PATH, [name]: yard.path("evil") };
      const { environment, notes } = await yard.resolve(["ls"], { env, pass: [name] });
      expect(Object.keys(environment)).toEqual(["PATH", "PWD"]);
      expect(notes.join()).toContain(name);
    },
  );

  it("W184, 4896: what env prints is what is on the list", async () => {
    const out = yard.path("env.txt");
    const env = { PATH: SYSTEM_PATH, LD_PRELOAD: "/nonexistent.so", SECRET: "s" };
    await yard.carryOut(["sh", "-c", `env > ${out}`], { context: { env } });
    const names = readFileSync(out, "utf8")
      .split("\n")
      .map((line) => line.split("=")[0]);
    expect(names).not.toContain("LD_PRELOAD");
    expect(names).not.toContain("SECRET");
  });
});

describe("what a person is shown, and what silence means", () => {
  it.each([
    ["a zero-width space", "a\u200bb", "\\xe2\\x80\\x8b"],
    ["a line end", "a\r\nb", "\\x0d\\x0a"],
    ["a bidirectional override", "a\u202eb", "\\xe2\\x80\\xae"],
    ["an escape sequence", "a\u001b[2Kb", "\\x1b"],
    ["a soft hyphen", "a\u00adb", "\\xc2\\xad"],
  ])("43687, 68198: %s in an argument shows", async (_, argument, shown) => {
    const card = await cardOf("ls", argument);
    expect(card).toContain(shown);
    expect(card).toMatch(/^[\P{C}\n]*$/u);
  });

  it("43687, 68198: a directory's name cannot make a row of its own", async () => {
    mkdirSync(yard.path("x\n  known for  nothing"));
    const resolved = await yard.resolve(["ls"], { cwd: yard.path("x\n  known for  nothing") });
    const rows = cardText(describeCommand(resolved), 200, true).split("\n");
    expect(rows.filter((line) => /^ {2}known for/.test(line))).toEqual([]);
  });

  it("89938, 104519: nobody there is a no", async () => {
    const { decision, execution } = await yard.gate(["touch", yard.path("ran")], []);
    expect([decision.effect, execution]).toEqual(["deny", undefined]);
    expect(existsSync(yard.path("ran"))).toBe(false);
  });

  it("104413, 113191: and it is said at once: nothing is waited for", async () => {
    const { decision, waiting } = await yard.gate(["ls"], []);
    expect([decision.reason, waiting]).toEqual(["no-session", undefined]);
    expect(decision.detail).toContain("--quiet");
  });

  it("71153: what cannot be resolved is not reported as what no entry covers", async () => {
    const knobs = { ask: "off" } as const;
    const missed = await yard.gate(["ls"], [], { knobs });
    expect(missed.decision.reason).toBe("allowlist-miss");
    const { operation, notes } = await yard.resolve(["no-such-program"]);
    expect(operation.command.unbindable).toBe("not-resolved");
    expect(notes.join()).toContain("nothing that can be run was found");
  });
});

describe("knobs", () => {
  it("an agent that may run anything may not run what destroys, a shell, or what was not found", async () => {
    const knobs = { security: "full" } as const;
    const reasonOf = async (...argv: string[]) =>
      (await yard.gate(argv, [], { knobs })).decision.reason;
    expect(await reasonOf("true")).toBe("agent-unrestricted");
    expect(await reasonOf("rm", yard.file("kept", ""))).toBe("no-session");
    expect(await reasonOf("sh", "-c", "true")).toBe("no-session");
    expect(await reasonOf("no-such-program")).toBe("no-session");
    expect(existsSync(yard.path("kept"))).toBe(true);
    rmSync(yard.path("kept"));
  });

  it("an agent that may run nothing runs nothing, entry or not", async () => {
    const { decision } = await yard.gate(["true"], ANYTHING, { knobs: { security: "deny" } });
    expect(decision.reason).toBe("agent-denied");
  });
});
