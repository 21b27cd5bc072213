// Codex's file: a block of ours at its end, and nothing that is not understood.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TomlPart } from "../../src/agents/agent.ts";
import { putToml, takeToml, tomlState, tomlString } from "../../src/agents/toml-block.ts";
import { tomlNames } from "../../src/agents/toml-read.ts";
import { fuzzRuns } from "../support/fuzz-runs.ts";

const part: TomlPart = {
  part: "gateway",
  kind: "toml",
  path: "/c.toml",
  table: ["mcp_servers", "holdfast"],
  lines: ["[mcp_servers.holdfast]", `command = ${tomlString('/a "b"/it\'s\\node')}`],
};

const WHOLE = `# my settings
model = "gpt" # a comment
sandbox.mode = 'literal \\ text'
"quoted key" = 1_000
numbers = [ 0xff, -1.5e3, inf, +nan, # inside
  1979-05-27T07:32:00Z, 07:32:00, 1979-05-27 ]
long = """
[mcp_servers.holdfast]
a \\""" b"""
other = '''[mcp_servers.holdfast]'''
point = { x = 1, "y" = [true, false], z.z = {} }

[mcp_servers.other]
command = "x"
[[array]]
[mcp_servers."with space"]
env = { TOKEN = "secret" }
`;

describe("the reader", () => {
  it("finds every name in what it understands", () => {
    const names = tomlNames("/c.toml", WHOLE).map(({ path, line }) => `${path.join("/")}:${line}`);
    expect(names).toContain("model:2");
    expect(names).toContain("point/z/z:11");
    expect(names).toContain("mcp_servers/with space/env/TOKEN:17");
    expect(names.filter((name) => name.includes("holdfast"))).toEqual([]);
  });

  it.each([
    ["a =", 1],
    ["a = 1\nb", 2],
    ["\n[a", 2],
    ["[[a]", 1],
    ["a = 1 b = 2", 1],
    ['a = "x', 1],
    ['a = """x', 1],
    ["a = [1", 1],
    ["a = {b}", 1],
    ["a = yes", 1],
    ['a = "\\q"', 1],
    ["= 1", 1],
    ["{}", 1],
    [`a = ${"[".repeat(100)}`, 1],
  ])("refuses %j, and says where", (text, line) => {
    expect(() => tomlNames("/c.toml", text)).toThrow(new RegExp(`^/c\\.toml:${line}: `));
  });

  it("never throws anything but that", () => {
    const piece = fc.constantFrom(
      "[",
      "]",
      "a",
      ".",
      "=",
      '"',
      "'",
      '"""',
      "'''",
      "\n",
      "{",
      "}",
      ",",
      "1",
      "#",
      "\\",
      " ",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join("")),
        ),
        (text) => {
          try {
            tomlNames("/c.toml", text);
          } catch (error) {
            expect((error as Error).message).toMatch(/^\/c\.toml:\d+: /);
          }
        },
      ),
      { numRuns: fuzzRuns(1, 200) },
    );
  });
});

describe("the block", () => {
  it.each([
    ["nothing", ""],
    ["a file", WHOLE],
    ["a file without a line end", WHOLE.trimEnd()],
    ["Windows line ends", WHOLE.replaceAll("\n", "\r\n")],
    ["only a comment", "# x"],
  ])("B1: goes into %s, once, and out again", (_, text) => {
    const after = putToml(text, part);
    expect(after.startsWith(text)).toBe(true);
    expect(tomlState(after, part)).toBe("same");
    expect(putToml(after, part)).toBe(after);
    expect(tomlNames("/c.toml", after).some(({ path }) => path[1] === "holdfast")).toBe(true);
    expect(takeToml(after, part)).toBe(text === "" ? undefined : text);
  });

  it("B1: what others add meanwhile stays", () => {
    const after = putToml(WHOLE, part).replace('model = "gpt"', 'model = "new"');
    const more = `${after}[mcp_servers.late]\ncommand = "y"\n`;
    expect(takeToml(more, part)).toBe(
      `${WHOLE.replace('"gpt"', '"new"')}[mcp_servers.late]\ncommand = "y"\n`,
    );
  });

  it("an older one is replaced in its place", () => {
    const older = putToml(WHOLE, { ...part, lines: ["[mcp_servers.holdfast]", 'command = "old"'] });
    expect(tomlState(older, part)).toBe("other");
    expect(putToml(older, part)).toBe(putToml(WHOLE, part));
  });

  it.each([
    ["[mcp_servers.holdfast]\n", 1],
    ["\n[\"mcp_servers\" . 'holdfast']\n", 2],
    ['mcp_servers.holdfast.command = "x"\n', 1],
    ['[mcp_servers]\nholdfast = { command = "x" }\n', 2],
    ["mcp_servers = {}\n", 1],
    ["[mcp_servers.holdfast.env]\n", 1],
    ["[[mcp_servers.holdfast]]\n", 1],
  ])("B2: %j is somebody else's", (text, line) => {
    expect(() => putToml(text, part)).toThrow(new RegExp(`^/c\\.toml:${line}: `));
    expect(takeToml(text, part)).toBe(text);
  });

  it("markers that do not belong together are refused", () => {
    const whole = putToml(WHOLE, part);
    const begin = whole.split("\n").find((line) => line.startsWith("# >>>"));
    for (const text of [
      `${begin}\n`,
      "# <<< holdfast\n",
      whole + whole.slice(WHOLE.length),
      `# <<< holdfast\n${begin}\n`,
    ]) {
      expect(() => putToml(text, part)).toThrow("markers");
      expect(() => takeToml(text, part)).toThrow("markers");
    }
  });

  it("any path is a TOML string that says the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-composite" }), (text) => {
        const written = tomlString(text);
        expect(() => tomlNames("/c.toml", `a = ${written}`)).not.toThrow();
      }),
      { numRuns: fuzzRuns(1, 100) },
    );
  });
});
