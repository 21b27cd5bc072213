import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Effect } from "../../src/policy/decide.ts";
import { ENVIRONMENTS } from "../../src/policy/environment.ts";
import type { Impact, Operation } from "../../src/policy/operation.ts";
import type { Belonging, Policy } from "../../src/policy/policy.ts";
import type { Failure } from "../../src/policy/failure.ts";
import { combine } from "../../src/policy/policy-combine.ts";
import { parsePolicy } from "../../src/policy/policy-file.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { rulingOn } from "../../src/policy/ruling.ts";
import { FUZZ_RUNS, fuzzTimeout } from "../support/fuzz-runs.ts";
import { commandOf, hcpOf, kubectlOf, terraformOf } from "../support/subjects.ts";

const STRICTNESS: Record<Effect, number> = { allow: 0, ask: 1, deny: 2 };
const BUILT_IN = combine([]);

const read = (...texts: string[]): Policy =>
  combine(texts.map((text, index) => parsePolicy(`version: 1\n${text}`, `/p${index}.yaml`)));

describe("the ruling", () => {
  it("without policy: what is harmless is allowed, in no environment; the rest is asked about", () => {
    for (const [impact, floor] of [
      ["read", "allow"],
      ["change", "allow"],
      ["destroy", "ask"],
      ["unknown", "ask"],
    ] as const)
      expect(rulingOn(hcpOf("POST", "/x", { impact }), BUILT_IN)).toEqual({
        ...{ floor, environments: [], matched: [], isHardened: false, approvers: 1 },
      });
  });

  it("names the strictest rule that fired, with file and line, and all that matched", () => {
    const policy = read(
      `rules:
  - {id: first, effect: ask, kinds: [hcp]}
  - id: second
    effect: deny
    because: it is theirs
    scopes: [acme]
  - {id: third, effect: deny, classes: [workspaces]}`,
    );
    const ruling = rulingOn(hcpOf("GET", "/x", { organization: "Acme" }), policy);
    expect(ruling.floor).toBe("deny");
    expect(ruling.fired).toEqual({
      ...{ id: "second", effect: "deny", because: "it is theirs", where: "/p0.yaml:4" },
    });
    expect(ruling.matched.map(({ id }) => id)).toEqual(["first", "second", "third"]);
  });

  it("a condition that does not match keeps a rule out of it", () => {
    const operation = terraformOf("apply", {
      workspace: "w",
      changes: [{ action: "update", type: "aws_iam_role", address: "aws_iam_role.ci" }],
    });
    const fires = (condition: string) =>
      rulingOn(operation, read(`rules: [{id: x, effect: deny, ${condition}}]`)).floor === "deny";
    for (const condition of [
      "kinds: [terraform]",
      "impacts: [change]",
      "actions: [upd*]",
      "classes: ['terraform:aws_iam_*']",
      "names: ['*.ci']",
      "scopes: [w]",
      "places: [localhost]",
      "kinds: [hcp, terraform], names: [aws_iam_role.c?]",
    ])
      expect(fires(condition), condition).toBe(true);
    for (const condition of [
      "kinds: [hcp, kubectl, command]",
      "impacts: [destroy]",
      "actions: [delete]",
      "classes: ['terraform:aws_iam']",
      "names: [ci]",
      "scopes: ['']",
      "places: ['*.example.com']",
      "arguments: [x]",
      "environments: [dev, staging, prod]",
      // The change is an update, and the apply is of the class terraform: no subject is both.
      "actions: [update], classes: [terraform]",
    ])
      expect(fires(condition), condition).toBe(false);
  });

  it("each of `arguments` must match one", () => {
    const fires = (words: string[], list: string) =>
      rulingOn(commandOf(words), read(`rules: [{id: x, effect: deny, arguments: ${list}}]`))
        .floor === "deny";
    expect(fires(["git", "push", "-f"], "[push, '--force*|-f']")).toBe(true);
    expect(fires(["git", "push", "--force-with-lease"], "[push, '--force*|-f']")).toBe(true);
    expect(fires(["git", "push"], "[push, '--force*|-f']")).toBe(false);
    expect(fires(["git", "push", "-F"], "[push, '--force*|-f']")).toBe(false);
    expect(fires(["git"], "['*']")).toBe(false);
  });

  it("U2: what may be in an environment is in it, the strictest first", () => {
    const policy = read(`environments:
  dev: {organizations: [acme-dev], contexts: [kind-*]}
  staging: {workspaces: ["*-staging"]}
  prod:
    hostnames: [app.terraform.io]
    organizations: [acme]
    contexts: ["*-prod"]
    workspaces: ["*-prod"]`);
    const of = (operation: Operation) => rulingOn(operation, policy).environments.join(" ");
    const acme = { organization: "acme" };
    expect(of(hcpOf("GET", "/organizations/acme", acme))).toBe("prod");
    expect(of(hcpOf("GET", "/organizations/ACME", { organization: "ACME" }))).toBe("prod");
    expect(of(hcpOf("GET", "/organizations/acme", { ...acme, hostname: "tfe.example.com" }))).toBe(
      "",
    );
    expect(of(hcpOf("GET", "/organizations/other", { organization: "other" }))).toBe("");
    expect(of(hcpOf("GET", "/organizations"))).toBe("prod dev");
    expect(of(hcpOf("GET", "/account/details", { hostname: "tfe.example.com" }))).toBe("dev");
    // A variable or a run is in a workspace that its path does not name.
    for (const path of ["/vars/var-1", "/runs", "/runs/run-1/actions/apply"])
      expect(of(hcpOf("POST", path, { hostname: "tfe.example.com" }))).toBe("prod staging dev");
    const workspace = "/organizations/other/workspaces/web-staging";
    expect(of(hcpOf("GET", workspace, { organization: "other" }))).toBe("staging");
    expect(of(hcpOf("GET", "/workspaces/ws-1", { organization: "other" }))).toBe("prod staging");
    expect(of(kubectlOf("get", [], { context: "kind-a" }))).toBe("dev");
    expect(of(kubectlOf("get", [], { context: "eu-Prod", served: "dev" }))).toBe("prod dev");
    expect(of(terraformOf("plan", { workspace: "web-prod", served: "prod" }))).toBe("prod");
    expect(of(terraformOf("plan", { workspace: "web" }))).toBe("");
    const cloud = { hostname: "app.terraform.io", organization: "acme", run: "run-1" };
    expect(of(terraformOf("apply", { cloud }))).toBe("prod");
    expect(of(commandOf(["ls"]))).toBe("");
    expect(of(commandOf(["ls"], { served: "staging" }))).toBe("staging");
  });

  it("a second file that narrows organizations to a host takes nothing out of the environment", () => {
    const policy = read(
      "environments: {prod: {organizations: [acme]}}",
      "environments: {prod: {hostnames: [tfe.example.com]}}",
    );
    const of = (hostname: string, organization: string) =>
      rulingOn(hcpOf("GET", "/x", { hostname, organization }), policy).environments;
    expect(of("app.terraform.io", "acme")).toEqual(["prod"]);
    expect(of("tfe.example.com", "other")).toEqual(["prod"]);
    expect(of("app.terraform.io", "other")).toEqual([]);
  });

  it("policy makes classes irreversible, of any subject", () => {
    const policy = read("irreversible: [vars, 'terraform:aws_db_*', 'kubernetes:Secrets']");
    const change = (type: string) => ({ action: "update", type, address: "a" }) as const;
    const hardened = (operation: Operation) => rulingOn(operation, policy).isHardened;
    expect(hardened(hcpOf("DELETE", "/vars/v", { class: "vars" }))).toBe(true);
    expect(hardened(hcpOf("DELETE", "/x", { class: "varsets" }))).toBe(false);
    expect(
      hardened(
        kubectlOf("delete", [
          ["pods", "a"],
          ["secrets", "b"],
        ]),
      ),
    ).toBe(true);
    expect(hardened(terraformOf("apply", { changes: [change("aws_db_instance")] }))).toBe(true);
    expect(hardened(terraformOf("apply", { changes: [change("aws_instance")] }))).toBe(false);
  });

  it("the most approvers of all environments that are touched", () => {
    const database = "approvals: {store: {postgres: 'postgres://a@h/d'}, approvers: 2}";
    const policy = read(
      `${database}\nenvironments: {prod: {approvers: 3, contexts: [p]}, dev: {approvers: 1}}`,
    );
    const approvers = (context: string, served?: "dev") =>
      rulingOn(kubectlOf("get", [], { context, ...(served && { served }) }), policy).approvers;
    expect([approvers("x"), approvers("x", "dev"), approvers("p", "dev")]).toEqual([2, 2, 3]);
  });
});

