import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Bundle, bundle } from "../../support/bundle.ts";
import { makeYard, SYSTEM_PATH, type Yard } from "../../support/command-yard.ts";
import { fuzzRuns } from "../../support/fuzz-runs.ts";

let yard: Yard;
beforeEach(() => {
  yard = makeYard();
});
afterEach(() => yard.close());

/** A program that writes down what it was given, as JSON. */
const recorder = (): string => {
  const out = JSON.stringify(yard.path("seen.json"));
  return yard.file(
    "record.cjs",
    `require("fs").writeFileSync(${out}, JSON.stringify({args: process.argv.slice(2), env: process.env, cwd: process.cwd()}))`,
  );
};
const seen = () => JSON.parse(readFileSync(yard.path("seen.json"), "utf8"));

describe("X3, X5: how it ends", () => {
  it.each([0, 1, 7, 42, 255])(
    "exit code %d is its own, and it has run to its end",
    async (code) => {
      expect(await yard.carryOut(["sh", "-c", `exit ${code}`])).toEqual({
        outcome: "succeeded",
        exitCode: code,
        response: { status: code },
      });
    },
  );

  it.each([
    ["TERM", 143],
    ["KILL", 137],
    ["SEGV", 139],
  ])("SIG%s is %d, and nobody can tell how far it had come", async (signal, exitCode) => {
    const result = await yard.carryOut(["sh", "-c", `kill -${signal} $$`]);
    expect(result).toEqual({ outcome: "unknown", exitCode });
  });

  it("what is nowhere is 127, never looked for by anybody else, and had no effect", async () => {
    mkdirSync(yard.path("bin"));
    const context = { env: { PATH: yard.path("bin") } };
    const result = await yard.carryOut(["tool"], {
      context,
      // It is there by now, but was not when it was decided on.
      meanwhile: () => yard.script("bin/tool", `touch ${yard.path("ran")}`),
    });
    expect(result).toMatchObject({ outcome: "failed_no_effect", exitCode: 127 });
    expect(existsSync(yard.path("ran"))).toBe(false);
  });

  it.each([
    ["/nonexistent/interpreter", 127],
    ["/", 126],
  ])("a script for %s cannot start: %d, and had no effect", async (interpreter, exitCode) => {
    yard.file("a", `#!${interpreter}\n`, 0o755);
    expect(await yard.carryOut(["./a"])).toMatchObject({ outcome: "failed_no_effect", exitCode });
  });

  it("a signal's end is waited for, and what it was sent arrives", async () => {
    const script = yard.file("t.sh", `trap 'exit 3' TERM; kill -TERM $$; sleep 5`);
    expect(await yard.carryOut(["sh", script])).toMatchObject({
      outcome: "succeeded",
      exitCode: 3,
    });
  });
});

describe("X1: exactly what was decided on", () => {
  it("there is no shell: every argument arrives as it is", async () => {
    const nasty = [
      "$(id)",
      "`id`",
      "a;b",
      "*",
      "$HOME",
      "a\nb",
      "",
      " ",
      "'",
      '"',
      "\\",
      "~",
      "&&",
    ];
    await yard.carryOut(["node", recorder(), ...nasty]);
    expect(seen().args).toEqual(nasty);
  });

  it("arguments arrive byte for byte, whatever they are", async () => {
    const script = recorder();
    const argument = fc
      .string({ unit: "binary", maxLength: 200 })
      .map((s) => s.replaceAll("\0", ""));
    await fc.assert(
      fc.asyncProperty(fc.array(argument, { maxLength: 40 }), async (args) => {
        // Some of it may look like a file that cannot be pinned; what is run is the same.
        await yard.carryOut(["node", script, ...args]);
        expect(seen().args).toEqual(args);
      }),
      { numRuns: fuzzRuns(10, 10) },
    );
  });

  it("it gets the variables that were hashed, and nothing of ours", async () => {
    const env = {
      PATH: `.:${SYSTEM_PATH}`,
      HOME: yard.directory,
      LD_PRELOAD: "/nonexistent.so",
      BASH_ENV: yard.file("evil.sh", `touch ${yard.path("evil")}`),
      ENV: yard.path("evil.sh"),
      NODE_OPTIONS: `--require=${yard.path("evil.sh")}`,
      GIT_SSH_COMMAND: "x",
      AWS_SECRET_ACCESS_KEY: "x",
      KUBECONFIG: "/k",
    };
    await yard.carryOut(["node", recorder()], { context: { env, pass: ["KUBECONFIG"] } });
    expect(seen().env).toEqual({
      PATH: SYSTEM_PATH,
      HOME: yard.directory,
      KUBECONFIG: "/k",
      PWD: yard.directory,
    });
    await yard.carryOut(["bash", "-c", "true"], { context: { env } });
    expect(existsSync(yard.path("evil"))).toBe(false);
  });

  it("it runs in its directory, the one behind any link", async () => {
    mkdirSync(yard.path("real"));
    symlinkSync("real", yard.path("link"));
    await yard.carryOut(["node", recorder()], { context: { cwd: yard.path("link") } });
    expect(seen()).toMatchObject({ cwd: yard.path("real"), env: { PWD: yard.path("real") } });
  });

  it("a program that acts by its name hears the name that was typed", async () => {
    const multi = yard.path("multi");
    execFileSync("cp", ["/bin/bash", multi]);
    symlinkSync("multi", yard.path("applet"));
    await yard.carryOut(["./applet", "-c", `printf %s "$0" > ${yard.path("name")}`]);
    expect(readFileSync(yard.path("name"), "utf8")).toBe(yard.path("applet"));
    await yard.carryOut(["./multi", "-c", `printf %s "$0" > ${yard.path("name")}`]);
    expect(readFileSync(yard.path("name"), "utf8")).toBe(multi);
  });
});

