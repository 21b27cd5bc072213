// What approvals, denials, the allowlist and an agent's knobs add to the rule.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ASK, type AgentKnobs, SECURITY } from "../../src/policy/allowlist.ts";
import type { ApprovalStanding } from "../../src/policy/approval.ts";
import { decide, type Facts, type SessionFact } from "../../src/policy/decide.ts";
import type { CommandOperation } from "../../src/policy/operation.ts";
import { isLiftable, type Reason, REASONS } from "../../src/policy/reason.ts";
import { FUZZ_RUNS } from "../support/fuzz-runs.ts";
import { deletion } from "../support/operations.ts";

const outside: SessionFact = { standing: "outside" };
const inside = (reason: string): SessionFact =>
  ({ standing: "inside", session: "7KQF2M", reason }) as SessionFact;
const somebody = { present: true } as const;
const nobody = { present: false } as const;
const since = "2026-11-20T10:00:00Z";
const STANDINGS: readonly ApprovalStanding[] = [
  { standing: "none" },
  { standing: "pending", id: "K7QF", expiresAt: since },
  { standing: "approved", id: "K7QF", expiresAt: since },
  { standing: "denied", id: "K7QF", since },
  { standing: "executing", id: "K7QF", since },
  { standing: "unknown", id: "K7QF", since },
];
const standing = (name: ApprovalStanding["standing"]): ApprovalStanding => {
  const found = STANDINGS.find((each) => each.standing === name);
  if (found === undefined) throw new Error(name);
  return found;
};
const run = (more: Partial<CommandOperation> = {}): CommandOperation => ({
  kind: "command",
  title: "Run make",
  impact: "unknown",
  resourceClass: "commands",
  reversibility: "depends",
  items: 1,
  target: { hostname: "localhost", path: "/usr/bin/make" },
  command: {
    executable: "/usr/bin/make",
    typed: "make",
    args: ["clean"],
    cwd: "/srv",
    environment: {},
    files: {},
    agent: "main",
  },
  ...more,
});
const knobs = (more: Partial<AgentKnobs> = {}): AgentKnobs => ({
  security: "allowlist",
  ask: "on-miss",
  fallback: "deny",
  ...more,
});
const entry = { id: "AB2Q", pattern: "/usr/bin/make" };
const vars = deletion("vars", "app.terraform.io");

describe("the rule for approvals reads aloud", () => {
  it.each<[string, Facts, string, string]>([
    [
      "P4: approved, outside",
      { session: outside, person: nobody, approval: standing("approved") },
      "allow",
      "approved",
    ],
    [
      "P4: approved, where the session does not grant it",
      { session: inside("class-not-granted"), person: nobody, approval: standing("approved") },
      "allow",
      "approved",
    ],
    [
      "P4: approved, but the environment was changed",
      { session: inside("environment-changed"), person: nobody, approval: standing("approved") },
      "deny",
      "environment-changed",
    ],
    [
      "P4: approved, but the record is not to be trusted",
      { session: inside("record-refused"), person: nobody, approval: standing("approved") },
      "deny",
      "record-refused",
    ],
    [
      "P2: denied, though the session grants it",
      { session: inside("granted"), person: nobody, approval: standing("denied") },
      "deny",
      "denied",
    ],
    [
      "P2: denied, though somebody is there",
      { session: outside, person: somebody, approval: standing("denied") },
      "deny",
      "denied",
    ],
    [
      "P2: denied, and somebody says yes",
      { session: outside, person: somebody, answer: "yes", approval: standing("denied") },
      "deny",
      "denied",
    ],
    [
      "P2: under way",
      { session: outside, person: somebody, approval: standing("executing") },
      "deny",
      "executing",
    ],
    [
      "P2: nobody knows what became of it",
      { session: outside, person: somebody, approval: standing("unknown") },
      "deny",
      "outcome-unknown",
    ],
    [
      "pending: nobody there",
      { session: outside, person: nobody, approval: standing("pending") },
      "deny",
      "no-session",
    ],
    [
      "pending: somebody is asked",
      { session: outside, person: somebody, approval: standing("pending") },
      "ask",
      "needs-confirmation",
    ],
    [
      "a store that cannot be used, though approved",
      {
        session: outside,
        person: nobody,
        approval: standing("approved"),
        problem: "it is malformed",
      },
      "deny",
      "store-refused",
    ],
    [
      "a store that cannot be used, though somebody says yes",
      { session: outside, person: somebody, answer: "yes", problem: "it is malformed" },
      "deny",
      "store-refused",
    ],
  ])("%s", (_, facts, effect, reason) => {
    expect(decide(vars, facts)).toMatchObject({ effect, reason });
  });
});

