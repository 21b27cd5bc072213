// The words that an agent may give to terraform, and where a root module may be.

import fc from "fast-check";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isWithin, rootModuleDirectory } from "../../../src/operations/terraform/directory.ts";
import {
  isResourceAddress,
  isVariableName,
  isWorkspaceName,
} from "../../../src/operations/terraform/names.ts";
import { overridingFile } from "../../../src/operations/terraform/variable-files.ts";
import { selectedWorkspace } from "../../../src/operations/terraform/workspace.ts";
import { FUZZ_RUNS } from "../../support/fuzz-runs.ts";

describe("an address", () => {
  it.each([
    "aws_instance.web",
    "aws_instance.web[0]",
    'aws_instance.web["a b/c\\"d"]',
    "module.a",
    "module.a[1].module.b",
    'module.a["x"].aws_instance.web[12]',
    "data.aws_ami.it",
    "module.a.data.aws_ami.it",
    "größe.é-1",
  ])("is %s", (text) => expect(isResourceAddress(text)).toBe(true));

  it.each([
    "",
    "web",
    "-target=x.y",
    "x.y -out=z",
    "x.y\n",
    "x.y[-1]",
    "x.y[a]",
    'x.y["a\u0000"]',
    'x.y["a\u202e"]',
    'x.y["a"',
    "x.y.z",
    "module.",
    "x..y",
    "@file",
    `x.${"y".repeat(1100)}`,
  ])("is not %j", (text) => expect(isResourceAddress(text)).toBe(false));

  it("never begins like an option, and never holds what ends a line or hides", () => {
    const part = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("module.", "a.b", "[0]", '["', '"]', ".", "-", "\n", "\u0000", "\u009b", "="),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const text = parts.join("");
        if (!isResourceAddress(text)) return;
        expect(text).toMatch(/^[\p{L}_]/u);
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
      { numRuns: FUZZ_RUNS * 5 },
    );
  });
});

describe("names", () => {
  it("of variables are identifiers", () => {
    for (const name of ["a", "db_password", "größe", "_x", "a-b"])
      expect(isVariableName(name)).toBe(true);
    for (const name of ["", "-a", "1a", "a=b", "a b", "a\n", "a.b"])
      expect(isVariableName(name)).toBe(false);
  });

  it("of workspaces lead nowhere else", () => {
    for (const name of ["default", "dev", "prod-eu.1"]) expect(isWorkspaceName(name)).toBe(true);
    for (const name of ["", ".", "..", "a/b", "../x", "a\n", "a b", "x".repeat(91)])
      expect(isWorkspaceName(name)).toBe(false);
  });
});

describe("a root module's directory", () => {
  let at: string;
  beforeEach(() => {
    at = realpathSync(mkdtempSync(join(tmpdir(), "hf-root-")));
    for (const name of ["a/b", "ab", "c"]) mkdirSync(join(at, name), { recursive: true });
  });
  afterEach(() => rmSync(at, { recursive: true, force: true }));

  it("is below a root, not beside it", () => {
    expect(isWithin("/a/b", "/a")).toBe(true);
    expect(isWithin("/ab", "/a")).toBe(false);
    expect(isWithin("/ab", "/")).toBe(true);
  });

  it("is taken from where the gateway stands, once, and is below a root whatever links say", () => {
    const roots = [join(at, "a")];
    const find = (typed: string | undefined, cwd = join(at, "a")) =>
      rootModuleDirectory(typed, { cwd, roots });
    expect(find(undefined)).toBe(join(at, "a"));
    expect(find("b")).toBe(join(at, "a/b"));
    expect(find("../a/b")).toBe(join(at, "a/b"));
    expect(() => find("../ab")).toThrow(expect.objectContaining({ code: "outside-roots" }));
    symlinkSync(join(at, "c"), join(at, "a/out"));
    expect(() => find("out")).toThrow(expect.objectContaining({ code: "outside-roots" }));
    expect(() => find("b/b")).toThrow(expect.objectContaining({ code: "no-directory" }));
    expect(() => find("a\u0000b")).toThrow(expect.objectContaining({ code: "no-directory" }));
  });

  it("is in no root that is not there", () => {
    expect(() => rootModuleDirectory(".", { cwd: at, roots: [join(at, "gone")] })).toThrow(
      /in none of the gateway's Terraform roots/,
    );
  });

  it("has the workspace selected that terraform wrote down", () => {
    expect(selectedWorkspace(at)).toBe("default");
    mkdirSync(join(at, ".terraform"));
    const file = join(at, ".terraform/environment");
    writeFileSync(file, "staging");
    expect(selectedWorkspace(at)).toBe("staging");
    writeFileSync(file, "../prod");
    expect(() => selectedWorkspace(at)).toThrow(expect.objectContaining({ code: "bad-workspace" }));
  });

  it.each([
    ["terraform.tfvars", 'name = "x"'],
    ["terraform.tfvars.json", '{"other": 1, "name": "x"}'],
    ["z.auto.tfvars", 'other = 1\n  "name"="x"'],
    ["z.auto.tfvars.json", '{"name":"x"}'],
  ])("has a file that sets a variable by itself: %s", (file, text) => {
    writeFileSync(join(at, file), text);
    expect(overridingFile("name", at)).toBe(join(at, file));
    expect(overridingFile("nam", at)).toBeUndefined();
    expect(overridingFile("ame", at)).toBeUndefined();
  });
});
