import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CommandFact } from "../../src/policy/allowlist.ts";
import type { ApprovalStanding } from "../../src/policy/approval.ts";
import { decide, type Effect, type Facts, type SessionFact } from "../../src/policy/decide.ts";
import type { Impact } from "../../src/policy/operation.ts";
import type { Ruling } from "../../src/policy/rule.ts";
import { FUZZ_RUNS } from "../support/fuzz-runs.ts";
import { deletion } from "../support/operations.ts";

const fired = { id: "no-thursdays", effect: "deny", where: "policy.yaml:4" } as const;

const ruling = (floor: Effect): Ruling => ({
  floor,
  environments: [],
  matched: floor === "allow" ? [] : [{ ...fired, effect: floor }],
  ...(floor === "allow" ? {} : { fired: { ...fired, effect: floor } }),
  isHardened: false,
  approvers: 1,
});

const STRICTNESS: Record<Effect, number> = { allow: 0, ask: 1, deny: 2 };

const session: fc.Arbitrary<SessionFact> = fc.constantFrom<SessionFact>(
  { standing: "outside" },
  { standing: "inside", session: "7KQF2M", reason: "granted" },
  { standing: "inside", session: "7KQF2M", reason: "class-not-granted" },
  { standing: "foreign-token", reason: "not-a-descendant", detail: "x" },
);
const approval = fc.constantFrom<ApprovalStanding>(
  { standing: "none" },
  { standing: "approved", id: "K7QF", expiresAt: "tomorrow" },
  { standing: "denied", id: "K7QF", since: "yesterday" },
);
const facts: fc.Arbitrary<Facts> = fc.record(
  {
    session,
    person: fc.constantFrom<Facts["person"]>({ present: true }, { present: false }),
    answer: fc.constantFrom("yes" as const, "no" as const),
    approval,
    command: fc.constant<CommandFact>({
      knobs: { security: "full", ask: "on-miss", fallback: "full" },
    }),
  },
  { requiredKeys: ["session", "person"] },
);
const impact = fc.constantFrom<Impact>("read", "change", "destroy", "unknown");

describe("P7: what a rule denies no yes allows", () => {
  it("whatever the session, the approval, the entry or the person says", () => {
    fc.assert(
      fc.property(facts, impact, (known, of) => {
        const operation = deletion("workspaces", "app.terraform.io", { impact: of });
        const { effect, reason, rule } = decide(operation, { ...known, ruling: ruling("deny") });
        expect([effect, reason, rule?.id]).toEqual(["deny", "policy-denied", "no-thursdays"]);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});

describe("P1: a rule raises the floor, and nothing lowers it", () => {
  it("what a rule asks about, harmless or not, is decided like what destroys", () => {
    fc.assert(
      fc.property(facts, impact, (known, of) => {
        const raised = deletion("workspaces", "app.terraform.io", { impact: of });
        const destroys = deletion("workspaces", "app.terraform.io");
        const one = decide(raised, { ...known, ruling: ruling("ask") });
        const other = decide(destroys, { ...known, ruling: ruling("ask") });
        expect([one.effect, one.reason]).toEqual([other.effect, other.reason]);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it("a stricter floor never makes the decision milder", () => {
    const floor = fc.constantFrom<Effect>("allow", "ask", "deny");
    fc.assert(
      fc.property(facts, impact, floor, floor, (known, of, one, other) => {
        const operation = deletion("vars", "app.terraform.io", { impact: of });
        const builtIn: Effect = of === "read" || of === "change" ? "allow" : "ask";
        const [mild = "allow", strict = "allow"] = [one, other]
          .map((each) => (STRICTNESS[each] < STRICTNESS[builtIn] ? builtIn : each))
          .sort((a, b) => STRICTNESS[a] - STRICTNESS[b]);
        const milder = decide(operation, { ...known, ruling: ruling(mild) });
        const stricter = decide(operation, { ...known, ruling: ruling(strict) });
        expect(STRICTNESS[stricter.effect]).toBeGreaterThanOrEqual(STRICTNESS[milder.effect]);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it("what no rule raises and is harmless is allowed as before", () => {
    const operation = deletion("vars", "app.terraform.io", { impact: "change" });
    const outside = { session: { standing: "outside" }, person: { present: false } } as const;
    expect(decide(operation, { ...outside, ruling: ruling("allow") }).reason).toBe(
      "not-destructive",
    );
    const { effect, reason, rule } = decide(operation, { ...outside, ruling: ruling("ask") });
    expect([effect, reason, rule?.where]).toEqual(["deny", "no-session", "policy.yaml:4"]);
  });
});
