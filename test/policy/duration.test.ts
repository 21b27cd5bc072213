import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDuration } from "../../src/policy/duration.ts";
import { FUZZ_RUNS } from "../support/fuzz-runs.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe("durations as people type them", () => {
  it.each([
    ["90s", 90 * SECOND],
    ["30m", 30 * MINUTE],
    ["8h", 8 * HOUR],
    ["1h30m", 90 * MINUTE],
    ["2d", 48 * HOUR],
    ["1d1h1m1s", 25 * HOUR + 61 * SECOND],
    [" 8h ", 8 * HOUR],
    ["08h", 8 * HOUR],
  ])("%j is %i ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    "",
    " ",
    "0s",
    "0h0m",
    "8",
    "h",
    "8H",
    "-8h",
    "1.5h",
    "8h 30m",
    "30m8h",
    "8h8h",
    "1e3s",
  ])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each(["8 h", "8h\n9h", "٨h", "9999999999h", "1000d", "99999h"])(
    "%j is none either",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it("is a whole number of milliseconds above zero, or none, whatever the text", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.stringMatching(/^(\d{0,8}[dhms]){0,5}$/),
    );
    fc.assert(
      fc.property(text, (typed) => {
        const ms = parseDuration(typed);
        expect(ms === undefined || (Number.isSafeInteger(ms) && ms >= SECOND)).toBe(true);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
