import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  argPatternOf,
  argPatternProblem,
  argumentsMatch,
  describeBreadth,
  wordsPattern,
} from "../../src/policy/allowlist-arguments.ts";
import { FUZZ_RUNS } from "../support/fuzz-runs.ts";

const bound = (
  args: readonly string[],
  cwd = "/srv",
  files: Record<string, string> = {},
  environment: Record<string, string> = {},
) => ({ args, cwd, files, environment });

describe("M1: a digest", () => {
  const word = fc.string({
    unit: fc.constantFrom("a", "1", ":", " ", "\u0000", "é"),
    maxLength: 5,
  });
  const command = fc.record({
    args: fc.array(word, { maxLength: 4 }),
    cwd: word,
    files: fc.dictionary(word, word, { maxKeys: 3 }),
    environment: fc.dictionary(word, word, { maxKeys: 3 }),
  });

  it("is the same for the same command, and for no other", () => {
    fc.assert(
      fc.property(command, command, (one, other) => {
        const plain = (it: typeof one) =>
          JSON.stringify([
            it.args,
            it.cwd,
            Object.entries(it.files).sort(),
            Object.entries(it.environment).sort(),
          ]);
        expect(argPatternOf(one) === argPatternOf(other)).toBe(plain(one) === plain(other));
        expect(argumentsMatch(argPatternOf(one), one)).toBe(true);
      }),
      { numRuns: FUZZ_RUNS * 5 },
    );
  });

  it.each<[string, Parameters<typeof argPatternOf>[0], ReturnType<typeof bound>]>([
    ["where a word ends", bound(["a", "bc"]), bound(["ab", "c"])],
    ["one word with a space", bound(["a b"]), bound(["a", "b"])],
    ["an empty word", bound([""]), bound([])],
    ["a word that looks like a length", bound(["1:a"]), bound(["1", "a"])],
    ["an argument or the directory", bound(["/srv"], ""), bound([], "/srv")],
    ["another directory", bound(["apply"], "/prod"), bound(["apply"], "/dev")],
    ["the name it is called by", { ...bound(["x"]), calledAs: "/bin/awk" }, bound(["x"])],
    ["their order", bound(["a", "b"]), bound(["b", "a"])],
    ["a variable's value", bound([], "/", {}, { HOME: "1" }), bound([], "/", {}, { HOME: "2" })],
    ["a variable that is not there", bound([], "/", {}, { HOME: "1" }), bound([], "/", {}, {})],
    ["a file or a variable", bound([], "/", { HOME: "1" }), bound([], "/", {}, { HOME: "1" })],
    ["a file that is not there", bound([], "/", { "/s": "00" }), bound([], "/", {})],
  ])("tells apart: %s", (_, one, other) => {
    expect(argPatternOf(one)).not.toBe(argPatternOf(other));
  });

  it("does not depend on the order in which files were found", () => {
    expect(argPatternOf(bound([], "/", { "/a": "1", "/b": "2" }))).toBe(
      argPatternOf(bound([], "/", { "/b": "2", "/a": "1" })),
    );
  });

  it("107683: an edited script is another command", () => {
    const before = bound(["deploy.sh"], "/srv", { "/srv/deploy.sh": "aa" });
    const edited = bound(["deploy.sh"], "/srv", { "/srv/deploy.sh": "bb" });
    expect(argumentsMatch(argPatternOf(before), before)).toBe(true);
    expect(argumentsMatch(argPatternOf(before), edited)).toBe(false);
  });
});

it("M2: words say nothing of variables", () => {
  const pattern = wordsPattern(["get", "pods"]);
  for (const HOME of ["1", "2"])
    expect(argumentsMatch(pattern, bound(["get", "pods"], "/srv", {}, { HOME }))).toBe(true);
});

describe("M2: words", () => {
  it.each<[boolean, readonly string[], readonly string[]]>([
    [true, ["get", "pods"], ["get", "pods"]],
    [false, ["get", "pods"], ["get", "pods", "-A"]],
    [false, ["get", "pods"], ["get"]],
    [false, ["get pods"], ["get", "pods"]],
    [false, ["get"], ["GET"]],
    [true, ["get", "*"], ["get", "pods"]],
    [true, ["get", "*"], ["get", ""]],
    [false, ["get", "*"], ["get"]],
    [false, ["get", "*"], ["get", "pods", "-A"]],
    [true, ["get", "**"], ["get"]],
    [true, ["get", "**"], ["get", "pods", "-A"]],
    [false, ["get", "**"], ["delete", "pods"]],
    [true, ["*", "**"], ["anything"]],
    [false, ["*", "**"], []],
    [true, [], []],
    [false, [], ["-A"]],
    [false, ["po*"], ["pods"]],
    [true, ["po*"], ["po*"]],
    [false, [".*"], ["delete"]],
    [false, ["get"], ["get\n"]],
  ])("%s: %j on %j", (expected, words, args) => {
    expect(argumentsMatch(wordsPattern(words), bound(args))).toBe(expected);
  });

  it("W1109, 48590: a yes to one argument is no yes to another", () => {
    const whoami = argPatternOf(bound([]));
    expect(argumentsMatch(whoami, bound(["/priv"]))).toBe(false);
    expect(argumentsMatch(wordsPattern([]), bound(["/priv"]))).toBe(false);
    expect(argumentsMatch(argPatternOf(bound(["safe.py"])), bound(["evil.py"]))).toBe(false);
    expect(argumentsMatch(wordsPattern(["safe.py"]), bound(["evil.py"]))).toBe(false);
  });

  it.each([
    "",
    "get pods",
    "^get .*$",
    "null",
    '"get"',
    "{}",
    '{"0":"get"}',
    '["get",1]',
    '[["get"]]',
    '["**","get"]',
    `["${"a".repeat(20_000)}"]`,
    JSON.stringify(Array.from({ length: 257 }, () => "a")),
    `sha256:${"A".repeat(64)}`,
    `sha256:${"a".repeat(63)}`,
    `sha256:${"a".repeat(64)}\n`,
    `xsha256:${"a".repeat(64)}`,
  ])("82950: nothing else is an argPattern, a regular expression least: %j", (text) => {
    expect(argPatternProblem(text)).toBeDefined();
    expect(argumentsMatch(text, bound(["get", "pods"]))).toBe(false);
  });

  it("wordsPattern says why words cannot be one", () => {
    expect(() => wordsPattern(["**", "x"])).toThrow("can only be the last");
  });
});

describe("137452: how much an entry covers, in words", () => {
  it.each([
    [{ origin: "added" as const }, "any arguments"],
    [{ origin: "approved" as const }, "nothing: it is not bound to its arguments"],
    [
      { origin: "approved" as const, argPattern: '["get"]' },
      "nothing: it is not bound to its arguments",
    ],
    [
      { origin: "approved" as const, argPattern: `sha256:${"a".repeat(64)}` },
      "exactly these arguments",
    ],
    [{ origin: "added" as const, argPattern: "[]" }, "no arguments"],
    [{ origin: "added" as const, argPattern: '["get","pods"]' }, "these words: get pods"],
    [{ origin: "added" as const, argPattern: '["get","*"]' }, "these words: get *, * any one"],
    [
      { origin: "added" as const, argPattern: '["a b","*","**"]' },
      "these words: 'a b' * **, * any one, ** any more",
    ],
    [
      { origin: "added" as const, argPattern: '["\\u001b[2J\\u202e"]' },
      "these words: $'\\x1b[2J\\xe2\\x80\\xae'",
    ],
  ])("%j: %s", (entry, text) => {
    expect(describeBreadth(entry)).toBe(text);
  });
});
