import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());
beforeEach(() => stage.api.reset());

const nested = (...words: string[]) => [process.execPath, HOLDFAST, "api", ...words];
const workspace = (name: string): string =>
  stage.api.state.named("workspaces", name, "acme")?.id ?? "missing";

describe("harness exec", () => {
  it("lets a nested delete of a granted class through, and leaves nothing behind", async () => {
    const id = workspace("tmp-000");
    const words = ["harness", "exec", "--allow-delete=workspaces", "--"];
    const result = await stage.run([...words, ...nested(`/workspaces/${id}`, "-X", "DELETE")]);
    expect(result.code).toBe(0);
    expect(result.stderr).toContain("may delete without asking");
    expect(result.stderr).toContain(`allows DELETE /workspaces/${id}`);
    expect(result.stderr).toMatch(/deleted {2}1\n/);
    expect(stage.api.state.has({ type: "workspaces", id })).toBe(false);
    expect(readdirSync(stage.sessions)).toEqual([]);
    expect(readdirSync(stage.env.HOLDFAST_RUNTIME_DIR ?? "")).toEqual([]);
  });

  it("refuses a nested delete of another class with exit 7, and sends nothing", async () => {
    const id = workspace("tmp-001");
    const words = ["harness", "exec", "--allow-delete=vars", "--"];
    const result = await stage.run([...words, ...nested(`/workspaces/${id}`, "-X", "DELETE")]);
    expect(result.code).toBe(7);
    expect(result.stderr).toContain("[class-not-granted]");
    expect(stage.api.mutations).toEqual([]);
    expect(existsSync(stage.sessions)).toBe(true);
  });

  it("keeps the banner and the line on each authorised delete under --quiet", async () => {
    const id = workspace("tmp-002");
    const words = ["--quiet", "harness", "exec", "--allow-delete=workspaces", "--"];
    const command = nested(`/workspaces/${id}`, "-X", "DELETE", "--quiet");
    const result = await stage.run([...words, ...command]);
    expect(result.code).toBe(0);
    expect(result.stdout).toBe("");
    expect(result.stderr).toContain("may delete without asking");
    expect(result.stderr).toContain(`allows DELETE /workspaces/${id}`);
    expect(result.stderr).not.toContain("(204)");
  });

  it("creates nothing under --dry-run, and prints the table of explain --allow-delete", async () => {
    const before = readdirSync(stage.directory);
    const words = ["harness", "exec", "--allow-delete=reversible,projects", "--dry-run", "--"];
    const result = await stage.run([...words, "sh", "-c", "touch made"]);
    const table = await stage.run(["explain", "--allow-delete=reversible,projects"]);
    expect(result.code).toBe(0);
    expect(result.stdout).toBe(table.stdout);
    expect(result.stdout).toMatch(/allowed {2}projects /);
    expect(result.stdout).toMatch(/depends {2}workspaces /);
    expect(result.stdout).toMatch(/refused {2}organizations /);
    expect(result.stdout).toMatch(/asked {4}\(every class\)/);
    expect(result.stderr).toContain("dry run, no session");
    expect(readdirSync(stage.directory)).toEqual(before);
  });

  it("does not promise under --dry-run what it would refuse", async () => {
    const words = ["harness", "exec", "--allow-delete=projects", "--dry-run", "--", "true"];
    const agent = { CLAUDECODE: "1", TFE_ADDRESS: "https://tfe.example.invalid" };
    const refused = await stage.run(words, { env: { ...stage.env, ...agent } });
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain("Claude Code cannot grant itself a session");
    const outer = ["harness", "exec", "--allow-delete=workspaces", "--"];
    const inner = await stage.run([...outer, process.execPath, HOLDFAST, ...words]);
    expect(inner.code).toBe(0);
    expect(inner.stderr).toContain("true would be granted none, ");
  });

  it("writes the receipt as JSON", async () => {
    const id = workspace("tmp-003");
    const file = `${stage.directory}/receipt.json`;
    const words = ["harness", "exec", "--allow-delete=workspaces", "--receipt", file, "--"];
    const project = stage.api.state.named("projects", "platform", "acme")?.id;
    const script = `"$0" "$1" api /workspaces/${id} -X DELETE; "$0" "$1" api /projects/${project} -X DELETE`;
    const result = await stage.run([...words, "sh", "-c", script, process.execPath, HOLDFAST]);
    expect(result.code).toBe(7);
    const receipt = JSON.parse(readFileSync(file, "utf8"));
    expect(receipt).toMatchObject({ state: "ended", ending: "exited with 7" });
    expect(Date.parse(receipt.endedAt)).toBeGreaterThanOrEqual(Date.parse(receipt.startedAt));
    expect(receipt.counts).toEqual({ deleted: 1, failed: 0, unknown: 0, refused: 1 });
    expect(receipt.entries.map((entry: { result: string }) => entry.result)).toEqual([
      "deleted",
      "refused",
    ]);
    expect(JSON.stringify(receipt)).not.toContain(stage.api.token);
  });

  it.each([
    ["its token unset", "env -u HOLDFAST_EXEC_SESSION"],
    ["another store", "env HOLDFAST_CONFIG_DIR=/nonexistent/c"],
    ["another socket directory", "env HOLDFAST_RUNTIME_DIR=/nonexistent/r"],
    ["its token unset and another store", "env -u HOLDFAST_EXEC_SESSION HOLDFAST_CONFIG_DIR=/x"],
    ["a token that is none", "env HOLDFAST_EXEC_SESSION=nonsense"],
  ])("puts on the receipt that a command with %s was refused", async (_, prefix) => {
    const words = ["harness", "exec", "--allow-delete=workspaces", "--"];
    const script = `${prefix} "$0" "$1" api /workspaces/${workspace("tmp-004")} -X DELETE`;
    const result = await stage.run([...words, "sh", "-c", script, process.execPath, HOLDFAST]);
    expect(result.code).toBe(7);
    expect(result.stderr).toContain("[environment-changed]");
    expect(result.stderr).toMatch(/refused {2}1\n {11}DELETE \S+ \[environment-changed\]\n/);
    expect(stage.api.mutations).toEqual([]);
  });

  it("refuses without a session where nobody can be asked", async () => {
    const result = await stage.run(["api", `/workspaces/${workspace("tmp-001")}`, "-X", "DELETE"]);
    expect(result.code).toBe(7);
    expect(result.stderr).toContain("[no-session]");
    expect(stage.api.mutations).toEqual([]);
  });
});
