// Just this once, with real processes: an agent's script asks, a person at another terminal answers,
// the same command goes through once.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ASKS, type Desk, requestIn, sitDown } from "../support/desk.ts";
import { exists, workspace } from "../support/scripts.ts";
import { type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let desk: Desk;
beforeAll(async () => {
  stage = await setStage({ asks: true });
  desk = await sitDown(stage);
});
afterAll(async () => {
  await desk.close();
  await stage.close();
});
beforeEach(() => stage.api.reset());

const deletion = (id: string) => ["api", `/workspaces/${id}`, "-X", "DELETE"];
const named = (name: string) => workspace(stage, name);

/** The script asks for the deletion of a workspace, and is told to wait for a person. */
async function asked(name: string): Promise<{ id: string; request: string; screen: string }> {
  const id = named(name);
  const { code, screen } = await desk.script(deletion(id));
  expect([code, screen]).toEqual([8, expect.stringContaining("refused, nothing sent")]);
  return { id, request: requestIn(screen), screen };
}

describe("a refusal files a request", () => {
  it("says what to type, exits with 8, and sends nothing", async () => {
    const { id, request, screen } = await asked("tmp-000");
    expect(screen).toContain(`once          holdfast approve ${request}`);
    expect(screen).toContain("Once approved, run the same command again.");
    expect([exists(stage, id), stage.api.mutations]).toEqual([true, []]);
  });

  it("asking again finds the same request (F2)", async () => {
    const first = await asked("tmp-001");
    const second = await asked("tmp-001");
    expect(second.request).toBe(first.request);
  });

  it("--json: one object with the request, and exit 8", async () => {
    const id = named("tmp-002");
    const { code, screen } = await desk.script([...deletion(id), "--json"]);
    const object = JSON.parse(screen.slice(screen.indexOf("{")));
    expect(code).toBe(8);
    expect(object).toMatchObject({ effect: "deny", request: { status: "pending" } });
    expect(object.request.id).toMatch(/^[A-Z2-7]{4,6}$/);
  });

  it("the deletion of an organization is not asked for: by hand or not at all (F1)", async () => {
    const { code, screen } = await desk.script(["api", "/organizations/acme", "-X", "DELETE"]);
    expect([code, screen]).toEqual([7, expect.stringContaining("by hand or not at all")]);
  });

  it("what is too long to be shown whole is not asked for (W1)", async () => {
    const data = Array.from({ length: 200 }, (_, index) => ({
      type: "workspaces",
      id: `ws-${String(index).padStart(60, "x")}`,
    }));
    const words = ["api", "/varsets/varset-1/relationships/workspaces", "-X", "DELETE"];
    const { code, screen } = await desk.script([...words, "-i", JSON.stringify({ data })]);
    expect([code, screen]).toEqual([7, expect.stringContaining("cannot be shown or pinned whole")]);
  });

  it("on a CI machine nobody is asked: 7 (F1)", async () => {
    const { code, screen } = await desk.script(deletion(named("tmp-003")), { CI: "true" });
    expect([code, screen]).toEqual([7, expect.stringContaining("not asked: no person can reach")]);
  });
});

describe("a person approves", () => {
  it("sees the card, says yes; the same command goes through, once", async () => {
    const { id, request } = await asked("tmp-010");
    const told = await desk.answer(["approve", request], "y");
    expect(told.code).toBe(0);
    expect(told.screen).toContain("tmp-010");
    expect(told.screen).toMatch(/request {2,}DELETE \/workspaces\/ws-/);
    expect(told.screen).toContain("approved for one run of exactly this");

    const done = await desk.script(deletion(id));
    expect([done.code, exists(stage, id)]).toEqual([0, false]);
    expect(done.screen).toContain(`request ${request}, approved for this once, allows DELETE`);

    const again = await desk.script(deletion(id));
    expect(again.code).toBe(8);
    expect(requestIn(again.screen)).not.toBe(request);
    expect(stage.api.mutations).toHaveLength(1);
  });

  it("an irreversible target is typed by name; anything else keeps it", async () => {
    const { id, request } = await asked("payments-dev");
    const wrong = await desk.answer(["approve", request], "payments");
    expect([wrong.code, wrong.screen]).toEqual([7, expect.stringContaining("still waits")]);
    expect((await desk.script(deletion(id))).code).toBe(8);
    const right = await desk.answer(["approve", request], "payments-dev");
    expect(right.code).toBe(0);
    expect((await desk.script(deletion(id))).code).toBe(0);
    expect(exists(stage, id)).toBe(false);
  });

  it("bare approve shows the only request that waits, and Enter alone says no", async () => {
    for (const each of await waiting()) await desk.answer(["deny", each]);
    const { request } = await asked("tmp-011");
    const told = await desk.answer(["approve"], "");
    expect([told.code, told.screen]).toEqual([
      7,
      expect.stringContaining(`${request} still waits`),
    ]);
  });

  it("another lineage cannot use it (A4)", async () => {
    const { id, request } = await asked("tmp-012");
    await desk.answer(["approve", request], "y");
    const other = await sitDown(stage);
    try {
      const { code, screen } = await other.script(deletion(id));
      expect(code).toBe(8);
      expect(requestIn(screen)).not.toBe(request);
      expect(exists(stage, id)).toBe(true);
    } finally {
      await other.close();
    }
  });

  it("a workspace made again under the same name is another one: refused", async () => {
    const byName = ["api", "/organizations/acme/workspaces/tmp-013", "-X", "DELETE"];
    const first = await desk.script(byName);
    await desk.answer(["approve", requestIn(first.screen)], "y");
    const id = named("tmp-013");
    stage.api.state.remove({ type: "workspaces", id });
    await desk.script([
      "api",
      "/organizations/acme/workspaces",
      "-t",
      "workspaces",
      "-a",
      "name=tmp-013",
    ]);
    expect(named("tmp-013")).not.toBe(id);
    const { code } = await desk.script(byName);
    expect([code, exists(stage, named("tmp-013"))]).toEqual([8, true]);
  });

  it("a token approval with another query is another operation", async () => {
    const path = "/organizations/acme/authentication-token";
    const first = await desk.script(["api", path, "-X", "DELETE"]);
    const request = requestIn(first.screen);
    const shown = await desk.open(["approve", request]);
    await shown.shows(ASKS);
    const name = /Type (\S+) to allow it: /.exec(shown.screen)?.[1] ?? "";
    shown.type(`${name}\r`);
    expect((await shown.ended).code).toBe(0);
    const other = await desk.script(["api", `${path}?token=audit-trails`, "-X", "DELETE"]);
    expect([other.code, stage.api.mutations]).toEqual([8, []]);
  });

  it("--wait waits for the answer and goes on", async () => {
    const id = named("tmp-014");
    const waiter = await desk.outside.start(
      [process.execPath, "dist/holdfast.cjs", ...deletion(id), "--wait", "60s"],
      { env: stage.env, cwd: process.cwd() },
    );
    await waiter.shows("waiting for a person");
    await desk.answer(["approve", requestIn(waiter.screen)], "y");
    expect((await waiter.ended).code).toBe(0);
    expect(exists(stage, id)).toBe(false);
  });
});

async function waiting(): Promise<string[]> {
  const { screen } = await desk.script(["approval", "list", "--state", "pending", "--json"]);
  const { requests } = JSON.parse(screen) as { requests: { id: string }[] };
  return requests.map(({ id }) => id);
}

describe("a person says no", () => {
  it("it lasts: by id, by name, and at the person's own terminal, until it is reopened", async () => {
    const { id, request } = await asked("tmp-020");
    const told = await desk.answer(["deny", request]);
    expect([told.code, told.screen]).toEqual([0, expect.stringContaining("until you reopen it")]);
    for (const words of [
      deletion(id),
      ["api", "/organizations/acme/workspaces/tmp-020", "-X", "DELETE"],
      ["api", `/workspaces/${id}/actions/safe-delete`, "-X", "POST"],
    ]) {
      const { code, screen } = await desk.script(words);
      expect([code, screen]).toEqual([7, expect.stringContaining("[denied]")]);
    }
    expect((await desk.answer(deletion(id))).screen).toContain("[denied]");
    expect(stage.api.mutations).toEqual([]);

    const reopened = await desk.answer(["approval", "reopen", request]);
    expect(reopened.code).toBe(0);
    const again = await desk.script(deletion(id));
    expect(again.code).toBe(8);
  });

  it("an approval that was not used is taken back", async () => {
    const { id, request } = await asked("tmp-021");
    await desk.answer(["approve", request], "y");
    expect((await desk.answer(["approval", "withdraw", request])).code).toBe(0);
    const { code, screen } = await desk.script(deletion(id));
    expect(code).toBe(8);
    expect(requestIn(screen)).not.toBe(request);
  });
});

describe("only a person answers (A1)", () => {
  it("not a script, not an agent at a terminal", async () => {
    const { request } = await asked("tmp-022");
    const script = await desk.script(["approve", request]);
    expect([script.code, script.screen]).toEqual([
      7,
      expect.stringContaining("only a person answers"),
    ]);
    const agent = await desk.answer(["approve", request], undefined, { CLAUDECODE: "1" });
    expect([agent.code, agent.screen]).toEqual([7, expect.stringContaining("Claude Code")]);
    const shown = await desk.script(["approval", "show", request, "--json"]);
    expect(JSON.parse(shown.screen).state).toBe("pending");
  });

  it.each([
    ["an id that is none", ["approve", "ZZZZ"], 2, "there is no request"],
    ["two answers at once", ["approve", "ZZZZ", "--session", "--always"], 1, "two answers"],
    ["a state that is none", ["approval", "list", "--state", "x"], 1, "no state of a request"],
    ["resolve without evidence", ["approval", "resolve", "ZZZZ", "--happened"], 1, "--evidence"],
    [
      "resolve without an outcome",
      ["approval", "resolve", "ZZZZ", "--evidence", "x"],
      1,
      "--happened or",
    ],
    ["a duration that is none", [...deletion("ws-1"), "--wait", "soon"], 1, "is not a duration"],
  ])("%s: one clear line", async (_, words, code, text) => {
    const told = await desk.answer(words);
    expect([told.code, told.screen]).toEqual([code, expect.stringContaining(text)]);
  });

  it("--session without a session, and --always for a request: refused by name", async () => {
    const { request } = await asked("tmp-023");
    const session = await desk.answer(["approve", request, "--session"]);
    expect([session.code, session.screen]).toEqual([
      7,
      expect.stringContaining("no session asked"),
    ]);
    const always = await desk.answer(["approve", request, "--always"]);
    expect([always.code, always.screen]).toEqual([7, expect.stringContaining("--always")]);
  });
});
