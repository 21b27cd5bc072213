import { execFileSync, spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ARGUMENT_VALUES,
  completedCommands,
  OPTION_VALUES,
  pathOf,
  SHELLS,
} from "../../src/cli/completion/words.ts";
import { ROUTES } from "../../src/operations/hcp/route-table.ts";
import { RESOURCE_CLASSES } from "../../src/policy/resource-class.ts";
import {
  type Booth,
  everyCommand,
  inBash,
  inBashCommand,
  makeBooth,
  realProgram,
  scriptOf,
  typed,
} from "./completion-shell.ts";

let booth: Booth;

beforeAll(async () => {
  booth = await makeBooth();
});
afterAll(() => booth.remove());

describe("the words", () => {
  const HIDDEN = ["approval courier"];
  const tree = everyCommand(realProgram()).filter((each) => !HIDDEN.includes(pathOf(each)));

  it("cover every command and every flag of the real tree, but hidden ones", () => {
    const words = completedCommands(realProgram());
    expect(everyCommand(realProgram())).toHaveLength(tree.length + HIDDEN.length);
    expect(words.flatMap(({ subcommands }) => subcommands.map(({ name }) => name))).not.toContain(
      "courier",
    );
    expect(words.map(({ path }) => path)).toEqual(tree.map(pathOf));
    for (const [index, command] of tree.entries()) {
      const names = words[index]?.options.flatMap((option) => option.names) ?? [];
      for (const option of command.options)
        expect(names.includes(option.long ?? "")).toBe(!option.hidden);
    }
  });

  it("know no option and no argument that the tree has not", () => {
    const options = tree.flatMap((command) => command.options.map(({ long }) => long));
    const given = tree.flatMap((command) => command.registeredArguments.map((each) => each.name()));
    expect(Object.keys(OPTION_VALUES).filter((name) => !options.includes(name))).toEqual([]);
    expect(Object.keys(ARGUMENT_VALUES).filter((name) => !given.includes(name))).toEqual([]);
  });
});

describe("holdfast completion", () => {
  it.each(SHELLS)("%s: the script begins with how to install it", async (shell) => {
    const head = (await scriptOf(shell)).split("\n\n")[0] ?? "";
    expect(head).toContain("for this shell");
    expect(head).toContain("for good");
    expect(head.split("\n").every((line) => line.startsWith("#"))).toBe(true);
  });

  it.each(["tcsh", "", "BASH", "constructor"])("refuses %j and names the three", async (shell) => {
    await expect(scriptOf(shell)).rejects.toMatchObject({
      code: "usage",
      exitCode: 1,
      message: expect.stringContaining("bash, zsh, fish"),
    });
  });
});

