import { describe, expect, it } from "vitest";
import { counted, joined, listed, relativeTime } from "../../../src/hcp/loss/wording.ts";

const NOW = new Date("2030-01-10T12:00:00Z");

describe("relativeTime", () => {
  it.each([
    ["2030-01-10T12:00:00Z", "just now"],
    ["2030-01-10T11:59:01Z", "just now"],
    ["2030-01-10T11:59:00Z", "1 minute ago"],
    ["2030-01-10T09:00:00.000Z", "3 hours ago"],
    ["2030-01-09T12:00:00Z", "1 day ago"],
    ["2028-01-10T12:00:00Z", "2 years ago"],
    ["2030-01-10T14:30:00Z", "in 2 hours"],
    ["2030-01-10T09:00:00+02:00", "5 hours ago"],
    ["yesterday", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%s is %s", (timestamp, words) => expect(relativeTime(timestamp, NOW)).toBe(words));
});

describe("lists and counts", () => {
  it.each([
    [["a"], 1, "a"],
    [["a", "b"], 2, "a, b"],
    [["a", "b", "c", "d", "e", "f"], 6, "a, b, c, d, e and 1 more"],
    [["a"], 9, "a and 8 more"],
    [["a", "b"], 0, "a, b"],
  ])("%j of %i", (names, total, text) => expect(listed(names, total)).toBe(text));

  it("counts one and many", () => {
    expect([counted(1, "policy", "policies"), counted(0, "team")]).toEqual(["1 policy", "0 teams"]);
  });

  it("leaves out what is not there", () => {
    expect([joined(["a", undefined, "", "b"], "; "), joined([undefined])]).toEqual([
      "a; b",
      undefined,
    ]);
  });
});
