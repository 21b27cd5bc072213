// An agent inside a session, and a person at another terminal: once, for the session, and no.

import { readdirSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asksForCode, type Desk, requestIn, sitDown } from "../support/desk.ts";
import type { OutsideProcess } from "../support/outside.ts";
import { makePuppet, type Puppet } from "../support/puppet.ts";
import { exec, exists, workspace } from "../support/scripts.ts";
import { type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
/** A terminal older than the session, and one that is younger. */
let before: Desk;
let after: Desk;
let session: OutsideProcess;
let id: string;
let code: string;
let agent: Puppet;

beforeAll(async () => {
  stage = await setStage({ asks: true });
  before = await sitDown(stage);
  agent = makePuppet(stage, "agent");
  session = await before.open(exec(["--allow-delete=vars"], agent.words));
  const banner = await session.shows("rail, not a wall");
  id = /session ([A-Z2-7]{6})/.exec(banner)?.[1] ?? "";
  code = /code {5}([A-Z2-7]{8}) proves/.exec(banner)?.[1] ?? "";
  await agent.pid();
  after = await sitDown(stage);
});
afterAll(async () => {
  await agent.end();
  expect((await session.ended).code).toBe(0);
  await Promise.all([before.close(), after.close()]);
  expect(readdirSync(stage.sessions)).toEqual([]);
  await stage.close();
});
beforeEach(() => stage.api.reset());

const deletion = (name: string) => ["api", `/workspaces/${workspace(stage, name)}`, "-X", "DELETE"];
const counts = async () => {
  const { screen } = await before.script(["session", "show", id, "--json"]);
  return JSON.parse(screen.slice(screen.indexOf("{"))).counts;
};

describe("once", () => {
  it("the refusal offers once, this session and by hand, and nothing that only narrows", async () => {
    const { code: exit, text } = await agent.run(...deletion("tmp-000"));
    const request = requestIn(text);
    expect(exit).toBe(8);
    expect(text).toContain(`this session  holdfast approve ${request} --session`);
    expect(text).toContain("by hand       holdfast api");
    expect(text).not.toContain("harness exec");
  });

  it("approved from an older terminal: the same command goes through once, on the receipt", async () => {
    const deleted = (await counts()).deleted;
    const words = deletion("tmp-001");
    const refused = await agent.run(...words);
    const told = await before.answer(["approve", requestIn(refused.text)], "y");
    expect([told.code, told.screen]).toEqual([0, expect.stringContaining(`in session ${id}`)]);
    const done = await agent.run(...words);
    expect([done.code, stage.api.mutations.length]).toEqual([0, 1]);
    expect((await agent.run(...words)).code).toBe(8);
    expect((await counts()).deleted).toBe(deleted + 1);
  });
});

describe("who answers while the session lives (A1)", () => {
  it("not a terminal that is younger, but with the code of the banner", async () => {
    const { text } = await agent.run(...deletion("tmp-002"));
    const request = requestIn(text);
    const young = await after.prove(["approve", request], [""]);
    expect([young.code, young.screen]).toEqual([
      7,
      expect.stringContaining(`younger than session ${id}, and its code was not typed`),
    ]);
    const wrong = await after.prove(["approve", request], ["AAAAAAAA"]);
    expect([wrong.code, wrong.screen]).toEqual([7, expect.stringContaining("is not the one")]);
    // What was typed before the question does not count (T3); what is erased does not either.
    const early = await after.open(["approve", request]);
    early.type(`${code}\r`);
    await early.shows(asksForCode());
    early.type("\r");
    expect((await early.ended).code).toBe(7);
    const typed = `XX\x15${code.toLowerCase()}Z\x7f`;
    const right = await after.prove(["approve", request], [typed], "y");
    expect(right.code).toBe(0);
    // Asked once, for the question and for the answer (N14), and never shown (T4).
    expect(right.screen.match(/Enter gives up/g)).toHaveLength(1);
    expect(right.screen.toUpperCase()).not.toContain(code);
    expect((await agent.run(...deletion("tmp-002"))).code).toBe(0);
  });

  it("nobody is asked for a code with --quiet, or without a terminal", async () => {
    const { text } = await agent.run(...deletion("tmp-004"));
    const request = requestIn(text);
    const quiet = await after.answer(["--quiet", "deny", request]);
    expect([quiet.code, quiet.screen]).toEqual([
      7,
      expect.stringContaining("younger than session"),
    ]);
    expect((await after.script(["deny", request])).code).toBe(7);
  });

  it("Ctrl-C at the question for the code ends with 130, and is no answer", async () => {
    const { text } = await agent.run(...deletion("tmp-004"));
    const asked = await after.open(["deny", requestIn(text)]);
    await asked.shows(asksForCode());
    asked.type("\x03");
    expect((await asked.ended).code).toBe(130);
    const shown = await before.script(["approval", "show", requestIn(text), "--json"]);
    expect(JSON.parse(shown.screen)).toMatchObject({ state: "pending" });
  });

  it("every younger session takes its own code, and no session speaks for another (N13)", async () => {
    const { text } = await agent.run(...deletion("tmp-004"));
    const request = requestIn(text);
    const empty = await before.open(exec([], ["/bin/cat"]));
    const banner = await empty.shows("rail, not a wall");
    const other = /session ([A-Z2-7]{6})/.exec(banner)?.[1] ?? "";
    const codes: Record<string, string> = {
      [id]: code,
      [other]: /code {5}([A-Z2-7]{8}) proves/.exec(banner)?.[1] ?? "",
    };
    const youngest = await sitDown(stage);
    const typing = async (codeOf: (session: string) => string) => {
      const asked = await youngest.open(["deny", request]);
      const seen: string[] = [];
      for (const nth of [1, 2]) {
        await asked.shows(asksForCode(nth));
        const session =
          asked.screen
            .match(/newer than session (\w{6})/g)
            ?.at(-1)
            ?.slice(-6) ?? "";
        seen.push(session);
        asked.type(`${codeOf(session)}\r`);
        if (codeOf(session) !== codes[session]) break;
      }
      return { code: (await asked.ended).code, seen, screen: asked.screen };
    };
    const one = await typing(() => codes[other] ?? "");
    expect([one.code, one.screen]).toEqual([7, expect.stringContaining("is not the one")]);
    const both = await typing((session) => codes[session] ?? "");
    expect([both.code, both.seen.sort()]).toEqual([0, [id, other].sort()]);
    expect((await before.answer(["approval", "reopen", request])).code).toBe(0);
    empty.type("\x04");
    await empty.ended;
    await youngest.close();
  });

  it("not from inside", async () => {
    const { text } = await agent.run(...deletion("tmp-003"));
    const request = requestIn(text);
    for (const words of [
      ["approve", request],
      ["approve", request, "--session"],
      ["deny", request],
      ["approval", "reopen", request],
    ]) {
      const told = await agent.run(...words);
      expect([words, told.code]).toEqual([words, 7]);
      expect(told.text).toContain("only a person answers");
    }
  });
});

describe("for this session", () => {
  it("the class is added to the running session; the same command goes through, and more of it", async () => {
    const refused = await agent.run("api", "/projects/prj-none", "-X", "DELETE");
    expect(refused.code).toBe(8);
    const first = await agent.run(...deletion("tmp-010"));
    const told = await before.answer(["approve", requestIn(first.text), "--session"], "workspaces");
    expect([told.code, told.screen]).toEqual([
      0,
      expect.stringContaining(`session ${id} now grants workspaces`),
    ]);
    await session.shows("a person allowed workspaces too");
    for (const name of ["tmp-010", "tmp-011"])
      expect((await agent.run(...deletion(name))).code).toBe(0);
    // Nothing else was added.
    expect((await agent.run("api", "/projects/prj-none", "-X", "DELETE")).code).toBe(8);
    const shown = await before.script(["approval", "show", requestIn(first.text), "--json"]);
    expect(JSON.parse(shown.screen)).toMatchObject({ state: "withdrawn" });
  });
});

describe("no", () => {
  it("is obeyed inside the session that would allow it, by id and by name, and ends when reopened", async () => {
    // By now the session grants workspaces, so the question comes from elsewhere.
    const name = "tmp-020";
    const path = `/workspaces/${workspace(stage, name)}`;
    const asked = await before.script(["api", path, "-X", "DELETE"]);
    const request = requestIn(asked.screen);
    expect((await before.answer(["deny", request])).code).toBe(0);
    for (const words of [
      ["api", path, "-X", "DELETE"],
      ["api", `/organizations/acme/workspaces/${name}`, "-X", "DELETE"],
      ["api", `${path}/actions/safe-delete`, "-X", "POST"],
    ]) {
      const told = await agent.run(...words);
      expect([words, told.code]).toEqual([words, 7]);
      expect(told.text).toContain("[denied]");
      expect(told.text).toContain(`holdfast approval reopen ${request}`);
    }
    expect([stage.api.mutations, exists(stage, workspace(stage, name))]).toEqual([[], true]);
    expect((await before.answer(["approval", "reopen", request])).code).toBe(0);
    expect((await agent.run(...deletion(name))).code).toBe(0);
  });
});
