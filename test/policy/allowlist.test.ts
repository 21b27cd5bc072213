import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AgentKnobs,
  type AllowlistEntry,
  ASK,
  agentIdOf,
  agentKnobs,
  BUILT_IN_KNOBS,
  entriesFor,
  isAgentId,
  SECURITY,
  strictest,
} from "../../src/policy/allowlist.ts";
import { argPatternOf, wordsPattern } from "../../src/policy/allowlist-arguments.ts";
import {
  bindable,
  entryFor,
  matchEntry,
  notBindableBecause,
} from "../../src/policy/allowlist-match.ts";
import type { CommandRequest } from "../../src/policy/operation.ts";
import { FUZZ_RUNS } from "../support/fuzz-runs.ts";

const NOW = new Date("2026-03-01T12:00:00Z");

const command = (changed: Partial<CommandRequest> = {}): CommandRequest => ({
  executable: "/usr/bin/kubectl",
  typed: "kubectl",
  args: ["get", "pods"],
  cwd: "/srv",
  environment: {},
  files: { "/usr/bin/kubectl": "ab" },
  agent: "main",
  ...changed,
});

let made = 0;
const entry = (changed: Partial<AllowlistEntry> = {}): AllowlistEntry => ({
  id: `ID${made++}`,
  pattern: "/usr/bin/kubectl",
  origin: "added",
  createdAt: "2026-01-01T00:00:00.000Z",
  ...changed,
});

const approved = (of: CommandRequest): AllowlistEntry => entry({ ...entryFor(of) });

