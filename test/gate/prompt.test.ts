import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cardText, judgeAnswer, questionText } from "../../src/gate/prompt.ts";
import type { Card } from "../../src/policy/card.ts";
import { cellWidth } from "../../src/system/cell-width.ts";
import { FUZZ_RUNS } from "../support/fuzz-runs.ts";

const CARD: Card = {
  question: "Delete workspace payments-dev?",
  rows: [
    { label: "target", text: "acme/payments-dev (ws-8ZkQ), app.terraform.io" },
    { label: "orphans", text: "42 resources: they keep running, unmanaged" },
  ],
  unknown: [],
};
const withText = (label: string, text: string): Card => ({
  ...CARD,
  rows: [...CARD.rows, { label, text }],
});
/** What stands where labels stand. */
const labelsIn = (text: string) =>
  text
    .split("\n")
    .slice(1)
    .map((line) => /^ {2}(\S+)/.exec(line)?.[1])
    .filter((label) => label !== undefined);

describe("the card on a terminal", () => {
  it("reads like a table", () => {
    expect(cardText(CARD, 80)).toBe(
      "Delete workspace payments-dev?\n" +
        "  target   acme/payments-dev (ws-8ZkQ), app.terraform.io\n" +
        "  orphans  42 resources: they keep running, unmanaged\n",
    );
  });

  it("on 20 columns, text goes below its label", () => {
    expect(cardText(CARD, 20)).toBe(
      [
        "Delete",
        "    workspace",
        "    payments-dev?",
        "  target",
        "    acme/payments-d",
        "    ev (ws-8ZkQ),",
        "    app.terraform.i",
        "    o",
        "  orphans",
        "    42 resources:",
        "    they keep",
        "    running,",
        "    unmanaged",
        "",
      ].join("\n"),
    );
  });

  it("Q2: a text padded to the edge of the terminal cannot pass for another row", () => {
    const forged = `locked by x${" ".repeat(58)}  loses    nothing${" ".repeat(2000)}  readers  nobody`;
    const text = cardText(withText("changed", forged), 80);
    expect(labelsIn(text)).toEqual(["target", "orphans", "changed"]);
    expect(text.split("\n").length).toBeLessThan(12);
  });

  it("Q2: what would push the rest off the screen is cut, and says so", () => {
    const text = cardText(withText("changed", "y".repeat(10_000)), 80);
    expect(text).toContain("… (9700 more characters)");
    expect(text.split("\n").length).toBeLessThan(12);
  });

  it("what will be sent is shown to the last space, and a command stays in one piece", () => {
    const body = `{"a":"b  c${" ".repeat(70)}d"}`;
    const shown = cardText(withText("body", body), 40).split("body")[1] ?? "";
    expect(shown.replace(/^ {5}/, "").replaceAll(/\n {11}|\n$/g, "")).toBe(body);
    const command = `holdfast api /workspaces/${"x".repeat(60)}/actions/safe-delete -X POST`;
    expect(cardText(withText("safer", command), 40)).toContain(command);
  });

  it("Q2: whatever others wrote, each line fits and only labels stand where labels stand", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({
        unit: fc.constantFrom(" ", "  ", "x", "日", "\n", "\t", "loses"),
        maxLength: 200,
      }),
    );
    fc.assert(
      fc.property(hostile, fc.integer({ min: 12, max: 120 }), (text, columns) => {
        const shown = cardText(
          { ...withText("changed", text), question: `Delete ${text}?` },
          columns,
        );
        const lines = shown.split("\n");
        expect(Math.max(...lines.map(cellWidth))).toBeLessThan(Math.max(columns, 11));
        expect(labelsIn(shown)).toEqual(["target", "orphans", "changed"]);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});

describe("the answer", () => {
  const typed: Card = { ...CARD, typedName: "payments-dev" };
  it.each([
    [CARD, "y", "yes"],
    [CARD, "YES ", "yes"],
    [CARD, "", "no"],
    [CARD, "yy", "no"],
    [typed, "y", "mismatch"],
    [typed, "payments-dev", "yes"],
    [typed, "Payments-dev", "mismatch"],
    [typed, "", "no"],
  ])("Q1: %j and %j is %s", (card, line, meaning) => {
    expect(judgeAnswer(card as Card, line as string)).toBe(meaning);
  });

  it("asks by the verb, or for the name", () => {
    expect(questionText(CARD)).toBe("Delete? [y/N] ");
    expect(questionText({ ...CARD, question: "Upload state: x?" })).toBe("Go ahead? [y/N] ");
    expect(questionText(typed)).toContain("Type payments-dev to go ahead");
  });
});
