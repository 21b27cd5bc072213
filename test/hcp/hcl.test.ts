import { describe, expect, it } from "vitest";
import { parseHcl } from "../../src/hcp/hcl.ts";
import { nestingDepth } from "../../src/hcp/hcl-depth.ts";
import { Failure } from "../../src/policy/failure.ts";

describe("parseHcl", () => {
  it("gives blocks as lists below their labels", async () => {
    const text = `
      terraform {
        required_version = ">= 1.6"
        cloud {
          organization = "acme"
          workspaces {
            name = "web"
          }
        }
      }
      credentials "a.test" {
        token = "t"
      }`;
    expect(await parseHcl(text, "x.tf")).toEqual({
      terraform: [
        {
          required_version: ">= 1.6",
          cloud: [{ organization: "acme", workspaces: [{ name: "web" }] }],
        },
      ],
      credentials: { "a.test": [{ token: "t" }] },
    });
  });

  it("an empty file holds nothing", async () => {
    expect(await parseHcl("", "x.tf")).toEqual({});
  });

  it.each([
    ["a block that does not end", "a {"],
    ["an attribute without a value", "a ="],
    ["an attribute twice", "a = 1\na = 2"],
    ["a string that does not end", 'a = "b'],
    ["bytes", "\u0000\u0001"],
    ["brackets nested 65 deep", `a = ${"[".repeat(65)}${"]".repeat(65)}`],
    ["brackets nested 100000 deep", `a = ${"[".repeat(100_000)}`],
    ["more than a mebibyte", `# ${"x".repeat(1024 * 1024)}`],
  ])("P1: refuses %s and names the file", async (_, text) => {
    const sent = parseHcl(text, "main.tf");
    await expect(sent).rejects.toThrow(Failure);
    await expect(sent).rejects.toThrow(/^main\.tf /);
  });

  it("P2: what was refused does not spoil the next file", async () => {
    await expect(parseHcl(`a = ${"(".repeat(3000)}`, "bad.tf")).rejects.toThrow(Failure);
    expect(await parseHcl("a = 1", "good.tf")).toEqual({ a: 1 });
  });

  it("P3: the parser's marks on the process are gone", async () => {
    const { stackTraceLimit } = Error;
    const had = "require" in globalThis;
    await parseHcl("a = 1", "x.tf");
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
    expect("require" in globalThis).toBe(had);
  });
});

it.each([
  ["a = 1", 0],
  ["a { b = [f(1)] }", 3],
  ["a { } b { }", 1],
  ['a = "{{{"', 0],
  ['a = "\\"{{{"', 0],
  ["# {{{\na { }", 1],
  ["// {{{\na { }", 1],
  ["/* {{{ */ a { }", 1],
  ["/* {{{", 0],
  ["}}} a { }", 1],
])("%j nests %i deep", (text, depth) => {
  expect(nestingDepth(text)).toBe(depth);
});
