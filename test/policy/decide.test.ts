import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, type Facts, type SessionFact } from "../../src/policy/decide.ts";
import type { Impact } from "../../src/policy/operation.ts";
import { type Reason, REASONS } from "../../src/policy/reason.ts";
import { RESOURCE_CLASSES, type ResourceClass } from "../../src/policy/resource-class.ts";
import { FUZZ_RUNS } from "../support/fuzz-runs.ts";
import { deletion } from "../support/operations.ts";

const HOST = "app.terraform.io";
const outside: SessionFact = { standing: "outside" };
const inside = (reason: string): SessionFact =>
  ({ standing: "inside", session: "7KQF2M", reason }) as SessionFact;
const foreign: SessionFact = {
  standing: "foreign-token",
  reason: "not-a-descendant",
  session: "7KQF2M",
  detail: "x",
};
const somebody = { present: true } as const;
const nobody = { present: false, because: "there is no terminal" } as const;

describe("the gate's rule reads aloud", () => {
  it.each<[string, Facts, string, string]>([
    ["nobody, no session", { session: outside, person: nobody }, "deny", "no-session"],
    ["somebody, no session", { session: outside, person: somebody }, "ask", "needs-confirmation"],
    [
      "somebody says yes",
      { session: outside, person: somebody, answer: "yes" },
      "allow",
      "confirmed",
    ],
    ["somebody says no", { session: outside, person: somebody, answer: "no" }, "deny", "declined"],
    [
      "somebody types another name",
      { session: outside, person: somebody, answer: "mismatch" },
      "deny",
      "declined",
    ],
    [
      "somebody presses Ctrl-C",
      { session: outside, person: somebody, answer: "interrupted" },
      "deny",
      "declined",
    ],
    [
      "a yes, and nobody there any more",
      { session: outside, person: nobody, answer: "yes" },
      "deny",
      "no-session",
    ],
    ["a session grants", { session: inside("granted"), person: nobody }, "allow", "granted"],
    [
      "a session refuses",
      { session: inside("class-not-granted"), person: nobody },
      "deny",
      "class-not-granted",
    ],
    [
      "a session refuses, somebody there",
      { session: inside("revoked"), person: somebody },
      "deny",
      "revoked",
    ],
    [
      "a session refuses, somebody says yes",
      { session: inside("stale"), person: somebody, answer: "yes" },
      "deny",
      "stale",
    ],
    [
      "a token of no session, nobody",
      { session: foreign, person: nobody },
      "deny",
      "not-a-descendant",
    ],
    [
      "a token of no session, somebody",
      { session: foreign, person: somebody },
      "ask",
      "needs-confirmation",
    ],
  ])("%s", (_, facts, effect, reason) => {
    expect(decide(deletion("vars", HOST), facts)).toMatchObject({ effect, reason });
  });

  it.each<[Impact, string]>([
    ["read", "allow"],
    ["change", "allow"],
    ["destroy", "deny"],
    ["unknown", "deny"],
  ])("P1: with nothing known, %s: %s", (impact, effect) => {
    const operation = deletion("vars", HOST, { impact });
    expect(decide(operation, { session: outside, person: nobody }).effect).toBe(effect);
  });
});

const reasons = Object.keys(REASONS) as Reason[];
const operation = fc
  .record({
    impact: fc.constantFrom<Impact>("read", "change", "destroy", "unknown"),
    resourceClass: fc.constantFrom(
      "unknown" as const,
      ...(Object.keys(RESOURCE_CLASSES) as ResourceClass[]),
    ),
    items: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ resourceClass, ...more }) => deletion(resourceClass, HOST, more));
const session: fc.Arbitrary<SessionFact> = fc.oneof(
  fc.constant(outside),
  fc.constant(foreign),
  fc
    .constantFrom(
      ...reasons.filter(
        (reason) =>
          reason === "granted" ||
          (REASONS[reason].effect === "deny" &&
            !/^(no-session|declined|agent-denied|allowlist-miss)$/.test(reason)),
      ),
    )
    .map((reason) => inside(reason)),
);
const answer = fc.constantFrom("yes", "no", "mismatch", "interrupted", undefined);
const facts = fc
  .record({ session, person: fc.constantFrom(somebody, nobody), answer })
  .map(
    ({ answer: said, ...rest }): Facts => (said === undefined ? rest : { ...rest, answer: said }),
  );

describe("P1, P3, P5 and P6, whatever the facts", () => {
  it("is total, gives a reason of the table, and carries the very operation", () => {
    fc.assert(
      fc.property(operation, facts, (what, known) => {
        const made = decide(what, known);
        expect(made.operation).toBe(what);
        expect(REASONS[made.reason].effect).toBe(made.effect);
        expect(decide(what, known)).toEqual(made);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it("allows what is not harmless only to a session's grant, or a person's yes outside any", () => {
    fc.assert(
      fc.property(operation, facts, (what, known) => {
        const { effect, reason } = decide(what, known);
        const isHarmless = what.impact === "read" || what.impact === "change";
        const isGranted = known.session.standing === "inside" && known.session.reason === "granted";
        const isConfirmed =
          known.session.standing !== "inside" && known.person.present && known.answer === "yes";
        expect(effect === "allow").toBe(isHarmless || isGranted || isConfirmed);
        if (effect === "allow")
          expect(reason).toBe(isHarmless ? "not-destructive" : isGranted ? "granted" : "confirmed");
        const mayAsk = !isHarmless && known.session.standing !== "inside" && known.person.present;
        expect(effect === "ask").toBe(mayAsk && known.answer === undefined);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