const words = fc.constantFrom("a", "b", "prod", "kube-system", "", "ws-1");
const glob = fc.constantFrom("a", "*", "b*", "prod", "?", "kube-*", "/", "-f|-r");
const globs = fc.array(glob, { minLength: 1, maxLength: 2 });
const environments = fc.uniqueArray(fc.constantFrom(...ENVIRONMENTS), { minLength: 1 });
const impacts = fc.constantFrom<Impact>("read", "change", "destroy", "unknown");
const rule: fc.Arbitrary<Rule> = fc
  .record(
    {
      environments,
      kinds: fc.uniqueArray(fc.constantFrom("hcp", "command", "terraform", "kubectl"), {
        minLength: 1,
      }) as fc.Arbitrary<NonNullable<Rule["kinds"]>>,
      impacts: fc.array(impacts, { minLength: 1 }),
      ...{ actions: globs, classes: globs, names: globs, scopes: globs, places: globs },
      arguments: globs,
    },
    { requiredKeys: [] },
  )
  .chain((conditions) =>
    fc
      .record({
        id: fc.string({ minLength: 1, maxLength: 4 }),
        effect: fc.constantFrom("ask" as const, "deny" as const),
      })
      .map((named) => ({ ...conditions, ...named, match: [], notMatch: [], file: "f" })),
  );

