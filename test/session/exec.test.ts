import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST, type Stage, setStage } from "../support/stage.ts";

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

  it("refuses without a session where nobody can be asked", async () => {
    const result = await stage.run(["api", `/workspaces/${workspace("tmp-001")}`, "-X", "DELETE"]);
    expect(result.code).toBe(7);
    expect(result.stderr).toContain("[no-session]");
    expect(stage.api.mutations).toEqual([]);
  });
});
