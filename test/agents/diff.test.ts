// What is shown is what happens: patch makes the one text of the other.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unifiedDiff } from "../../src/agents/diff.ts";

const whole = (text: string) => text;

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);

describe("a difference", () => {
  it("is as diff -u has it", () => {
    const directory = mkdtempSync(join(tmpdir(), "hf-diff-"));
    try {
      const many = lines(40);
      const cases: [string, string][] = [
        ["a\nb\nc\n", "a\nx\nc\n"],
        ["", "a\nb\n"],
        ["a\nb\n", ""],
        [
          `${many.join("\n")}\n`,
          `${[...many.slice(0, 3), "new", ...many.slice(3, 30), "newer", ...many.slice(31)].join("\n")}\n`,
        ],
        ["a\nb", "a\nb\n"],
        ["a", "b"],
      ];
      for (const [before, after] of cases) {
        writeFileSync(join(directory, "a"), before);
        writeFileSync(join(directory, "b"), after);
        const { stdout } = spawnSync("diff", ["-u", "a", "b"], {
          cwd: directory,
          encoding: "utf8",
        });
        const expected = stdout
          .split("\n")
          .slice(2)
          .join("\n")
          .replace(/^@@ -(\d+) /gm, "@@ -$1,1 ")
          .replace(/^(@@ \S+ \+\d+) /gm, "$1,1 ");
        expect(unifiedDiff("f", before, after, whole).split("\n").slice(2).join("\n")).toBe(
          expected,
        );
      }
      expect(readFileSync(join(directory, "a"), "utf8")).toBe("a");
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it("is nothing where there is none", () => {
    expect(unifiedDiff("f", "a\n", "a\n", whole)).toBe("");
  });

  it("says what is made and what is removed", () => {
    expect(unifiedDiff("f", undefined, "a\n", whole)).toBe(
      "--- /dev/null\n+++ f\n@@ -0,0 +1,1 @@\n+a\n",
    );
    expect(unifiedDiff("f", "a\n", undefined, whole)).toBe(
      "--- f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n",
    );
  });

  it("shows what may be seen of a line that is the same in both, and of one that is not", () => {
    const text = unifiedDiff("f", "a 1\n\tb 2\nc 3", "a 1\n\tb 4\nc 3", (all) =>
      all.replace(/\d/g, "..."),
    );
    expect(text).toContain(" a ...\n-    b ...\n+    b ...\n c ...\n\\ No newline");
  });

  it("shows two texts that have nothing in common, however long", () => {
    const [before, after] = [lines(3000), lines(3000).map((line) => `other ${line}`)].map(
      (all) => `${all.join("\n")}\n`,
    ) as [string, string];
    const text = unifiedDiff("f", before, after, whole);
    expect(text.split("\n").filter((line) => line.startsWith("-"))).toHaveLength(3001);
  });
});