describe("X4: what comes as input was on no card", () => {
  let piped: Bundle;
  beforeAll(() => {
    piped = bundle("test/support/piped-command.ts");
  });
  afterAll(() => piped.remove());

  /** What a command has of what is piped into the gate. */
  const read = async (reason?: "approved" | "allowlisted" | "agent-unrestricted" | "confirmed") => {
    const { operation, environment } = await yard.resolve(["sh", "-c", "cat > seen"]);
    const given = JSON.stringify({ operation, environment, reason });
    execFileSync(process.execPath, [piped.file, given], { input: "EVIL" });
    return readFileSync(yard.path("seen"), "utf8");
  };

  it.each(["approved", "allowlisted", "agent-unrestricted", undefined] as const)(
    "a yes that was given before (%s): it is empty",
    async (reason) => expect(await read(reason)).toBe(""),
  );

  it("a yes of this moment: it is passed on", async () => {
    expect(await read("confirmed")).toBe("EVIL");
  });
});

describe("X2: what changed between the decision and the spawn is not run", () => {
  const mark = () => `touch ${yard.path("ran")}`;
  it.each<[string, () => string[], () => void]>([
    ["the executable", () => [yard.script("tool", "exit 0")], () => yard.script("tool", mark())],
    [
      "where a link leads",
      () => {
        yard.script("good", "exit 0");
        yard.script("evil", mark());
        symlinkSync("good", yard.path("tool"));
        return [yard.path("tool")];
      },
      () => {
        rmSync(yard.path("tool"));
        symlinkSync("evil", yard.path("tool"));
      },
    ],
    [
      "a script operand",
      () => ["sh", yard.file("a.sh", "exit 0")],
      () => yard.file("a.sh", mark()),
    ],
    [
      "a script that was not there yet",
      () => ["sh", "late.sh"],
      () => yard.file("late.sh", mark()),
    ],
    [
      "an earlier entry of PATH",
      () => {
        yard.script("b/tool", "exit 0");
        mkdirSync(yard.path("a"));
        return ["tool"];
      },
      () => yard.script("a/tool", mark()),
    ],
    [
      "whether it may be executed",
      () => [yard.script("tool", mark())],
      () => chmodSync(yard.path("tool"), 0o644),
    ],
  ])("%s", async (_, make, meanwhile) => {
    const env = { PATH: `${yard.path("a")}:${yard.path("b")}:${SYSTEM_PATH}` };
    const result = await yard.carryOut(make(), { context: { env }, meanwhile });
    expect(result).toMatchObject({
      outcome: "failed_no_effect",
      exitCode: 7,
      error: { code: "command-changed" },
    });
    expect(existsSync(yard.path("ran"))).toBe(false);
  });

  it("its directory was removed", async () => {
    mkdirSync(yard.path("sub"));
    const result = await yard.carryOut(["touch", yard.path("ran")], {
      context: { cwd: yard.path("sub") },
      meanwhile: () => rmSync(yard.path("sub"), { recursive: true }),
    });
    expect(result).toMatchObject({ exitCode: 7, error: { code: "command-changed" } });
    expect(existsSync(yard.path("ran"))).toBe(false);
  });

  it("what it does not depend on may change", async () => {
    writeFileSync(yard.path("other"), "1");
    const result = await yard.carryOut(["cat", yard.path("other")], {
      meanwhile: () => writeFileSync(yard.path("other"), ""),
    });
    expect(result).toMatchObject({ outcome: "succeeded", exitCode: 0 });
  });
});
