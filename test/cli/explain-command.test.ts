// explain api and --dry-run say the same, send nothing but reads, and exit as they would.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RESOURCE_CLASSES } from "../../src/policy/resource-class.ts";
import { HOLDFAST, type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());
beforeEach(() => stage.api.reset());

const workspace = (name: string): string =>
  stage.api.state.named("workspaces", name, "acme")?.id ?? "";
const inSession = (classes: string, ...words: string[]) =>
  stage.run([
    "harness",
    "exec",
    "--quiet",
    `--allow-delete=${classes}`,
    "--",
    process.execPath,
    HOLDFAST,
    ...words,
  ]);

describe("explain api", () => {
  it("refused: exit 7, the reason, the class, and what would be sent without the token", async () => {
    const words = ["api", "-X", "DELETE", `/workspaces/${workspace("scratch")}`];
    const { code, stderr, stdout } = await stage.run(["explain", ...words]);
    expect(code).toBe(7);
    expect(stdout).toBe("");
    expect(stderr).toContain("dry run, nothing sent: would be refused: Delete workspace");
    expect(stderr).toContain("[no-session]");
    expect(stderr).toContain("workspaces: depends, ");
    expect(stderr).not.toContain(stage.api.token);
    expect(stage.api.mutations).toEqual([]);
  });

  it("harmless: exit 0, and still nothing is sent", async () => {
    const words = ["api", `/workspaces/${workspace("scratch")}/vars`, "-a", "key=x", "-t", "vars"];
    const { code, stderr } = await stage.run(["explain", ...words]);
    expect(code).toBe(0);
    expect(stderr).toContain("would be sent");
    expect(stage.api.mutations).toEqual([]);
  });

  it.each([
    ["workspaces", "payments-dev", 0, "granted"],
    ["reversible", "scratch", 0, "granted"],
    ["reversible", "payments-dev", 7, "not-reversible"],
    ["vars", "scratch", 7, "class-not-granted"],
  ])("inside a session that grants %s: %s exits %d (%s)", async (classes, name, exit, reason) => {
    const path = `/workspaces/${workspace(name)}`;
    const dry = await inSession(classes, "api", path, "-X", "DELETE", "--dry-run", "--json");
    const explained = await inSession(classes, "explain", "api", path, "-X", "DELETE", "--json");
    expect(dry.code).toBe(exit);
    expect(explained.code).toBe(exit);
    expect(JSON.parse(dry.stdout)).toMatchObject({ reason, operation: { class: "workspaces" } });
    const { session: _, ...one } = JSON.parse(dry.stdout);
    const { session: __, ...other } = JSON.parse(explained.stdout);
    expect({ ...one, remedies: [], text: "" }).toEqual({ ...other, remedies: [], text: "" });
    expect(stage.api.mutations).toEqual([]);
  });

  it("spends nothing of the budget", async () => {
    const path = `/workspaces/${workspace("scratch")}`;
    const script = `for i in 1 2 3; do "$0" "$1" api ${path} -X DELETE --dry-run || exit 1; done; "$0" "$1" api ${path} -X DELETE`;
    const words = ["harness", "exec", "--allow-delete=workspaces", "--max-deletes", "1", "--"];
    const result = await stage.run([...words, "sh", "-c", script, process.execPath, HOLDFAST]);
    expect(result.code).toBe(0);
    expect(stage.api.mutations).toHaveLength(1);
  });
});

describe("explain --allow-delete", () => {
  it("prints every class once, as text, JSON and Markdown", async () => {
    const words = ["explain", "--allow-delete=reversible,projects"];
    const text = (await stage.run(words)).stdout;
    const json = JSON.parse((await stage.run([...words, "--json"])).stdout);
    const markdown = (await stage.run([...words, "--markdown"])).stdout;
    const names = Object.keys(RESOURCE_CLASSES);
    expect(json.classes.map((row: { class: string }) => row.class)).toEqual(names);
    for (const name of names) {
      expect(text).toMatch(new RegExp(`^ {2}(allowed|depends|refused) +${name} `, "m"));
      expect(markdown).toContain(`| \`${name}\` |`);
    }
    const standing = Object.fromEntries(
      json.classes.map((row: { class: string; standing: string }) => [row.class, row.standing]),
    );
    expect(standing).toMatchObject({
      projects: "allowed",
      organizations: "refused",
      workspaces: "depends",
    });
  });

  it.each([
    [["explain", "--allow-delete=workspaces", "api", "/workspaces/ws-1", "-X", "DELETE"]],
    [["explain", "api", "/workspaces/ws-1", "-X", "DELETE", "--allow-delete=workspaces"]],
  ])("is not mixed with a request: %j", async (words) => {
    const { code, stderr } = await stage.run(words);
    expect(code).toBe(1);
    expect(stderr).toContain("--allow-delete: cannot be combined with explain api");
  });

  it("without anything to explain: exit 1, and how", async () => {
    const { code, stderr } = await stage.run(["explain"]);
    expect(code).toBe(1);
    expect(stderr).toContain("fix  holdfast explain api PATH -X DELETE");
  });
});
