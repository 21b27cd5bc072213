import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { API_FLAGS, yesFailure } from "../../../src/cli/api/flags.ts";

/** As the command line is wired: every declared flag becomes an option. */
function parsed(...words: string[]) {
  const command = new Command().exitOverride().argument("<path>");
  for (const { flags, description, repeat } of API_FLAGS) {
    const option = command.createOption(flags, description);
    if (repeat) option.argParser((value: string, before: string[] = []) => [...before, value]);
    command.addOption(option);
  }
  return command.parse(["/runs", ...words], { from: "user" }).opts();
}

describe("the declaration of flags", () => {
  it("names what commander calls the option", () => {
    const words = API_FLAGS.flatMap(({ flags }) => {
      const long = /--[a-z-]+/.exec(flags)?.[0] ?? "";
      return flags.includes("<") ? [long, "x"] : [long];
    });
    expect(Object.keys(parsed(...words)).sort()).toEqual(API_FLAGS.map(({ name }) => name).sort());
  });

  it.each([
    [["-X", "DELETE"], { method: "DELETE" }],
    [["-i", "-"], { input: "-" }],
    [["-a", "a=1", "--attribute", "b=2"], { attribute: ["a=1", "b=2"] }],
    [["-H", "a: b", "-H", "c: d"], { header: ["a: b", "c: d"] }],
    [["-f", "a=1", "-f", "a=2"], { field: ["a=1", "a=2"] }],
    [["-p", "a=1"], { param: ["a=1"] }],
    [["-t", "vars", "--all", "--page-size", "5"], { type: "vars", all: true, pageSize: "5" }],
    [["-y"], { yes: true }],
  ])("%j", (words, options) => {
    expect(parsed(...words)).toEqual(options);
  });

  it("hides -y alone, which is an error", () => {
    expect(API_FLAGS.filter(({ hidden }) => hidden).map(({ name }) => name)).toEqual(["yes"]);
    expect(yesFailure()).toMatchObject({
      exitCode: 1,
      fix: expect.stringContaining("harness exec"),
    });
  });
});