// Words as bash breaks them: at = and : too.
describe("bash", () => {
  it("reads the script without complaint", () => {
    execFileSync("bash", ["-n", booth.script("bash")]);
  });

  it.each<[line: string, words: string[], offered: string[]]>([
    ["ses", ["ses"], ["session "]],
    ["session ", ["session", ""], ["list ", "show ", "revoke ", "adopt "]],
    ["--json session l", ["--json", "session", "l"], ["list "]],
    ["session --json l", ["session", "--json", "l"], ["list "]],
    ["--mark", ["--mark"], ["--markdown "]],
    ["harness exec --rec", ["harness", "exec", "--rec"], ["--receipt "]],
    ["completion ", ["completion", ""], ["bash ", "zsh ", "fish "]],
    ["completion bash ", ["completion", "bash", ""], []],
    ["api -X P", ["api", "-X", "P"], ["POST ", "PATCH ", "PUT "]],
    ["approval c", ["approval", "c"], []],
    ["approval list --state e", ["approval", "list", "--state", "e"], ["expired ", "executing "]],
    [
      "approval list --state=fai",
      ["approval", "list", "--state", "=", "fai"],
      ["failed-no-effect "],
    ],
    ["api --method=DE", ["api", "--method", "=", "DE"], ["DELETE "]],
    ["api -y", ["api", "-y"], []],
    ["session show ", ["session", "show", ""], []],
    ["nonsense ", ["nonsense", ""], []],
  ])("holdfast %s", (_, words, offered) => {
    expect(inBash(booth, ["holdfast", ...words])).toEqual(offered);
  });

  it("offers the ids of running sessions", () => {
    const words = [
      "harness",
      "exec",
      "--",
      ...inBashCommand(booth, ["holdfast", "session", "show", ""]),
    ];
    const run = spawnSync("holdfast", words, { env: booth.env, encoding: "utf8" });
    const id = /session ([A-Z2-7]{6}):/.exec(run.stderr)?.[1];
    expect(run.stdout).toBe(`${id} \n`);
  });

  const exec = ["holdfast", "harness", "exec"];

  it("offers every class and both wildcards, after a blank and after =", () => {
    const all = ["reversible", "all", ...Object.keys(RESOURCE_CLASSES)];
    expect(inBash(booth, [...exec, "--allow-delete", ""])).toEqual(all);
    expect(inBash(booth, [...exec, "--allow-delete", "="])).toEqual(all);
  });

  it.each([
    ["a comma", ["--allow-delete", "runs,worksp"]],
    ["= and a comma", ["--allow-delete", "=", "runs,worksp"]],
    ["two commas", ["--allow-delete", "=", "all,runs,worksp"]],
    ["a = that does not break words", ["--allow-delete=runs,worksp"]],
  ])("offers classes after %s", (_, words) => {
    const offered = inBash(booth, [...exec, ...words]);
    const before = (words.at(-1) ?? "").replace("worksp", "").replace("--allow-delete=", "");
    expect(offered).toContain(`${before}workspaces`);
    expect(offered).toContain(`${before}workspace-tags`);
    expect(offered.every((word) => word.startsWith(before))).toBe(true);
  });

  it("completes the command to run, and leaves its flags to it", () => {
    expect(inBash(booth, [...exec, "--allow-delete", "runs", "--", "holdfas"])).toEqual([
      "holdfast",
    ]);
    expect(inBash(booth, [...exec, "holdfas"])).toEqual(["holdfast"]);
    expect(inBash(booth, [...exec, "--", "ls", "--js"])).toEqual([]);
  });

  it("really completes when a key is pressed, where = breaks words", async () => {
    const keys = "holdfast harness exec --allow-delete=workspaces,varset-w\t";
    const line = "--allow-delete=workspaces,varset-workspaces";
    expect(await typed("bash", booth, keys, line)).toContain(line);
  });
});

describe("paths in bash", () => {
  const api = (...words: string[]) => inBash(booth, ["holdfast", "api", ...words]);

  it.each<[string[], string[]]>([
    [[""], ["/"]],
    [["/workspaces"], ["/workspaces/"]],
    [["workspaces"], ["workspaces/"]],
    [["/workspaces/"], []],
    [["/workspaces/ws-1/actions/safe"], ["/workspaces/ws-1/actions/safe-delete "]],
    [["workspaces/ws-1/actions/safe"], ["workspaces/ws-1/actions/safe-delete "]],
    [["-X", "GET", "/workspaces/ws-1/actions/"], []],
    [["-X", "DELETE", "/workspaces/ws-1/va"], ["/workspaces/ws-1/vars/"]],
    [["-XDELETE", "/workspaces/ws-1/va"], ["/workspaces/ws-1/vars/"]],
    [
      ["/organizations/{organization}/workspaces/x/actions/"],
      ["/organizations/{organization}/workspaces/x/actions/safe-delete "],
    ],
    [["/workspaces//va"], []],
    [["/workspaces/ws-1/vars", ""], []],
  ])("%j: %j", (words, offered) => {
    expect(api(...words)).toEqual(offered);
  });

  it("asks for the method wherever it stands: explain api too", () => {
    const words = ["holdfast", "explain", "api", "-X", "DELETE", "/runs/"];
    expect(inBash(booth, words)).toEqual([]);
  });

  it("leads to every template of the table, given an id for each placeholder", () => {
    const templates = [...new Set(ROUTES.map(({ template }) => template))];
    const chosen = templates.filter((_, index) => index % 25 === 0);
    for (const template of chosen) {
      const path = template.replace(/\{[^}]*\}/g, "x");
      const typing = path.slice(0, path.lastIndexOf("/") + 1);
      if (template.endsWith("}")) expect(api(typing.slice(0, -1))).toContain(typing);
      else expect(api(typing)).toContain(`${path} `);
    }
  });
});