const served = fc.option(fc.constantFrom(...ENVIRONMENTS), { nil: undefined });
const operations: fc.Arbitrary<Operation> = fc
  .record({
    served,
    impact: impacts,
    name: words,
    scope: words,
    place: words,
    list: fc.array(words),
  })
  .chain(({ served, name, scope, place, list, impact }) => {
    const more = { impact, ...(served === undefined ? {} : { served }) };
    return fc.constantFrom<Operation>(
      hcpOf("POST", `/workspaces/${name}`, { ...more, hostname: place, organization: scope }),
      hcpOf("POST", `/organizations/${name}`, { ...more, hostname: place }),
      commandOf([name, ...list, "-rf", "/"], { ...more, within: [list] }),
      terraformOf("apply", {
        ...{ ...more, workspace: scope, destroy: list.length > 2 },
        changes: list.map((type) => ({ action: "delete", type, address: name })),
      }),
      kubectlOf("scale", [["pods", name, scope]], {
        ...more,
        context: place,
        replicas: list.length,
      }),
    );
  });

const belonging: fc.Arbitrary<Belonging> = fc.record({
  ...{ hostnames: fc.array(glob), organizations: fc.array(glob) },
  ...{ contexts: fc.array(glob), workspaces: fc.array(glob) },
});

/** A policy with these rules, and this belonging to prod. */
function policyOf(rules: readonly Rule[], where: readonly Belonging[]): Policy {
  const prod = { ...BUILT_IN.environments.prod, belonging: where };
  return { ...BUILT_IN, rules, environments: { ...BUILT_IN.environments, prod } };
}

