import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DOCTOR_CHECKS } from "../../src/cli/doctor-command.ts";
import { ok, problem, runChecks } from "../../src/doctor/check.ts";
import type { DoctorWorld } from "../../src/doctor/world.ts";
import { EXIT } from "../../src/policy/exit-code.ts";
import { Failure } from "../../src/policy/failure.ts";
import { first, makePlace } from "./world.ts";

const place = makePlace();
let world: DoctorWorld;

beforeAll(async () => {
  world = await place.world();
});
afterAll(() => place.remove());

const throwing = (error: unknown) => ({
  id: "broken",
  title: "broken",
  run: () => Promise.reject(error),
});

describe("running checks", () => {
  it("D1: goes on after a check that throws", async () => {
    const good = { id: "good", title: "good", run: async () => ok("fine") };
    const statuses = [];
    for await (const { status } of runChecks([throwing(new Error("boom")), good], world))
      statuses.push(status);
    expect(statuses).toEqual(["problem", "ok"]);
  });

  it.each([
    [
      "a failure with a fix",
      new Failure("x", "no", { exitCode: EXIT.usage, fix: "do this" }),
      "do this",
    ],
    ["a failure without one", new Failure("x", "no", { exitCode: EXIT.usage }), "correct what"],
    ["a defect", new TypeError("no"), "report this"],
    ["what is no error", "no", "report this"],
  ])("D2: %s becomes a problem with a fix", async (_, error, fix) => {
    const result = await first(throwing(error), world);
    expect(result.status).toBe("problem");
    expect(result.text).toContain("no");
    expect(result.fix).toContain(fix);
  });

  it("D3: cuts the tokens of sessions out of text and fix", async () => {
    const token = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const file = `/x/exec/${token}.hcl`;
    const check = { id: "t", title: "t", run: async () => problem(`${file}: bad`, `rm ${file}`) };
    const result = await first(check, world);
    expect(result).toMatchObject({ text: "/x/exec/ABCD*.hcl: bad", fix: "rm /x/exec/ABCD*.hcl" });
  });

  it.each([
    ["A".repeat(31), "is shorter"],
    ["A".repeat(33), "is longer"],
    ["a".repeat(32), "is lower-case"],
  ])("leaves %s alone: it %s than a token", async (word) => {
    expect((await first({ id: "t", title: "t", run: async () => ok(word) }, world)).text).toBe(
      word,
    );
  });
});

describe("the table", () => {
  it("names every check once", () => {
    const ids = DOCTOR_CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[a-z]+(-[a-z]+)*$/.test(id))).toBe(true);
  });

  it("has titles that fit their column", () => {
    expect(DOCTOR_CHECKS.filter(({ title }) => title.length > 16)).toEqual([]);
  });
});
