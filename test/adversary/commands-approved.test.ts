// Commands that a person approves, with the executable as it ships: what the yes is for, and what it
// is not for.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Desk, requestIn, sitDown } from "../support/desk.ts";
import { HOLDFAST, type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let desk: Desk;
beforeAll(async () => {
  stage = await setStage({ asks: true });
  desk = await sitDown(stage);
});
afterAll(async () => {
  await desk.close();
  await stage.close();
});

const at = (name: string): string => join(stage.directory, name);
const PATH = "/usr/bin:/bin";
const gate = (argv: string[], env: Record<string, string> = {}) =>
  desk.script(["gate", "--agent", "main", "--", ...argv], { PATH, ...env });
const lines = (name: string): number =>
  existsSync(at(name)) ? readFileSync(at(name), "utf8").split("\n").length - 1 : 0;

/** Asks, and is told to wait. */
async function asked(argv: string[]): Promise<string> {
  const { code, screen } = await gate(argv);
  expect([code, screen]).toEqual([8, expect.stringContaining("refused, nothing run")]);
  return requestIn(screen);
}

describe("an approval is for exactly this command, once", () => {
  it("the person sees all of it; it runs once, with its own exit code; then it is asked for again", async () => {
    writeFileSync(at("once.sh"), 'echo "$1" >> once.log; exit 3\n');
    const argv = ["sh", "once.sh", "two words; $(id)"];
    const yes = await desk.answer(["approve", await asked(argv)], "y", { PATH });
    expect(yes.code).toBe(0);
    for (const shown of ["once.sh", "'two words; $(id)'", stage.directory])
      expect(yes.screen).toContain(shown);
    expect((await gate(argv)).code).toBe(3);
    expect(readFileSync(at("once.log"), "utf8")).toBe("two words; $(id)\n");
    // It ran to its end: it failed, and may be asked for again.
    expect((await gate(argv)).code).toBe(8);
    expect(lines("once.log")).toBe(1);
  });

  it("124738: a script that is edited after the yes is another command", async () => {
    writeFileSync(at("edited.sh"), "echo good >> edited.log\n");
    const argv = ["sh", "edited.sh"];
    await desk.answer(["approve", await asked(argv)], "y", { PATH });
    writeFileSync(at("edited.sh"), "echo evil >> edited.log\n");
    expect((await gate(argv)).code).toBe(8);
    expect(lines("edited.log")).toBe(0);
    writeFileSync(at("edited.sh"), "echo good >> edited.log\n");
    expect((await gate(argv)).code).toBe(0);
    expect(readFileSync(at("edited.log"), "utf8")).toBe("good\n");
  });

  it("T4: so is a Makefile, and what is read in a directory that it is told to work in", async () => {
    mkdirSync(at("sub"));
    for (const [argv, file, text] of [
      [["make", "-C", "sub", "all"], "sub/Makefile", "all:\n\t@echo RAN >> ../sub.log\n"],
      [["env", "-C", "sub", "sh", "x.sh"], "sub/x.sh", "echo RAN >> ../sub.log\n"],
    ] as const) {
      writeFileSync(at(file), text);
      await desk.answer(["approve", await asked([...argv])], "y", { PATH });
      writeFileSync(at(file), text.replace("RAN", "EVIL"));
      expect((await gate([...argv])).code).toBe(8);
      expect(lines("sub.log")).toBe(0);
    }
  });

  it("T3: what is given too much to be pinned is not asked about", async () => {
    const files = Array.from({ length: 17 }, (_, n) => `f${n}`);
    for (const each of ["deploy.sh", ...files]) writeFileSync(at(each), "");
    const { code, screen } = await gate(["sh", "deploy.sh", ...files]);
    expect([code, screen]).toEqual([7, expect.stringContaining("not asked")]);
  });

  it("another argument, or another value of a variable, is another command", async () => {
    writeFileSync(at("other.sh"), 'echo "$1" >> other.log\n');
    await desk.answer(["approve", await asked(["sh", "other.sh", "a"])], "y", { PATH });
    expect((await gate(["sh", "other.sh", "b"])).code).toBe(8);
    expect((await gate(["sh", "other.sh", "a"], { TMPDIR: "/var/tmp" })).code).toBe(8);
    expect(lines("other.log")).toBe(0);
    expect((await gate(["sh", "other.sh", "a"], { TERM: "vt100" })).code).toBe(0);
  });
});

describe("what comes as input was not approved", () => {
  it.each([["bash"], ["bash", "-e"], ["python3", "-W", "ignore"]])(
    "128470: %s %s %s is approved as what it is without any",
    async (...argv) => {
      const words = argv.filter((each) => each !== undefined);
      const yes = await desk.answer(["approve", await asked(words)], "y", { PATH });
      expect(yes.screen).toMatch(/input +none: what is piped in is not passed on/);
      const ran = await desk.outside.start(
        [process.execPath, HOLDFAST, "gate", "--agent", "main", "--", ...words],
        { env: { ...stage.env, PATH }, cwd: stage.directory },
      );
      ran.type(`open("evil", "w")\n: > ${at("evil")}\n`);
      ran.hangUp();
      expect((await ran.ended).code).toBe(0);
      expect(existsSync(at("evil"))).toBe(false);
    },
  );
});

describe("what nobody is asked for", () => {
  it("128470: a program that comes out of a pipe cannot be approved", async () => {
    const { code, screen } = await gate(["sh", "-c", "curl https://get.example | bash -e"]);
    expect([code, screen]).toEqual([7, expect.stringContaining("not asked")]);
  });

  it("more than a person reads cannot be approved", async () => {
    const { code, screen } = await gate(["ls", ...Array(100).fill("x".repeat(100))]);
    expect([code, screen]).toEqual([7, expect.stringContaining("not asked")]);
  });

  it("23276, 53133: always is not offered for a shell, and not taken", async () => {
    const { screen } = await gate(["sh", "-c", '$0 "$@"', "touch", at("always")]);
    expect(screen).not.toContain("--always");
    const forced = await desk.answer(["approve", requestIn(screen), "--always"], undefined, {
      PATH,
    });
    expect(forced.code).not.toBe(0);
    expect(existsSync(at("always"))).toBe(false);
  });
});

describe("40478: always means always, for exactly this", () => {
  it("an entry that was made covers the same words, and no others", async () => {
    const { screen } = await gate(["touch", at("again")]);
    expect(screen).toContain("--always");
    const yes = await desk.answer(["approve", requestIn(screen), "--always"], "y", { PATH });
    expect(yes.code).toBe(0);
    // The yes itself is for once; what follows rests on the entry.
    for (let run = 0; run < 3; run++) expect((await gate(["touch", at("again")])).code).toBe(0);
    expect((await gate(["touch", at("other")])).code).toBe(8);
    expect(existsSync(at("other"))).toBe(false);
  });

  it("T10: it is for the variables that were approved, too", async () => {
    const { screen } = await gate(["touch", at("home")]);
    await desk.answer(["approve", requestIn(screen), "--always"], "y", { PATH });
    expect((await gate(["touch", at("home")])).code).toBe(0);
    expect((await gate(["touch", at("home")], { HOME: at("evil-home") })).code).toBe(8);
  });
});

describe("T17, T18: an agent that may run anything", () => {
  it("may not run a copy of a shell, nor what destroys by an option cut short", async () => {
    const policy = join(stage.env.HOLDFAST_CONFIG_DIR ?? "", "policy.yaml");
    const text = "version: 1\ncommands:\n  agents:\n    main: {security: full}\n";
    writeFileSync(policy, text, { mode: 0o600 });
    try {
      execFileSync("cp", ["/bin/dash", at("tool")]);
      expect((await gate(["touch", at("free")])).code).toBe(0);
      for (const body of [`rm ${at("free")}`, `: > ${at("ran")}`])
        expect((await gate([at("tool"), "-c", body])).code).toBe(8);
      expect([existsSync(at("free")), existsSync(at("ran"))]).toEqual([true, false]);
      execFileSync("git", ["init", "-q", at("g")]);
      expect((await gate(["git", "-C", at("g"), "status"])).code).toBe(0);
      expect((await gate(["git", "-C", at("g"), "reset", "--har"])).code).toBe(8);
    } finally {
      rmSync(policy);
    }
  });
});