it("P1: what is harmless and cannot be recorded is not allowed either", () => {
  const harmless = deletion("vars", "app.terraform.io", { impact: "change" });
  const facts: Facts = { session: outside, person: somebody, problem: "the disk is full" };
  expect(decide(harmless, facts)).toMatchObject({ effect: "deny", reason: "store-refused" });
});

describe("the rule for commands reads aloud", () => {
  it.each<[string, CommandOperation, Partial<Facts>, string, string]>([
    [
      "P4: an entry covers it",
      run(),
      { command: { knobs: knobs(), entry } },
      "allow",
      "allowlisted",
    ],
    [
      "P4: an entry, inside a session that does not know it",
      run(),
      { session: inside("class-not-granted"), command: { knobs: knobs(), entry } },
      "allow",
      "allowlisted",
    ],
    [
      "P4: an agent that may run anything, and a program that it could replace",
      run({ command: { ...run().command, replaceable: true } }),
      { command: { knobs: knobs({ security: "full", fallback: "full" }) } },
      "deny",
      "no-session",
    ],
    [
      "P4: the same, and an entry for exactly it",
      run({ command: { ...run().command, replaceable: true } }),
      { command: { knobs: knobs({ security: "full", fallback: "full" }), entry } },
      "allow",
      "allowlisted",
    ],
    [
      "P4: an entry, and the command destroys",
      run({ impact: "destroy", reversibility: "irreversible" }),
      { command: { knobs: knobs(), entry } },
      "deny",
      "no-session",
    ],
    [
      "P4: an entry, and the class is unknown",
      run({ resourceClass: "unknown" }),
      { command: { knobs: knobs(), entry } },
      "deny",
      "no-session",
    ],
    [
      "P4: an entry for a shell",
      run({ command: { ...run().command, unbindable: "interpreter" } }),
      { command: { knobs: knobs(), entry } },
      "deny",
      "no-session",
    ],
    [
      "P2: an entry, and a person's no",
      run(),
      { approval: standing("denied"), command: { knobs: knobs(), entry } },
      "deny",
      "denied",
    ],
    [
      "ask always: the entry does not count",
      run(),
      { command: { knobs: knobs({ ask: "always" }), entry } },
      "deny",
      "no-session",
    ],
    [
      "ask always, somebody there",
      run(),
      { person: somebody, command: { knobs: knobs({ ask: "always" }), entry } },
      "ask",
      "needs-confirmation",
    ],
    [
      "ask off, no entry",
      run(),
      { person: somebody, command: { knobs: knobs({ ask: "off" }) } },
      "deny",
      "allowlist-miss",
    ],
    [
      "ask off, an entry",
      run(),
      { command: { knobs: knobs({ ask: "off" }), entry } },
      "allow",
      "allowlisted",
    ],
    [
      "security deny, an entry and an approval",
      run(),
      { approval: standing("approved"), command: { knobs: knobs({ security: "deny" }), entry } },
      "deny",
      "agent-denied",
    ],
    [
      "security deny, somebody there",
      run(),
      { person: somebody, command: { knobs: knobs({ security: "deny" }) } },
      "deny",
      "agent-denied",
    ],
    [
      "security full",
      run(),
      { command: { knobs: knobs({ security: "full" }) } },
      "allow",
      "agent-unrestricted",
    ],
    [
      "security full, and the command destroys",
      run({ reversibility: "irreversible" }),
      { command: { knobs: knobs({ security: "full" }) } },
      "deny",
      "no-session",
    ],
    [
      "ask always, full, fallback full, nobody there",
      run(),
      { command: { knobs: knobs({ security: "full", ask: "always", fallback: "full" }) } },
      "allow",
      "agent-unrestricted",
    ],
    [
      "ask always, allowlist, fallback full, nobody there: no more than the allowlist",
      run(),
      { command: { knobs: knobs({ ask: "always", fallback: "full" }) } },
      "deny",
      "no-session",
    ],
    [
      "ask always, fallback allowlist, an entry, nobody there",
      run(),
      { command: { knobs: knobs({ ask: "always", fallback: "allowlist" }), entry } },
      "allow",
      "allowlisted",
    ],
    ["nothing known of it", run(), {}, "deny", "no-session"],
  ])("%s", (_, operation, more, effect, reason) => {
    const facts = { session: outside, person: nobody, ...more } as Facts;
    expect(decide(operation, facts)).toMatchObject({ effect, reason });
  });
});

