import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { goOutside, type Outside, type OutsideProcess } from "../../support/outside.ts";
import { HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

let stage: Stage;
let outside: Outside;
beforeAll(async () => {
  stage = await setStage();
  outside = await goOutside();
});
afterAll(async () => {
  await outside.close();
  await stage.close();
});
beforeEach(() => stage.api.reset());

const workspace = (name: string): string =>
  stage.api.state.named("workspaces", name, "acme")?.id ?? "missing";

/** A person types `holdfast api -X DELETE PATH` at a terminal. */
function deleteByHand(
  path: string,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<OutsideProcess> {
  const words = [process.execPath, HOLDFAST, "api", "-X", "DELETE", path, ...flags];
  return outside.atTerminal(words, { env: { ...stage.env, ...env }, cwd: stage.directory });
}

const QUESTION = "? [y/N] ";

describe("a person at a terminal, outside any session, is asked (N6)", () => {
  it.each([
    ["Enter alone keeps it (Q1)", "\r"],
    ["no keeps it (Q1)", "no\r"],
    ["anything that is not a yes keeps it (Q1)", "yes please\r"],
    ["the end of the input keeps it (Q1)", "\x04"],
  ])("%s", async (_, typed) => {
    const id = workspace("tmp-000");
    const person = await deleteByHand(`/workspaces/${id}`);
    await person.shows(QUESTION);
    person.type(typed);
    expect((await person.ended).code).toBe(7);
    expect(person.screen).toContain("kept, nothing sent");
    expect(stage.api.mutations).toEqual([]);
    expect(stage.api.state.has({ type: "workspaces", id })).toBe(true);
  });

  it.each(["y\r", "yes\r", "Y\r"])("%j deletes it, once (Q1)", async (typed) => {
    const id = workspace(`tmp-0${10 + ["y\r", "yes\r", "Y\r"].indexOf(typed)}`);
    const person = await deleteByHand(`/workspaces/${id}`);
    await person.shows(QUESTION);
    person.type(typed);
    expect((await person.ended).code).toBe(0);
    expect(stage.api.mutations.map(({ method, path }) => [method, path])).toEqual([
      ["DELETE", `/api/v2/workspaces/${id}`],
    ]);
    expect(stage.api.state.has({ type: "workspaces", id })).toBe(false);
  });

  it("asks for the exact name of what cannot be recreated (Q1)", async () => {
    const id = workspace("payments-dev");
    const ask = async (typed: string) => {
      const person = await deleteByHand(`/workspaces/${id}`);
      await person.shows(/Type payments-dev to \w+( \w+)?: /);
      person.type(typed);
      return { code: (await person.ended).code, screen: person.screen };
    };
    for (const typed of ["y\r", "payments\r", "payments-devs\r", "PAYMENTS-DEV\r", "\r"]) {
      expect((await ask(typed)).code, JSON.stringify(typed)).toBe(7);
      expect(stage.api.mutations).toEqual([]);
    }
    expect((await ask("payments-dev\r")).code).toBe(0);
    expect(stage.api.mutations).toHaveLength(1);
  });

  it("takes Ctrl-C as 130, and sends nothing", async () => {
    const person = await deleteByHand(`/workspaces/${workspace("tmp-001")}`);
    await person.shows(QUESTION);
    person.type("\x03");
    expect((await person.ended).code).toBe(130);
    expect(stage.api.mutations).toEqual([]);
  });

  it("takes Ctrl-C before the question as an end, and sends nothing", async () => {
    const path = `/workspaces/${workspace("tmp-001")}`;
    stage.api.delayNext({ method: "GET", pathPrefix: path, ms: 1500 });
    const person = await deleteByHand(path);
    await new Promise((done) => setTimeout(done, 600));
    person.type("\x03");
    const { code, signal } = await person.ended;
    expect(code === 130 || signal === 2 || code === 7, JSON.stringify({ code, signal })).toBe(true);
    expect(stage.api.mutations).toEqual([]);
  });

  it.each(["y\r", "y\ry\ry\r", "y"])(
    "throws away what was typed before the question (T3): %j",
    async (early) => {
      const id = workspace("tmp-002");
      const path = `/workspaces/${id}`;
      // The look-up keeps the question back until all of it has been typed.
      stage.api.delayNext({ method: "GET", pathPrefix: path, ms: 500 });
      const person = await deleteByHand(path);
      person.type(early);
      await person.shows(QUESTION);
      await new Promise((done) => setTimeout(done, 150));
      person.type("\r");
      expect((await person.ended).code).toBe(7);
      expect(stage.api.mutations).toEqual([]);
    },
  );

  it("takes an answer from the terminal only, never from a pipe (T2)", async () => {
    const id = workspace("tmp-003");
    const script = `yes | "$0" "$1" api -X DELETE /workspaces/${id}`;
    const words = ["/bin/sh", "-c", script, process.execPath, HOLDFAST];
    const person = await outside.atTerminal(words, { env: stage.env, cwd: stage.directory });
    await person.shows(QUESTION);
    person.type("\r");
    expect((await person.ended).code).toBe(7);
    expect(stage.api.mutations).toEqual([]);
  });

  it("never asks under --quiet", async () => {
    const person = await deleteByHand(`/workspaces/${workspace("tmp-004")}`, ["--quiet"]);
    person.type("y\r");
    expect((await person.ended).code).toBe(7);
    expect(person.screen).toContain("--quiet disables the prompt [no-session]");
    expect(person.screen).not.toContain(QUESTION);
    expect(stage.api.mutations).toEqual([]);
  });

  it.each([
    ["CLAUDECODE", "Claude Code"],
    ["CODEX_SANDBOX", "Codex"],
    ["GEMINI_CLI", "Gemini CLI"],
    ["CURSOR_AGENT", "Cursor"],
    ["AI_AGENT", "an agent"],
  ])("never asks under an agent: %s (N6)", async (marker, agent) => {
    const path = `/workspaces/${workspace("tmp-004")}`;
    const person = await deleteByHand(path, [], { [marker]: "1" });
    person.type("y\r");
    expect((await person.ended).code).toBe(7);
    expect(person.screen).toContain(`this runs under ${agent} [no-session]`);
    expect(person.screen).not.toContain(QUESTION);
    expect(stage.api.mutations).toEqual([]);
  });

  it("never asks under an agent that hides its marker for one command (N6)", async () => {
    const path = `/workspaces/${workspace("tmp-004")}`;
    const script = `env -u CLAUDECODE "$0" "$1" api -X DELETE ${path}; exit $?`;
    const words = ["/bin/sh", "-c", script, process.execPath, HOLDFAST];
    const env = { ...stage.env, CLAUDECODE: "1" };
    const person = await outside.atTerminal(words, { env, cwd: stage.directory });
    person.type("y\r");
    expect((await person.ended).code).toBe(7);
    expect(person.screen).toContain("this runs under Claude Code");
    expect(stage.api.mutations).toEqual([]);
  });

  it("asks in an editor's terminal: that is a person's", async () => {
    const path = `/workspaces/${workspace("tmp-005")}`;
    const person = await deleteByHand(path, [], { TERM_PROGRAM: "vscode", VSCODE_PID: "1" });
    await person.shows(QUESTION);
    person.type("\r");
    expect((await person.ended).code).toBe(7);
  });

  it("refuses without a terminal (N6)", async () => {
    const words = [process.execPath, HOLDFAST, "api", "-X", "DELETE"];
    const path = `/workspaces/${workspace("tmp-005")}`;
    const nobody = await outside.start([...words, path], { env: stage.env, cwd: stage.directory });
    nobody.type("y\n");
    expect((await nobody.ended).code).toBe(7);
    expect(nobody.screen).toContain("there is no terminal [no-session]");
    expect(stage.api.mutations).toEqual([]);
  });
});