describe("the knobs of an agent", () => {
  const knobs = fc.record(
    {
      security: fc.constantFrom(...SECURITY),
      ask: fc.constantFrom(...ASK),
      fallback: fc.constantFrom(...SECURITY),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Partial<AgentKnobs>>;

  it("are each from the agent, else `*`, else the defaults, else built in", () => {
    fc.assert(
      fc.property(knobs, knobs, knobs, (own, any, defaults) => {
        const commands = { agents: { claude: own, "*": any }, defaults };
        for (const name of ["security", "ask", "fallback"] as const) {
          const expected = own[name] ?? any[name] ?? defaults[name] ?? BUILT_IN_KNOBS[name];
          expect(agentKnobs(commands, "claude")[name]).toBe(expected);
          const others = any[name] ?? defaults[name] ?? BUILT_IN_KNOBS[name];
          expect(agentKnobs(commands, "other")[name]).toBe(others);
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it.each(["constructor", "toString", "valueOf"])("an agent may be called %s", (name) => {
    expect(isAgentId(name.toLowerCase())).toBe(true);
    expect(agentKnobs({ agents: {}, defaults: {} }, name)).toEqual(BUILT_IN_KNOBS);
    expect(entriesFor({ agents: {} }, name)).toEqual([]);
  });

  it("a blank id is main", () => {
    expect(["", " ", undefined].map(agentIdOf)).toEqual(["main", "main", "main"]);
    const commands = { agents: { main: { ask: "off" as const } }, defaults: {} };
    expect(agentKnobs(commands, "").ask).toBe("off");
  });

  it.each(["*", "", "-a", ".a", "_a", "A", "a b", "a/b", "__proto__", "a".repeat(65), "é"])(
    "%j is no agent id",
    (id) => expect(isAgentId(id)).toBe(false),
  );

  it("the stricter of two is the earlier in the list", () => {
    expect(strictest("full", "deny")).toBe("deny");
    expect(strictest("allowlist", "full")).toBe("allowlist");
  });
});

describe("N1: what no entry covers", () => {
  it.each(["interpreter", "wrapper", "not-resolved"] as const)("%s", (unbindable) => {
    const found = command({ unbindable });
    const entries = [
      entry({ pattern: "/**" }),
      entry({ argPattern: argPatternOf(found), origin: "approved" }),
    ];
    expect(matchEntry(entries, command(), NOW)).toBeDefined();
    expect(matchEntry(entries, found, NOW)).toBeUndefined();
    expect(bindable(found)).toBe(false);
    expect(notBindableBecause(found)).toBeTypeOf("string");
    expect(() => entryFor(found)).toThrow("no entry can cover this command");
  });

  it("71315: a bare name, on either side", () => {
    expect(matchEntry([entry({ pattern: "kubectl" })], command(), NOW)).toBeUndefined();
    const bare = command({ executable: "kubectl" });
    expect(matchEntry([entry({ pattern: "kubectl" })], bare, NOW)).toBeUndefined();
    expect(bindable(bare)).toBe(false);
  });

  it("an executable with a wildcard in its path: its entry would cover others", () => {
    for (const executable of ["/opt/a*b", "/opt/a?b"]) {
      expect(bindable(command({ executable }))).toBe(false);
      const forged = entry({
        pattern: executable,
        origin: "approved",
        argPattern: argPatternOf(command()),
      });
      expect(matchEntry([forged], command({ executable: "/opt/axb" }), NOW)).toBeUndefined();
    }
  });
});

describe("N2: entries that cover nothing", () => {
  it("expired ones, to the millisecond", () => {
    const at = (expiresAt: string) => matchEntry([entry({ expiresAt })], command(), NOW);
    expect(at("2026-03-01T12:00:00.001Z")).toBeDefined();
    expect(at("2026-03-01T12:00:00.000Z")).toBeUndefined();
    expect(at("2025-01-01T00:00:00Z")).toBeUndefined();
    expect(at("never")).toBeUndefined();
  });

  it("approved ones without arguments, with words, or with a wildcard", () => {
    const origin = "approved" as const;
    const argPattern = argPatternOf(command());
    for (const inert of [
      entry({ origin }),
      entry({ origin, argPattern: '["**"]' }),
      entry({ origin, argPattern, pattern: "/usr/bin/*" }),
    ])
      expect(matchEntry([inert], command(), NOW)).toBeUndefined();
    expect(matchEntry([entry({ origin, argPattern })], command(), NOW)).toBeDefined();
  });

  it("patterns that are none", () => {
    for (const pattern of ["**", "*", "", "/usr/bin/**ctl", "/usr//bin/kubectl"])
      expect(matchEntry([entry({ pattern })], command(), NOW)).toBeUndefined();
  });
});

describe("N3: a program that the agent could replace", () => {
  it("is covered by no entry that only names it", () => {
    const found = command({ replaceable: true });
    for (const named of [
      entry(),
      entry({ pattern: "/usr/**" }),
      entry({ argPattern: wordsPattern(["get", "pods"]) }),
    ]) {
      expect(matchEntry([named], command(), NOW)).toBe(named);
      expect(matchEntry([named], found, NOW)).toBeUndefined();
    }
    const exact = approved(found);
    expect(matchEntry([exact], found, NOW)).toBe(exact);
  });
});

describe("N4: what approve --always makes", () => {
  const word = fc.string({ maxLength: 6 });
  const any = fc.record({
    args: fc.array(word, { maxLength: 3 }),
    cwd: fc.constantFrom("/srv", "/prod"),
    executable: fc.constantFrom("/usr/bin/kubectl", "/usr/bin/aws"),
    files: fc.dictionary(fc.constantFrom("/a", "/b"), fc.constantFrom("00", "11")),
    environment: fc.dictionary(fc.constantFrom("HOME", "LANG"), fc.constantFrom("00", "11")),
  });

  it("covers exactly the command that was approved", () => {
    fc.assert(
      fc.property(any, any, (one, other) => {
        const entries = [approved(command(one))];
        expect(matchEntry(entries, command(one), NOW)).toBe(entries[0]);
        const isSame =
          one.executable === other.executable &&
          argPatternOf(command(one)) === argPatternOf(command(other));
        expect(matchEntry(entries, command(other), NOW) !== undefined).toBe(isSame);
      }),
      { numRuns: FUZZ_RUNS * 3 },
    );
  });

  it("W1109: not other arguments of the same program", () => {
    const entries = [approved(command({ executable: "/usr/bin/whoami", args: [] }))];
    const other = command({ executable: "/usr/bin/whoami", args: ["/priv"] });
    expect(matchEntry(entries, other, NOW)).toBeUndefined();
  });

  it("48590: not another script", () => {
    const entries = [approved(command({ args: ["safe.py"] }))];
    expect(matchEntry(entries, command({ args: ["evil.py"] }), NOW)).toBeUndefined();
  });

  it("107683: not a script that was edited, nor a program that was replaced", () => {
    const entries = [approved(command({ files: { "/srv/s": "00" } }))];
    expect(matchEntry(entries, command({ files: { "/srv/s": "11" } }), NOW)).toBeUndefined();
  });

  it("45595, 82825: not what the same name leads to now: the real path is bound", () => {
    const entries = [approved(command({ executable: "/opt/v1/tool", typed: "tool" }))];
    const moved = command({ executable: "/opt/v2/tool", typed: "tool" });
    expect(matchEntry(entries, moved, NOW)).toBeUndefined();
  });

  it("43798: not a path in another case", () => {
    const entries = [approved(command())];
    expect(matchEntry(entries, command({ executable: "/usr/bin/Kubectl" }), NOW)).toBeUndefined();
  });
});

describe("which entry covers a command", () => {
  const wide = entry({ pattern: "/usr/bin/*" });
  const words = entry({ argPattern: wordsPattern(["get", "*"]) });
  const exact = approved(command());

  it("the one that says most about arguments, wherever it stands", () => {
    for (const entries of [
      [wide, words, exact],
      [exact, wide, words],
      [words, exact, wide],
    ]) {
      expect(matchEntry(entries, command(), NOW)).toBe(exact);
      expect(matchEntry(entries, command({ args: ["get", "svc"] }), NOW)).toBe(words);
      expect(matchEntry(entries, command({ args: ["delete"] }), NOW)).toBe(wide);
    }
  });

  it("of several that say as much, the first: the agent's own before every agent's", () => {
    const own = entry();
    const shared = entry();
    const agents = { "*": { entries: [shared] }, claude: { entries: [own] } };
    const allowlist = { version: 1 as const, revision: 1, agents, revoked: [] };
    expect(matchEntry(entriesFor(allowlist, "claude"), command(), NOW)).toBe(own);
    expect(matchEntry(entriesFor(allowlist, "codex"), command(), NOW)).toBe(shared);
    expect(matchEntry(entriesFor(allowlist, ""), command(), NOW)).toBe(shared);
  });

  it("another agent's own entry covers nothing", () => {
    const agents = { claude: { entries: [entry()] } };
    const allowlist = { version: 1 as const, revision: 1, agents, revoked: [] };
    expect(matchEntry(entriesFor(allowlist, "codex"), command(), NOW)).toBeUndefined();
  });
});
