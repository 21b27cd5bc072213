import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AgentKnobs,
  agentKnobs,
  ASK,
  BUILT_IN_KNOBS,
  SECURITY,
} from "../../src/policy/allowlist.ts";
import { decide, type Facts } from "../../src/policy/decide.ts";
import { Failure } from "../../src/policy/failure.ts";
import type { CommandOperation } from "../../src/policy/operation.ts";
import { combine } from "../../src/policy/policy-combine.ts";
import { POLICY_FIELDS } from "../../src/policy/policy-fields.ts";
import { parsePolicy } from "../../src/policy/policy-file.ts";
import type { PolicyPart } from "../../src/policy/policy-part.ts";
import { FUZZ_RUNS, fuzzTimeout } from "../support/fuzz-runs.ts";

const part = (more: Partial<PolicyPart>, file = "/etc/holdfast/policy.yaml"): PolicyPart => ({
  file,
  webhooks: [],
  agents: {},
  defaults: {},
  ...more,
});
const user = (more: Partial<PolicyPart>) => part(more, "/home/me/policy.yaml");
const hook = (url: string, afterMs = 0) => ({ url, secretFile: "/x", afterMs });
const database = { kind: "postgres", url: "postgres://a@h/d" } as const;

function conflictOf(parts: PolicyPart[]): Failure {
  try {
    combine(parts);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("they were combined");
}

describe("several files", () => {
  it("of none there is the built-in policy", () => {
    const policy = combine([]);
    expect(policy).toMatchObject({
      approvals: { store: { kind: "sqlite" }, approvers: 1, webhooks: [] },
      commands: { pass: [], agents: {}, defaults: {} },
      files: [],
    });
    expect(agentKnobs(policy.commands, "anybody")).toEqual(BUILT_IN_KNOBS);
    expect(agentKnobs(policy.commands, "constructor")).toEqual(BUILT_IN_KNOBS);
  });

  it("the larger number of approvers, the shorter times, all webhooks in order, each URL once", () => {
    const { approvals, files } = combine([
      part({
        store: database,
        approvers: 3,
        pendingMs: 50,
        webhooks: [hook("https://a/"), hook("https://b/", 9)],
      }),
      user({
        approvers: 2,
        pendingMs: 70,
        usableMs: 5,
        webhooks: [hook("https://b/"), hook("https://c/")],
      }),
    ]);
    expect(approvals).toEqual({
      store: database,
      approvers: 3,
      pendingMs: 50,
      usableMs: 5,
      webhooks: [hook("https://a/"), hook("https://b/", 9), hook("https://c/")],
    });
    expect(files).toEqual(["/etc/holdfast/policy.yaml", "/home/me/policy.yaml"]);
  });

  it("variables that both pass; one list where one file has none", () => {
    expect(combine([part({ pass: ["B", "A"] }), user({ pass: ["C", "B"] })]).commands.pass).toEqual(
      ["B"],
    );
    expect(combine([part({ pass: ["B", "A"] }), user({})]).commands.pass).toEqual(["A", "B"]);
    expect(combine([part({ pass: ["A"] }), user({ pass: [] })]).commands.pass).toEqual([]);
  });

  it("S1: an agent that one file does not name has that file's `*`, its defaults, or the built-in", () => {
    const { commands } = combine([
      part({
        agents: { "*": { ask: "always" } },
        defaults: { security: "full", fallback: "full" },
      }),
      user({ agents: { claude: { security: "full", fallback: "allowlist" } } }),
    ]);
    expect(agentKnobs(commands, "claude")).toEqual({
      security: "full",
      ask: "always",
      fallback: "allowlist",
    });
    expect(agentKnobs(commands, "other")).toEqual({
      security: "allowlist",
      ask: "always",
      fallback: "deny",
    });
  });

  it("S1: a file that says nothing of agents leaves them to the other", () => {
    const full = { agents: {}, defaults: { security: "full" } } as const;
    for (const parts of [
      [part(full), user({ webhooks: [hook("https://a/")] })],
      [part({ approvers: 1 }), user(full)],
    ])
      expect(agentKnobs(combine(parts).commands, "x").security).toBe("full");
  });

  it("S3: two stores, and `off` against `always`, are errors that name both files", () => {
    const stores = conflictOf([part({ store: database }), user({ store: { kind: "sqlite" } })]);
    const asks = conflictOf([
      part({ agents: { claude: { ask: "off" } } }),
      user({ agents: { "*": { ask: "always" } } }),
    ]);
    for (const failure of [stores, asks]) {
      expect(failure).toMatchObject({ code: "policy-conflict", exitCode: 7 });
      expect(failure.message).toContain("/etc/holdfast/policy.yaml");
      expect(failure.message).toContain("/home/me/policy.yaml");
      expect(failure.fix).toBeDefined();
    }
    expect(asks.message).toContain("for claude");
  });

  it("more than one approver needs a database", () => {
    expect(conflictOf([part({ approvers: 2 })]).fix).toContain("PostgreSQL");
  });

  it("the digest follows what is said, not where, in which order or with which password", () => {
    const digest = (...parts: PolicyPart[]) => combine(parts).digest;
    expect(digest()).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(part({ pass: ["A", "B"] }))).toBe(digest(user({ pass: ["B", "A", "A"] })));
    expect(digest(part({}))).toBe(digest());
    expect(digest(part({ store: { ...database, url: "postgres://a:p1@h/d" } }))).toBe(
      digest(part({ store: { ...database, url: "postgres://a:p2@h/d" } })),
    );
    const all = [
      digest(),
      digest(part({ pendingMs: 1 })),
      digest(part({ usableMs: 1 })),
      digest(part({ pass: ["A"] })),
      digest(part({ store: database })),
      digest(part({ webhooks: [hook("https://a/")] })),
      digest(part({ webhooks: [hook("https://a/", 5)] })),
      digest(part({ defaults: { ask: "off" } })),
      digest(part({ agents: { a: { ask: "off" } } })),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});

const STRICTNESS = { allow: 0, ask: 1, deny: 2 } as const;

const security = fc.constantFrom(...SECURITY);
const knobs = fc.record(
  { security, ask: fc.constantFrom(...ASK), fallback: security },
  { requiredKeys: [] },
);
const parts = fc.record({
  defaults: knobs,
  agents: fc.dictionary(fc.constantFrom("*", "a", "b"), knobs),
});

const commands = fc
  .record({
    isDestructive: fc.boolean(),
    isShell: fc.boolean(),
    isUnknown: fc.boolean(),
    hasEntry: fc.boolean(),
    person: fc.boolean(),
    isInside: fc.boolean(),
  })
  .map((made) => {
    const operation: CommandOperation = {
      kind: "command",
      title: "Run it",
      impact: made.isDestructive ? "destroy" : "unknown",
      reversibility: made.isDestructive ? "irreversible" : "depends",
      resourceClass: made.isUnknown ? "unknown" : "commands",
      items: 1,
      target: { hostname: "localhost", path: "/bin/it" },
      command: {
        executable: "/bin/it",
        typed: "it",
        args: [],
        cwd: "/",
        environment: {},
        files: {},
        agent: "a",
        ...(made.isShell ? { unbindable: "interpreter" as const } : {}),
      },
    };
    const facts = (given: AgentKnobs): Facts => ({
      session: made.isInside
        ? { standing: "inside", reason: "class-not-granted" }
        : { standing: "outside" },
      person: { present: made.person },
      command: {
        knobs: given,
        ...(made.hasEntry ? { entry: { id: "E", pattern: "/bin/it" } } : {}),
      },
    });
    return { operation, facts };
  });

describe("the combination", () => {
  it(
    "S1, S2: of any two files is at least as strict as each alone, for every agent and command",
    () => {
      fc.assert(
        fc.property(
          parts,
          parts,
          commands,
          fc.constantFrom("a", "b", "c"),
          (one, other, { operation, facts }, agent) => {
            const files = [part(one), user(other)].filter(
              ({ agents, defaults }) => Object.keys({ ...agents, ...defaults }).length > 0,
            );
            const effect = (of: PolicyPart[]) =>
              STRICTNESS[decide(operation, facts(agentKnobs(combine(of).commands, agent))).effect];
            let combined: number;
            try {
              combined = effect(files);
            } catch (error) {
              expect((error as Failure).code).toBe("policy-conflict");
              return;
            }
            for (const file of files) expect(combined).toBeGreaterThanOrEqual(effect([file]));
          },
        ),
        { numRuns: FUZZ_RUNS * 5 },
      );
    },
    fuzzTimeout(10),
  );

  it(
    "does not depend on the order of the files",
    () => {
      fc.assert(
        fc.property(parts, parts, (one, other) => {
          const either = (all: PolicyPart[]) => {
            try {
              return combine(all).commands;
            } catch (error) {
              return (error as Failure).code;
            }
          };
          expect(either([part(one), user(other)])).toEqual(either([user(other), part(one)]));
        }),
        { numRuns: FUZZ_RUNS },
      );
    },
    fuzzTimeout(10),
  );
});

describe("the table of fields", () => {
  it("has every key that the schema takes, and the schema takes no other", () => {
    for (const { path } of POLICY_FIELDS.filter(({ path }) => !path.endsWith("[]"))) {
      if (path === "version" || /\.(NAME|ENV)$/.test(path)) continue;
      // Any text of up to 1000 characters will do there.
      const value = /kubernetes\.context$|match\[\]\.(action|class|name|scope|place)$/.test(path)
        ? 1
        : "?";
      const message = refusalOf(nested(path, value));
      expect(message, path).not.toContain("unknown key");
      expect(message, path).toMatch(
        / is ("\?"|1), not |(postgres|url|secret_file|id|effect) is missing$/,
      );
    }
    for (const { path } of POLICY_FIELDS.filter(({ is }) => is.startsWith("a mapping"))) {
      if (path === "commands.agents") continue;
      expect(refusalOf(nested(`${path}.nonsense`, "?")), path).toContain('unknown key "nonsense"');
    }
  });
});

function refusalOf(text: string): string {
  try {
    parsePolicy(text, "/p.yaml");
    return "";
  } catch (error) {
    return (error as Failure).message;
  }
}

/** A file in flow style with one value at a place. */
function nested(path: string, value: unknown): string {
  const keys = path.replaceAll("[]", ".0").replace("NAME", "x").replace("ENV", "prod").split(".");
  const inner = keys.reduceRight<unknown>(
    (held, key) => (key === "0" ? [held] : { [key]: held }),
    value,
  );
  return JSON.stringify({ version: 1, ...(inner as object) });
}
