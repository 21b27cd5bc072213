import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plannedChanges } from "../../../src/operations/terraform/plan-json.ts";
import { maskedPlan, sensitiveValues } from "../../../src/operations/terraform/sensitive.ts";
import { fuzzRuns } from "../../support/fuzz-runs.ts";
import { created, entry, planOf } from "./plans.ts";

const SECRET = "s3cr3t-value";

const PLACES: readonly (readonly [string, object])[] = [
  [
    "a change, marked inside",
    {
      resource_changes: [
        entry("a_b.c", ["update"], {
          before: { list: [{ x: SECRET }], plain: `it is ${SECRET}!` },
          before_sensitive: { list: [{ x: true }] },
          after: { copied: SECRET },
        }),
      ],
    },
  ],
  [
    "a change that is marked whole",
    {
      resource_changes: [
        entry("a_b.c", ["create"], {
          after: { deep: { deeper: [SECRET] } },
          after_sensitive: true,
        }),
      ],
    },
  ],
  [
    "drift",
    {
      resource_drift: [
        entry("a_b.c", ["update"], {
          before: { x: SECRET },
          before_sensitive: { x: true },
        }),
      ],
    },
  ],
  [
    "a variable",
    {
      variables: { password: { value: SECRET } },
      configuration: { root_module: { variables: { password: { sensitive: true } } } },
    },
  ],
  [
    "a variable that is an object",
    {
      variables: { password: { value: { a: [SECRET] } } },
      configuration: { root_module: { variables: { password: { sensitive: true } } } },
    },
  ],
  [
    "a module's default",
    {
      configuration: {
        root_module: {
          module_calls: {
            m: {
              module: {
                variables: { p: { sensitive: true, default: SECRET } },
              },
            },
          },
        },
      },
    },
  ],
  [
    "an output",
    {
      output_changes: {
        o: {
          actions: ["update"],
          before: SECRET,
          before_sensitive: true,
          after: 1,
        },
      },
    },
  ],
  [
    "the state before",
    {
      prior_state: {
        values: {
          root_module: {
            child_modules: [
              {
                resources: [{ values: { x: { y: SECRET } }, sensitive_values: { x: { y: true } } }],
              },
            ],
          },
        },
      },
    },
  ],
  [
    "a state's output",
    { prior_state: { values: { outputs: { o: { sensitive: true, value: SECRET } } } } },
  ],
  [
    "a provider's credentials",
    {
      configuration: {
        provider_config: {
          aws: {
            expressions: {
              secret_key: { constant_value: SECRET },
            },
          },
        },
      },
    },
  ],
  [
    "what is deferred",
    {
      deferred_changes: [
        {
          resource_change: entry("a_b.c", ["create"], {
            after: { x: SECRET },
            after_sensitive: { x: true },
          }),
        },
      ],
    },
  ],
];

describe("Z1: what is marked anywhere is found, and masked everywhere", () => {
  it.each(PLACES)("%s", (_, over) => {
    const plan = planOf([created("x_y.z", { copy: `<${SECRET}>`, [SECRET]: 1 })], {});
    const whole = {
      ...plan,
      ...over,
      resource_changes: [
        ...(plan.resource_changes ?? []),
        ...("resource_changes" in over ? (over.resource_changes as []) : []),
      ],
    };
    expect(sensitiveValues(whole)).toEqual([SECRET]);
    const masked = JSON.stringify(maskedPlan(whole));
    expect(masked).not.toContain(SECRET);
    expect(masked).toContain("<(sensitive)>");
    expect(JSON.stringify(plannedChanges(whole))).not.toContain(SECRET);
  });

  it("numbers, and what JSON escapes", () => {
    const plan = planOf([
      entry("a_b.c", ["create"], {
        after: {
          port: 54321,
          key: 'line\n"quoted"',
          json: JSON.stringify({ k: 'line\n"quoted"' }),
          n: 54321,
        },
        after_sensitive: { port: true, key: true },
      }),
    ]);
    expect(sensitiveValues(plan)).toContain("54321");
    const masked = JSON.stringify(maskedPlan(plan));
    expect(masked).not.toContain("54321");
    expect(masked).not.toContain("quoted");
  });
});

describe("Z2: short values", () => {
  it("are masked where they stand, and nowhere else", () => {
    const plan = planOf([
      entry("a_b.c", ["create"], {
        after: { pin: "12", flag: true, other: "1234" },
        after_sensitive: { pin: true, flag: true },
      }),
    ]);
    expect(sensitiveValues(plan)).toEqual([]);
    expect(maskedPlan(plan)).toMatchObject({
      resource_changes: [
        { change: { after: { pin: "(sensitive)", flag: "(sensitive)", other: "1234" } } },
      ],
    });
  });

  it("a secret that is spelled like a part of the format does not take the plan apart", () => {
    const plan = planOf([
      entry("a_b.c", ["delete"], {
        before: { x: "resource_changes", y: "actions" },
        before_sensitive: { x: true, y: true },
      }),
    ]);
    const masked = maskedPlan(plan) as typeof plan;
    expect(plannedChanges(masked).map(({ address }) => address)).toEqual(["a_b.c"]);
  });

  it("any JSON is walked, whatever the marks are", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 3 }), (value, marks) => {
        const plan = planOf([
          entry("a_b.c", ["update"], {
            before: value,
            after: { secret: SECRET, more: value },
            before_sensitive: marks,
            after_sensitive: { secret: true, more: marks },
            after_unknown: marks,
          }),
        ]);
        expect(JSON.stringify(maskedPlan(plan))).not.toContain(SECRET);
        expect(plannedChanges(plan)).toHaveLength(1);
      }),
      { numRuns: fuzzRuns(1) },
    );
  });
});
