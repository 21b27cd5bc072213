import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globMatches, patternProblem } from "../../src/policy/allowlist-glob.ts";
import { FUZZ_RUNS } from "../support/fuzz-runs.ts";

/** The same rule said as directly as possible, however long it takes: tries every way to match. */
function naive(pattern: string, path: string): boolean {
  const wanted = pattern.replace(/^\//, "").split("/");
  return segments(wanted, path.slice(1).split("/"));
}

function segments(wanted: readonly string[], found: readonly string[]): boolean {
  const [want, ...rest] = wanted;
  if (want === undefined) return found.length === 0;
  if (want === "**") {
    if (rest.length === 0) return found.length > 0;
    return found.some((_, at) => segments(rest, found.slice(at))) || segments(rest, []);
  }
  const [first, ...others] = found;
  return first !== undefined && characters(want, first) && segments(rest, others);
}

function characters(want: string, found: string): boolean {
  if (want === "") return found === "";
  if (want[0] === "*")
    return characters(want.slice(1), found) || (found !== "" && characters(want, found.slice(1)));
  return (
    found !== "" &&
    (want[0] === "?" || want[0] === found[0]) &&
    characters(want.slice(1), found.slice(1))
  );
}

const segment = fc.string({
  unit: fc.constantFrom("a", "b", "A", "."),
  minLength: 1,
  maxLength: 4,
});
const path = fc
  .array(segment, { minLength: 1, maxLength: 6 })
  .map((parts) => `/${parts.join("/")}`);
const wild = fc.oneof(
  fc.constant("**"),
  fc.string({ unit: fc.constantFrom("a", "b", "A", "*", "?"), minLength: 1, maxLength: 5 }),
);
const pattern = fc
  .tuple(fc.constantFrom("/", "**/"), fc.array(wild, { minLength: 1, maxLength: 6 }))
  .map(([start, parts]) => `${start}${parts.join("/")}`)
  .filter((text) => patternProblem(text) === undefined);

describe("L1: what a pattern matches", () => {
  it("is what trying every way finds, for any pattern and path", () => {
    let matched = 0;
    fc.assert(
      fc.property(pattern, path, (glob, at) => {
        const expected = naive(glob, at);
        if (expected) matched++;
        expect(globMatches(glob, at)).toBe(expected);
      }),
      { numRuns: FUZZ_RUNS * 20 },
    );
    expect(matched).toBeGreaterThan(FUZZ_RUNS / 2);
  });

  it("is at least the path that it was made from by putting in wildcards", () => {
    fc.assert(
      fc.property(path, fc.infiniteStream(fc.constantFrom("*", "?", undefined)), (at, stars) => {
        const glob = [...at]
          .map((character) => (character === "/" ? "/" : (stars.next().value ?? character)))
          .join("")
          .replace(/\*{2,}/g, "*");
        if (patternProblem(glob) !== undefined) return;
        expect(globMatches(glob, at)).toBe(true);
      }),
      { numRuns: FUZZ_RUNS * 5 },
    );
  });

  it.each<[boolean, string, string]>([
    [true, "/usr/bin/kubectl", "/usr/bin/kubectl"],
    [false, "/usr/bin/kubectl", "/usr/bin/kubectl2"],
    [false, "/usr/bin/kubectl", "/opt/usr/bin/kubectl"],
    [true, "/usr/bin/kube*", "/usr/bin/kubectl"],
    [true, "/usr/bin/kube*", "/usr/bin/kube"],
    [false, "/usr/bin/*", "/usr/bin/sub/kubectl"],
    [false, "/usr/*", "/usr/bin/kubectl"],
    [true, "/opt/**/bin/tool", "/opt/bin/tool"],
    [true, "/opt/**/bin/tool", "/opt/a/b/bin/tool"],
    [false, "/opt/**/bin/tool", "/opt/abin/tool"],
    [true, "**/tool", "/tool"],
    [true, "**/tool", "/a/b/tool"],
    [false, "**/tool", "/a/b/mytool"],
    [true, "/opt/**", "/opt/a/b"],
    [false, "/opt/**", "/opt"],
    [true, "/opt/t?ol", "/opt/t\u{1f600}ol"],
    [false, "/opt/t?ol", "/opt/tol"],
    [false, "/opt/tool", "opt/tool"],
    [true, "/opt/[a].b+(c)", "/opt/[a].b+(c)"],
    [false, "/opt/[ab]", "/opt/a"],
    [false, "/opt/to.l", "/opt/tool"],
    [false, "/opt/tool", "/opt/tool\n"],
  ])("%s: %s on %s", (expected, glob, at) => {
    expect(globMatches(glob, at)).toBe(expected);
  });

  it("43798: ? and * never cross a slash, and case counts", () => {
    expect(globMatches("/usr/bin?kubectl", "/usr/bin/kubectl")).toBe(false);
    expect(globMatches("/usr*kubectl", "/usr/bin/kubectl")).toBe(false);
    expect(globMatches("/usr/bin/Kubectl", "/usr/bin/kubectl")).toBe(false);
    expect(globMatches("/usr/bin/KUBE*", "/usr/bin/kubectl")).toBe(false);
  });
});

describe("L2: 82950: no pattern hangs", () => {
  // Trying every way would take longer than there is time.
  it.each([
    ["stars in a segment", `/${"*a".repeat(500)}b`, `/${"a".repeat(4000)}`],
    ["segments", `/${"**/a/".repeat(150)}b`, `${"/a".repeat(1500)}`],
    ["both", `/${"**/*a*a/".repeat(100)}b`, `${"/aaaaaaaa".repeat(400)}`],
    ["question marks", `/${"?*".repeat(500)}b`, `/${"a".repeat(4000)}`],
  ])("%s", (_, glob, at) => {
    expect(patternProblem(glob)).toBeUndefined();
    expect(globMatches(glob, at)).toBe(false);
  });
});

describe("L3: what is no pattern", () => {
  it("71315: a bare name, with the reason", () => {
    expect(patternProblem("kubectl")).toContain("is a bare name");
    expect(patternProblem("*")).toContain("is a bare name");
    expect(patternProblem("**")).toContain("is a bare name");
  });

  it.each([
    ["", "empty"],
    ["bin/kubectl", "neither / nor **/"],
    ["./kubectl", "neither / nor **/"],
    ["~/bin/kubectl", "neither / nor **/"],
    ["*/kubectl", "neither / nor **/"],
    ["/usr//bin", "empty segment"],
    ["/usr/bin/", "empty segment"],
    ["/", "empty segment"],
    ["/usr/../bin/x", "dot segment"],
    ["/usr/./x", "dot segment"],
    ["/usr/b**n/x", "inside a segment"],
    ["/usr/***/x", "inside a segment"],
    ["/usr/bin/x\n", "cannot be seen"],
    ["/usr/bin/\u0000", "cannot be seen"],
    ["/usr/bin/\ud800", "cannot be seen"],
    [`/${"a".repeat(1024)}`, "longer than"],
  ])("%j: %s", (text, clause) => {
    expect(patternProblem(text)).toContain(clause);
  });

  it("whatever is a pattern can match something", () => {
    fc.assert(
      fc.property(pattern, (glob) => {
        const at = `/${glob.replace(/^\//, "")}`.replaceAll("**", "x").replaceAll(/[*?]/g, "y");
        expect(globMatches(glob, at)).toBe(true);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
