import { Writable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import type { CliContext, GlobalOptions } from "../../src/cli/context.ts";
import { DOCTOR_CHECKS, runDoctor } from "../../src/cli/doctor-command.ts";
import { resultText, resultsMarkdown, wrapped } from "../../src/cli/doctor-report.ts";
import type { CheckResult } from "../../src/doctor/check.ts";
import { makePlace } from "./world.ts";

const place = makePlace();
afterAll(() => place.remove());

const PLAIN: GlobalOptions = {
  json: false,
  markdown: false,
  quiet: false,
  color: true,
  debug: false,
  dryRun: false,
};

async function output(globals: Partial<GlobalOptions>, columns: number, isTTY = false) {
  let text = "";
  const stdout = Object.assign(
    new Writable({
      write(chunk, _, done) {
        text += chunk;
        done();
      },
    }),
    { columns, isTTY },
  );
  const context: CliContext = {
    env: place.env,
    cwd: place.directory,
    home: place.directory,
    stdin: process.stdin,
    stdout,
    stderr: stdout,
    version: "0.0.0",
  };
  const code = await runDoctor({ ...PLAIN, ...globals }, context);
  return { code, text };
}

describe("holdfast doctor", () => {
  it.each([40, 60, 80, 120])("W1: at %i columns only a fix is wider", async (columns) => {
    const { text } = await output({}, columns);
    const wide = text
      .split("\n")
      .filter((line) => line.length > columns && !/^ +fix {2}/.test(line));
    // A path without blanks cannot be broken.
    expect(wide.filter((line) => / .* /.test(line.trim()) && columns >= 60)).toEqual([]);
    expect(text.match(/^(ok|note|problem) /gm)).toHaveLength(DOCTOR_CHECKS.length);
    expect(text).toMatch(/^2 problems, \d+ notes?\n$/m);
  });

  it("prints colour on a terminal, and not with --no-color", async () => {
    expect((await output({}, 80, true)).text).toContain("\x1b[");
    expect((await output({ color: false }, 80, true)).text).not.toContain("\x1b");
  });

  it("--json: one object with every check", async () => {
    const { code, text } = await output({ json: true }, 80);
    const { checks } = JSON.parse(text) as { checks: CheckResult[] };
    expect(code).toBe(1);
    expect(checks.map(({ id }) => id)).toEqual(DOCTOR_CHECKS.map(({ id }) => id));
    expect(checks.filter(({ status, fix }) => status === "problem" && !fix)).toEqual([]);
  });

  it("--markdown: one row for every check", async () => {
    const { text } = await output({ markdown: true }, 80);
    expect(text.trimEnd().split("\n")).toHaveLength(DOCTOR_CHECKS.length + 2);
  });
});

describe("layout", () => {
  const bad: CheckResult = {
    id: "x",
    title: "x",
    status: "problem",
    text: "evil\x1b[2K | name",
    fix: "rm 'a`b' | cat",
  };

  it("shows what would act on a terminal", () => {
    expect(resultText(bad, 80, false)).toContain("evil\\x1b[2K");
  });

  it("keeps a row of Markdown one row", () => {
    const row = resultsMarkdown([bad]).trimEnd().split("\n").at(-1);
    expect(row?.split(/(?<!\\)\|/)).toHaveLength(6);
  });

  it.each([
    ["one two three", 7, ["one two", "three"]],
    ["", 7, [""]],
    ["unbreakable-word x", 5, ["unbreakable-word", "x"]],
  ])("wraps %j at %i", (text, columns, lines) => {
    expect(wrapped(text, columns)).toEqual(lines);
  });
});
