import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cardText } from "../../../src/gate/prompt.ts";
import { describeCommand } from "../../../src/operations/command/card.ts";
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
    expect(rows.passes).toBe("HOME PATH TERM PWD");
    expect(rows["known for"]).toContain("rm: ");
    expect(rows.agent).toBe("main (as it calls itself)");
    expect(card.truncated).toBeUndefined();
  });

  it("a long argument goes on in rows that no argument can imitate", async () => {
    const rows = await argumentsOf("ls", "x".repeat(2000), "(goes on) y");
    expect(rows).toHaveLength(4);
    expect(rows[1]).toMatch(/^\(goes on\) x+$/);
    expect(rows[3]).toBe("'(goes on) y'");
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

  it("a program that comes as input", async () => {
    const card = await cardOf("sh");
    expect(card.truncated).toBe(true);
    expect(card.unknown.join()).toContain("comes as its input");
  });
});
