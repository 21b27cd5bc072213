import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { operationDigest } from "../../../src/policy/digest.ts";
import { makeYard, SYSTEM_PATH, type Yard } from "../../support/command-yard.ts";
import { fuzzRuns } from "../../support/fuzz-runs.ts";

let yard: Yard;
beforeEach(() => {
  yard = makeYard();
});
afterEach(() => yard.close());

const commandOf = async (...words: Parameters<Yard["resolve"]>) =>
  (await yard.resolve(...words)).operation.command;
const path = (...entries: string[]) => ({ env: { PATH: entries.join(":") } });

describe("G1, G2: which file a name means", () => {
  it("a name is looked for on PATH, and is the file behind every link", async () => {
    const real = yard.script("opt/tool-1", "exit 0");
    mkdirSync(yard.path("bin"));
    symlinkSync("../opt/tool-1", yard.path("bin/tool"));
    const { executable, calledAs, typed } = await commandOf(["tool"], path(yard.path("bin")));
    expect([executable, calledAs, typed]).toEqual([real, yard.path("bin/tool"), "tool"]);
  });

  it("a path is taken from the directory, never from PATH", async () => {
    const here = yard.script("tool", "exit 0");
    yard.script("bin/tool", "exit 1");
    const found = await commandOf(["./tool"], path(yard.path("bin")));
    expect(found.executable).toBe(here);
    expect(found.calledAs).toBeUndefined();
  });

  it.each([
    ["a dot", (bin: string) => `.:${bin}`],
    ["nothing before the first colon", (bin: string) => `:${bin}`],
    ["nothing after the last one", (bin: string) => `${bin}:`],
    ["a relative entry", (bin: string) => `evil:${bin}`],
  ])("%s in PATH does not count, is not passed on, and is said", async (_, text) => {
    yard.script("ls", "exit 1");
    yard.script("evil/ls", "exit 1");
    const found = await yard.resolve(["ls"], { env: { PATH: text("/usr/bin") } });
    expect(found.operation.command.executable).toMatch(/^\/usr\/bin\//);
    expect(found.environment.PATH).toBe("/usr/bin");
    expect(found.notes.join()).toContain("left out of PATH");
  });

  it.each<[string, Record<string, string>]>([
    ["no PATH", {}],
    ["an empty PATH", { PATH: "" }],
    ["a PATH of nothing absolute", { PATH: ".:bin" }],
  ])("C2: with %s a name means nothing: unknown, not an error", async (_, env) => {
    yard.script("ls", "exit 1");
    const { operation } = await yard.resolve(["ls"], { env });
    expect([operation.resourceClass, operation.command.unbindable]).toEqual([
      "unknown",
      "not-resolved",
    ]);
    expect(operation.command.executable).toBe("ls");
  });

  it.each([
    ["a directory", () => mkdirSync(yard.path("thing"))],
    ["a file that may not be executed", () => writeFileSync(yard.path("thing"), "#!/bin/sh\n")],
    ["a link to nothing", () => symlinkSync("nowhere", yard.path("thing"))],
    ["a link to itself", () => symlinkSync("thing", yard.path("thing"))],
    ["a FIFO", () => execFileSync("mkfifo", ["-m", "755", yard.path("thing")])],
    ["nothing", () => {}],
  ])("C2: %s is of class unknown, and no entry can cover it", async (_, make) => {
    make();
    const { operation } = await yard.resolve([yard.path("thing")]);
    expect([operation.resourceClass, operation.command.unbindable]).toEqual([
      "unknown",
      "not-resolved",
    ]);
  });

  it("what cannot be run on PATH is passed over, as the system does", async () => {
    writeFileSync(yard.file("a/tool", "#!/bin/sh\n"), "#!/bin/sh\n");
    mkdirSync(yard.path("b/tool"), { recursive: true });
    const real = yard.script("c/tool", "exit 0");
    const found = await commandOf(["tool"], path(yard.path("a"), yard.path("b"), yard.path("c")));
    expect(found.executable).toBe(real);
  });

  it("a file that a shell would have to guess at is of class unknown", async () => {
    yard.file("tool", "echo hello\n", 0o755);
    const { operation, notes } = await yard.resolve(["./tool"]);
    expect(operation.resourceClass).toBe("unknown");
    expect(notes.join()).toContain("a shell would guess");
  });

  it("a directory that was removed is a failure that says so", async () => {
    const gone = yard.path("gone");
    await expect(yard.resolve(["ls"], { cwd: gone })).rejects.toMatchObject({
      code: "no-directory",
      exitCode: 1,
    });
  });
});

describe("words that cannot be passed on are wrong usage", () => {
  it.each<[string, string[]]>([
    ["no words", []],
    ["an empty name", [""]],
    ["a NUL", ["ls", "a\0b"]],
    ["a lone surrogate", ["ls", "\ud800"]],
    ["a word of 128 KiB", ["ls", "x".repeat(131_072)]],
    ["a name of 4 KiB", [`/${"x".repeat(4096)}`]],
    ["more than the kernel takes in all", ["ls", ...Array(17).fill("x".repeat(131_000))]],
  ])("W1: %s", async (_, argv) => {
    await expect(yard.resolve(argv)).rejects.toMatchObject({ code: "usage", exitCode: 1 });
  });

  it("W1: the longest word that the kernel takes is taken", async () => {
    expect((await commandOf(["ls", "x".repeat(131_071)])).args[0]).toHaveLength(131_071);
  });

  it.each(["", "*", "Claude", "a b", "../a", "a".repeat(65)])(
    "an agent called %j",
    async (agent) => {
      await expect(yard.resolve(["ls"], { agent })).rejects.toMatchObject({ code: "usage" });
    },
  );
});

describe("C1: what makes it another operation", () => {
  const base = ["./tool", "a", "b"];
  beforeEach(() => {
    yard.script("tool", "exit 0");
    mkdirSync(yard.path("sub"));
  });

  it.each<[string, () => Promise<string>]>([
    ["an argument more", () => yard.digest([...base, "c"])],
    ["an empty argument more", () => yard.digest([...base, ""])],
    ["arguments joined otherwise", () => yard.digest(["./tool", "a b"])],
    ["the order of arguments", () => yard.digest(["./tool", "b", "a"])],
    ["the directory", () => yard.digest(["../tool", "a", "b"], { cwd: yard.path("sub") })],
    [
      "a variable's value",
      () => yard.digest(base, { env: { ...yard.context().env, LANG: "de_DE.UTF-8" } }),
    ],
    [
      "PATH",
      () => yard.digest(base, { env: { ...yard.context().env, PATH: `/opt/bin:${SYSTEM_PATH}` } }),
    ],
    [
      "where holdfast looks for its configuration",
      () => yard.digest(base, { env: { ...yard.context().env, HOLDFAST_CONFIG_DIR: "/tmp/c" } }),
    ],
    [
      "the script's content",
      () => {
        yard.script("tool", "exit 1");
        return yard.digest(base);
      },
    ],
    [
      "another file behind the same name",
      () => {
        yard.script("other", "exit 0");
        rmSync(yard.path("tool"));
        symlinkSync("other", yard.path("tool"));
        return yard.digest(base);
      },
    ],
  ])("%s", async (_, other) => {
    const before = await yard.digest(base);
    expect(await other()).not.toBe(before);
  });

  it.each<[string, Record<string, string>]>([
    ["the kind of terminal", { TERM: "vt100" }],
    ["its size", { COLUMNS: "20", LINES: "5" }],
    ["how deep the shells are", { SHLVL: "7", _: "/bin/x", OLDPWD: "/" }],
    ["the session", { HOLDFAST_EXEC_SESSION: "hfs_other" }],
    ["what is not passed on", { AWS_PROFILE: "prod", CLAUDECODE: "1" }],
  ])("not %s: a retry from elsewhere is the same command", async (_, more) => {
    const env = { ...yard.context().env, ...more };
    expect(await yard.digest(base, { env })).toBe(await yard.digest(base));
  });

  it("not the agent's name, nor whether the path was typed whole", async () => {
    const before = await yard.digest(base);
    expect(await yard.digest(base, { agent: "codex" })).toBe(before);
    expect(await yard.digest([yard.path("tool"), "a", "b"])).toBe(before);
  });

  it("one file under two names is two commands: it may act by its name", async () => {
    const binary = yard.path("many");
    execFileSync("cp", ["/usr/bin/env", binary]);
    for (const name of ["one", "two"]) symlinkSync("many", yard.path(name));
    expect(await yard.digest(["./one"])).not.toBe(await yard.digest(["./two"]));
    const { unbindable, executable } = await commandOf(["./one"]);
    expect([unbindable, executable]).toEqual(["wrapper", binary]);
  });
});

describe("F1, F2: files whose content decides", () => {
  it.each<[string, string[]]>([
    ["a script operand", ["python3", "script.py"]],
    ["after options", ["bash", "-eu", "script.py", "x"]],
    ["in an option", ["node", "--require=script.py", "-e", "1"]],
    ["stuck to an option", ["awk", "-fscript.py"]],
    ["behind a wrapper", ["env", "A=b", "nice", "-n", "3", "bash", "script.py"]],
    ["in a shell's text", ["sh", "-c", "cd . && . ./script.py; true"]],
    ["as a module", ["python3", "-m", "script"]],
    ["without its end", ["node", "module"]],
    ["what make reads", ["make", "all"]],
    ["a plan", ["docker", "build", "-f", "script.py"]],
  ])("%s", async (_, argv) => {
    for (const name of ["script.py", "module.js", "Makefile"]) yard.file(name, "1");
    yard.script("bin/docker", "exit 0");
    yard.script("bin/python3", "exit 0");
    const env = { PATH: `${yard.path("bin")}:${SYSTEM_PATH}` };
    const before = await yard.digest(argv, { env });
    for (const name of ["script.py", "module.js", "Makefile"]) yard.file(name, "2");
    expect(await yard.digest(argv, { env })).not.toBe(before);
  });

  it.each<[string, () => string[]]>([
    [
      "a pipe",
      () => {
        execFileSync("mkfifo", [yard.path("p")]);
        return ["bash", "p"];
      },
    ],
    ["an open file", () => ["bash", "/dev/fd/63"]],
    ["its own input", () => ["python3", "/dev/stdin"]],
    [
      "a directory",
      () => {
        mkdirSync(yard.path("app"));
        return ["node", "app"];
      },
    ],
    [
      "seventeen files",
      () => ["bash", ...Array.from({ length: 17 }, (_, n) => yard.file(`${n}.sh`, `${n}`))],
    ],
    ["17 MiB", () => ["bash", yard.file("big", "x".repeat(17 * 1024 * 1024))]],
  ])("F2: %s makes the class unknown", async (_, make) => {
    const { operation, notes } = await yard.resolve(make());
    expect(operation.resourceClass).toBe("unknown");
    expect(notes.join()).toContain("cannot be pinned");
  });

  it("a program behind a wrapper, found on PATH", async () => {
    yard.script("bin/clean", "exit 0");
    const env = { PATH: `${yard.path("bin")}:${SYSTEM_PATH}` };
    const before = await yard.digest(["timeout", "5", "clean"], { env });
    yard.script("bin/clean", "exit 1");
    expect(await yard.digest(["timeout", "5", "clean"], { env })).not.toBe(before);
  });

  it("a program that this user could replace", async () => {
    yard.script("tool", "exit 0");
    expect(Object.keys((await commandOf(["./tool"])).files)).toContain(yard.path("tool"));
  });

  it("a script that may not be read is of class unknown", async () => {
    if (process.getuid?.() === 0) return;
    chmodSync(yard.script("tool", "exit 0"), 0o111);
    expect((await yard.resolve(["./tool"])).operation.resourceClass).toBe("unknown");
  });
});

it("is total and stable: any words are an operation or wrong usage, twice the same", async () => {
  const word = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom("env", "sh", "-c", "rm -rf /", "ls", "--", "-", "A=b", "./x", "git", "push"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 8 }), async (argv) => {
      const once = await yard.resolve(argv).catch((error) => error.code);
      const again = await yard.resolve(argv).catch((error) => error.code);
      if (typeof once === "string") {
        expect([once, again]).toEqual(["usage", "usage"]);
        return;
      }
      expect(once.operation.command.args).toEqual(argv.slice(1));
      expect(operationDigest(again.operation)).toBe(operationDigest(once.operation));
      expect(["commands", "unknown"]).toContain(once.operation.resourceClass);
    }),
    { numRuns: fuzzRuns(2) },
  );
});

it("a directory under a link is the directory itself", async () => {
  mkdirSync(yard.path("real"));
  symlinkSync("real", yard.path("link"));
  expect((await commandOf(["ls"], { cwd: yard.path("link") })).cwd).toBe(yard.path("real"));
  renameSync(yard.path("real"), yard.path("other"));
});