const facts = fc
  .record({
    session: fc.constantFrom(
      outside,
      ...(Object.keys(REASONS) as Reason[])
        .filter((reason) => REASONS[reason].effect === "deny" || reason === "granted")
        .map(inside),
    ),
    person: fc.constantFrom(somebody, nobody),
    answer: fc.constantFrom("yes" as const, "no" as const, undefined),
    approval: fc.constantFrom(undefined, ...STANDINGS),
    problem: fc.constantFrom(undefined, undefined, "it is malformed"),
    command: fc.option(
      fc.record({
        knobs: fc.record({
          security: fc.constantFrom(...SECURITY),
          ask: fc.constantFrom(...ASK),
          fallback: fc.constantFrom(...SECURITY),
        }),
        entry: fc.constantFrom(undefined, entry),
      }),
      { nil: undefined },
    ),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)))
  .map((all) => all as unknown as Facts);
const operation = fc.constantFrom(
  vars,
  deletion("unknown", "app.terraform.io"),
  run(),
  run({ reversibility: "irreversible" }),
  run({ resourceClass: "unknown" }),
);

describe("whatever the facts", () => {
  it("P2: what is blocked, or cannot be read, is never allowed and never asked", () => {
    fc.assert(
      fc.property(operation, facts, (what, known) => {
        const isBlocked = ["denied", "executing", "unknown"].includes(
          known.approval?.standing ?? "",
        );
        if (isBlocked || known.problem !== undefined)
          expect(decide(what, known).effect).toBe("deny");
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it("every allow rests on exactly one yes, and that yes is among the facts", () => {
    fc.assert(
      fc.property(operation, facts, (what, known) => {
        const { effect, reason } = decide(what, known);
        if (effect !== "allow") return;
        const { session, approval, command, person, answer } = known;
        const rests: Partial<Record<Reason, boolean>> = {
          granted: session.standing === "inside" && session.reason === "granted",
          approved: approval?.standing === "approved",
          allowlisted: what.kind === "command" && command?.entry !== undefined,
          "agent-unrestricted": what.kind === "command" && command?.knobs.security === "full",
          confirmed: session.standing !== "inside" && person.present && answer === "yes",
        };
        expect(rests[reason]).toBe(true);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it("P4: no approval and no entry lifts what is not liftable, nor an unknown class by an entry", () => {
    fc.assert(
      fc.property(operation, facts, (what, known) => {
        const { effect, reason } = decide(what, known);
        if (effect !== "allow") return;
        const { session } = known;
        if (session.standing === "inside" && reason !== "granted")
          expect(isLiftable(session.reason)).toBe(true);
        if (reason === "allowlisted" || reason === "agent-unrestricted") {
          expect(what.resourceClass).toBe("commands");
          expect(what.reversibility).not.toBe("irreversible");
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