const level = (operation: Operation, policy: Policy): number =>
  STRICTNESS[rulingOn(operation, policy).floor];

describe("U1: rules only raise", () => {
  it(
    "one more rule or place lowers no floor, and their order makes no difference",
    () => {
      fc.assert(
        fc.property(
          operations,
          fc.array(rule, { maxLength: 5 }),
          rule,
          fc.array(belonging, { maxLength: 2 }),
          belonging,
          (operation, rules, another, where, elsewhere) => {
            const floor = level(operation, policyOf(rules, where));
            expect(floor).toBeGreaterThanOrEqual(level(operation, policyOf([], [])));
            expect(level(operation, policyOf([...rules, another], where))).toBeGreaterThanOrEqual(
              floor,
            );
            expect(level(operation, policyOf(rules, [...where, elsewhere]))).toBeGreaterThanOrEqual(
              floor,
            );
            expect(level(operation, policyOf([...rules].reverse(), [...where].reverse()))).toBe(
              floor,
            );
          },
        ),
        { numRuns: FUZZ_RUNS * 5 },
      );
    },
    fuzzTimeout(20),
  );

  const section = fc.record(
    {
      ...{ hostnames: globs, organizations: globs, contexts: globs, workspaces: globs },
      changes: fc.constantFrom("ask", "deny"),
      destroys: fc.constantFrom("ask", "deny"),
      unknown: fc.constantFrom("ask", "deny"),
      protected: fc.record({ namespaces: globs, workspaces: globs }, { requiredKeys: [] }),
      kubernetes: fc.record({ namespaces: globs }),
      terraform: fc.record({
        roots: fc.array(fc.constantFrom("/a", "/a/b", "/c"), { minLength: 1 }),
      }),
    },
    { requiredKeys: [] },
  );
  const file = fc.record({
    environments: fc.record(
      { dev: section, staging: section, prod: section },
      { requiredKeys: [] },
    ),
    rules: fc.array(
      rule.map(({ match: _, notMatch: __, file: ___, id: ____, classes: _____, ...rest }) => rest),
      { maxLength: 3 },
    ),
  });

  it(
    "one more file lowers no floor, and leaves no root or namespace that another file leaves out",
    () => {
      fc.assert(
        fc.property(operations, file, file, (operation, one, other) => {
          const parts = [one, other].map((given, index) => {
            const rules = given.rules.map((each, at) => ({ id: `r${index}-${at}`, ...each }));
            return { version: 1, ...given, rules };
          });
          let policies: Policy[];
          try {
            const read = parts.map((each, index) => parsePolicy(JSON.stringify(each), `/${index}`));
            policies = [combine(read), ...read.map((each) => combine([each]))];
          } catch (error) {
            expect((error as Failure).code).toMatch(/^policy-(conflict|malformed)$/);
            return;
          }
          const [both, ...alone] = policies;
          if (both === undefined) return;
          for (const each of alone) {
            expect(level(operation, both)).toBeGreaterThanOrEqual(level(operation, each));
            for (const name of ENVIRONMENTS) {
              const { terraform, kubernetes } = each.environments[name];
              if (terraform.roots.length > 0)
                for (const root of both.environments[name].terraform.roots)
                  expect(terraform.roots.some((outer) => root.startsWith(outer))).toBe(true);
              if (terraform.roots.length > 0 || kubernetes.namespaces.length > 0) {
                const { terraform: t, kubernetes: k } = both.environments[name];
                expect(t.roots.length).toBeGreaterThanOrEqual(Math.min(1, terraform.roots.length));
                expect(k.namespaces.length).toBeGreaterThanOrEqual(
                  Math.min(1, kubernetes.namespaces.length),
                );
              }
            }
          }
        }),
        { numRuns: FUZZ_RUNS },
      );
    },
    fuzzTimeout(30),
  );
});
