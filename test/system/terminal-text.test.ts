import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visible, visibleLines } from "../../src/system/terminal-text.ts";
import { FUZZ_RUNS } from "../support/fuzz-runs.ts";

describe("T1: nothing hides", () => {
  it.each([
    ["\x1b[2K\rsafe", "\\x1b[2K\\x0dsafe"],
    ["a\nb", "a\\x0ab"],
    ["\u009b31m", "\\x9b31m"],
    ["a\u202eb", "a\\u{202e}b"],
    ["\u2066a\u2069", "\\u{2066}a\\u{2069}"],
    ["a\u200bb", "a\\u{200b}b"],
    ["\ufeffa", "\\u{feff}a"],
    ["soft\u00adhyphen", "soft\\xadhyphen"],
    ["\u2028\u2029", "\\u{2028}\\u{2029}"],
    ["\ud800", "\\u{d800}"],
    ["tag\u{e0041}", "tag\\u{e0041}"],
    ["a\u3164b", "a\\u{3164}b"],
    ["a\u2800b", "a\\u{2800}b"],
    ["private\ue000", "private\\u{e000}"],
    ["z\u0301\u0301\u0301\u0301\u0302", "z\u0301\u0301\u0301\\u{301}\\u{302}"],
    ["é ü 日本 👍", "é ü 日本 👍"],
    ["plain text", "plain text"],
    ["", ""],
  ])("%j is shown as %s", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it("whatever the text, what is shown has no character that hides, and nothing is shown twice", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(text, (original) => {
        const shown = visible(original);
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
        expect(visible(shown)).toBe(shown);
        expect(visibleLines(original)).not.toMatch(/[^\P{C}\n]/u);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it("keeps line ends where there are meant to be several", () => {
    expect(visibleLines("a\r\nb\nc\rd\x1b")).toBe("a\nb\nc\\x0dd\\x1b");
  });
});
