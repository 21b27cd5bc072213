import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cardText } from "../../../src/gate/prompt.ts";
import {
  atThisTerminal,
  describeCommand,
  describeOperation,
} from "../../../src/operations/command/card.ts";
import { shownWord } from "../../../src/operations/command/shown-words.ts";
import { makeYard, type Yard } from "../../support/command-yard.ts";
import { fuzzRuns } from "../../support/fuzz-runs.ts";

let yard: Yard;
beforeAll(() => {
  yard = makeYard();
});
afterAll(() => yard.close());

const cardOf = async (...argv: string[]) => describeCommand(await yard.resolve(argv));
const argumentsOf = async (...argv: string[]) =>
  (await cardOf(...argv)).rows.filter(({ label }) => label === "argument").map(({ text }) => text);

describe("A1: the card shows the whole command", () => {
  it("question, file, arguments, directory, variables, files, why it destroys, agent", async () => {
    const card = await cardOf("rm", "-rf", "two words", "");
    expect(card.question).toBe("Run rm -rf 'two words' ''?");
    expect(await argumentsOf("rm", "-rf", "two words", "")).toEqual(["-rf", "'two words'", "''"]);
    const rows = Object.fromEntries(card.rows.map(({ label, text }) => [label, text]));
    expect(rows.runs).toBe("/usr/bin/rm");
    expect(rows.in).toBe(yard.directory);
    expect(rows.passes).toBe("HOME PATH PWD TERM");
    expect(rows.input).toBe("none: what is piped in is not passed on");
    expect(rows["known for"]).toContain("rm: ");
    expect(rows.agent).toBe("main (as it calls itself)");
    expect(card.truncated).toBeUndefined();
  });

  it("a long argument goes on in rows that no argument can imitate", async () => {
    const rows = await argumentsOf("ls", "x".repeat(2000), "(goes on) y");
    expect(rows.slice(1, -1).filter((row) => !/^\(goes on\) x+$/.test(row))).toEqual([]);
    expect(rows.map((row) => row.replace("(goes on) ", "")).join("")).toContain("x".repeat(2000));
    expect(rows.at(-1)).toBe("'(goes on) y'");
  });

  it("on a terminal nothing of an argument is missing, whatever is in it", async () => {
    const nasty = fc.string({ unit: "grapheme", maxLength: 600 });
    await fc.assert(
      fc.asyncProperty(nasty, async (text) => {
        if (text.includes("\0")) return;
        const shown = cardText(await cardOf("ls", text), 80);
        expect(shown).not.toContain("more characters)");
        expect(shown).toMatch(/^[\P{C}\n]*$/u);
      }),
      { numRuns: fuzzRuns(4) },
    );
  });
});

describe("A2: what cannot be shown whole cannot be approved", () => {
  it("more than a person reads", async () => {
    const card = await cardOf("ls", ...Array(100).fill("y".repeat(100)));
    expect(card.truncated).toBe(true);
    expect(card.rows.filter(({ label }) => label === "argument").at(-1)?.text).toMatch(/^\(cut: /);
  });

  it("8 KiB of it is still shown", async () => {
    expect((await cardOf("ls", "y".repeat(7900))).truncated).toBeUndefined();
  });

  it("what could not be pinned, though it is short", async () => {
    const card = await cardOf("sh", "/dev/stdin");
    expect(card.truncated).toBe(true);
    expect(card.unknown.join()).toContain("already open");
  });
});

describe("A1: no part of a word can pass for a row", () => {
  it.each<[string, string]>([
    ["blanks up to the next line", `a${" ".repeat(54)}known for  nothing`],
    ["wide blanks", `a${"\u3000".repeat(27)}agent\u00a0\u00a0main`],
    ["blank braille", `a${"\u2800".repeat(54)}in  safe`],
    ["a line end", "a\n  known for  nothing"],
  ])("%s in an argument, or in a directory's name", async (_, text) => {
    const card = await cardOf("ls", text);
    for (const columns of [80, 100, 200]) {
      const all = cardText(card, columns).split("\n");
      const lines = all.slice(
        all.findIndex((line) => line.startsWith("  runs")),
        -1,
      );
      // Every line is a row of ours, with its label.
      for (const line of lines) expect(line).toMatch(/^ {2}[a-z]/);
      const shown = lines.filter((line) => line.startsWith("  argument"));
      expect(shown.filter((line) => /\S {2,}\S/.test(line.slice(13)))).toEqual([]);
    }
    mkdirSync(yard.path(text));
    const within = describeCommand(await yard.resolve(["ls"], { cwd: yard.path(text) }));
    const rows = within.rows.filter(({ label }) => label === "in");
    const whole = rows.map((row) => row.text.replace("(goes on) ", "")).join("");
    expect(whole).toBe(shownWord(yard.path(text)));
    expect(whole).not.toMatch(/ {2,}|[\u3000\u2800]/);
  });

  it("what is shown is what a shell reads back", async () => {
    const text = fc.string({
      unit: fc.constantFrom(" ", "  ", "a", "'", "\\", "\t", "\u3000", "\u2800", "\n", "$"),
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 20 }), async (words) => {
        const line = `printf '%s\\0' x ${words.map(shownWord).join(" ")}`;
        const printed = execFileSync("bash", ["-c", line], { encoding: "utf8" });
        expect(printed.split("\0").slice(1, -1)).toEqual(words);
      }),
      { numRuns: fuzzRuns(10) },
    );
  });
});

describe("A3: the card is made from the operation alone", () => {
  it("as it comes back from a store, whatever else is stored beside it", async () => {
    const resolved = await yard.resolve(["env", "rm", "-rf", yard.file("kept", "x")]);
    const stored = JSON.parse(JSON.stringify(resolved.operation));
    expect(describeOperation(stored)).toEqual(describeCommand({ ...resolved, notes: [] }));
    const forged = { ...stored, title: "Run ls", impact: "read", reversibility: "reversible" };
    expect(describeOperation(forged)).toEqual(describeOperation(stored));
    const { unbindable: _, ...command } = stored.command;
    expect(describeOperation({ ...stored, command })).toEqual(describeOperation(stored));
  });

  it("A4: whoever answers where it runs is told that input is passed on", async () => {
    const rows = atThisTerminal(await cardOf("sh")).rows;
    expect(rows.filter(({ label }) => label === "input")).toEqual([
      { label: "input", text: expect.stringContaining("passed on from where this runs") },
    ]);
  });
});
