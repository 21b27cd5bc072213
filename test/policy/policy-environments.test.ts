// The environments and the rules of a policy file: what is read, what is refused, what two files make.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXAMPLE_ENVIRONMENTS, EXAMPLE_RULES } from "../../src/cli/docs/policy.ts";
import { DEFAULT_RULES } from "../../src/policy/default-rules.ts";
import { Failure } from "../../src/policy/failure.ts";
import { combine } from "../../src/policy/policy-combine.ts";
import { parsePolicy } from "../../src/policy/policy-file.ts";
import { FUZZ_RUNS, fuzzTimeout } from "../support/fuzz-runs.ts";

const read = (text: string, file = "/p.yaml") => parsePolicy(`version: 1\n${text}`, file);

function failureOf(make: () => unknown): Failure {
  try {
    make();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it was taken");
}

const rule = (more: string) => `rules:\n  - {id: x, effect: ask, kinds: [hcp], ${more}}`;

describe("an environment", () => {
  it("is read, each field as what it says", () => {
    const { prod, dev, staging } = combine([parsePolicy(EXAMPLE_ENVIRONMENTS, "/p")]).environments;
    expect(prod).toMatchObject({
      belonging: [
        {
          hostnames: ["app.terraform.io"],
          organizations: ["acme", "acme-*"],
          contexts: ["*-prod"],
          workspaces: ["*-prod"],
        },
      ],
      approvers: 1,
      planMs: 30 * 60_000,
      pass: ["AWS_PROFILE", "AWS_REGION"],
      terraform: { executable: "/usr/bin/terraform", roots: ["/srv/infrastructure"] },
      kubernetes: {
        executable: "/usr/bin/kubectl",
        kubeconfig: "/etc/holdfast/prod.kubeconfig",
        context: "payments-prod",
        namespaces: ["payments", "shop-*"],
      },
      shell: { roots: ["/srv/infrastructure"] },
    });
    expect(prod.protectedNamespaces).toEqual(expect.arrayContaining(["kube-system", "payments"]));
    expect(prod.protectedWorkspaces).toEqual(expect.arrayContaining(["production", "payments-*"]));
    expect(dev.belonging).toHaveLength(1);
    expect(staging).toEqual(combine([]).environments.staging);
  });

  it("its floors and what is protected stand for rules, each with the line that says it", () => {
    const { rules = [] } = read(`environments:
  prod:
    changes: deny
    destroys: ask
    unknown: deny
    protected:
      namespaces: [payments]
      workspaces: [payments-*]
  dev:
    protected: {namespaces: [a]}`);
    expect(rules.map(({ id, effect, line, file }) => [id, effect, line, file].join(" "))).toEqual([
      "dev-protected-namespaces ask 11 /p.yaml",
      "dev-protected-exec deny 11 /p.yaml",
      "prod-changes deny 4 /p.yaml",
      "prod-destroys ask 5 /p.yaml",
      "prod-unknown deny 6 /p.yaml",
      "prod-protected-namespaces ask 8 /p.yaml",
      "prod-protected-exec deny 8 /p.yaml",
      "prod-protected-scale-to-zero deny 8 /p.yaml",
      "prod-protected-workspaces ask 9 /p.yaml",
    ]);
  });

  it.each([
    ["production", "prod"],
    ["Prod", "prod"],
    ["live", "prod"],
    ["stage", "staging"],
    ["development", "dev"],
  ])("%s is none: did you mean %s?", (name, meant) => {
    const { message, fix } = failureOf(() => read(`environments:\n  ${name}: {}`));
    expect(message).toBe(`/p.yaml:3: unknown key "${name}" in environments`);
    expect(fix).toBe(`did you mean ${meant}?`);
  });

  it.each([
    ["environments: {qa: {}}", "dev, staging, prod"],
    ["environments: {prod: }", "environments.prod is empty, not a mapping"],
    ["environments: {prod: {contexts: []}}", "is a list, not a list of globs"],
    ["environments: {prod: {contexts: ['']}}", 'contexts[0] is "", not a glob'],
    ["environments: {prod: {contexts: prod}}", 'is "prod", not a list of globs'],
    ["environments: {prod: {changes: allow}}", 'changes is "allow", not ask or deny'],
    ["environments: {prod: {plan_ttl: 0s}}", "not a duration"],
    ["environments: {prod: {aprovers: 2}}", "did you mean approvers?"],
    ["environments: {prod: {pass: [LD_PRELOAD]}}", "load other code"],
    ["environments: {prod: {pass: [KUBECONFIG]}}", "the gateway sets it itself"],
    ["environments: {prod: {pass: [tf_data_dir]}}", "run other providers"],
    ["environments: {prod: {terraform: {executable: terraform}}}", "not an absolute path"],
    ["environments: {prod: {terraform: {roots: []}}}", "is a list, not a list of absolute paths"],
    ["environments: {prod: {terraform: {roots: [/a/../b]}}}", "without . and .."],
    ["environments: {prod: {shell: {roots: [/a/]}}}", "without a slash at its end"],
    ["environments: {prod: {shell: {roots: [/]}}}", "not an absolute path"],
    ["environments: {prod: {shell: {roots: [src]}}}", "not an absolute path"],
    ["environments: {prod: {kubernetes: {kubeconfig: ~/.kube/config}}}", "not an absolute path"],
    ["environments: {prod: {kubernetes: {context: --all}}}", "not the name of a context"],
    ["environments: {prod: {protected: {namespace: [a]}}}", "did you mean namespaces?"],
    ["irreversible: [var]", 'there is no class "var"'],
    ["irreversible: [workspace]", "did you mean workspaces?"],
    ["irreversible: []", "is a list, not a list of globs"],
  ])("%s is refused", (text, what) => {
    const { code, message, fix } = failureOf(() => read(text));
    expect(code).toBe("policy-malformed");
    expect(message).toMatch(/^\/p\.yaml:2: /);
    expect(`${message} ${fix}`).toContain(what);
  });
});

describe("rules", () => {
  it("of the documentation's example are taken as they stand", () => {
    const { rules = [] } = parsePolicy(EXAMPLE_RULES, "/p.yaml");
    expect(rules.map(({ id, line }) => `${id} ${line}`)).toEqual([
      ...["no-iam 3", "no-force-push 12", "secrets-are-read-by-people 20"],
    ]);
  });

  it.each([
    [
      "rules:\n  - {id: x, effect: allow, kinds: [hcp]}",
      3,
      'effect is "allow"',
      "rules only raise",
    ],
    ["rules:\n  - {id: x, effect: ask}", 3, "not a rule with a condition", ""],
    ["rules:\n  - {id: x, effect: ask, because: y}", 3, "not a rule with a condition", ""],
    ["rules:\n  - {effect: ask, kinds: [hcp]}", 3, "rules[0].id is missing", ""],
    ["rules:\n  - {id: X y, effect: ask, kinds: [hcp]}", 3, "not a short id", ""],
    [`${rule("kind: [hcp]")}`, 3, 'unknown key "kind"', "did you mean kinds?"],
    [`${rule("impacts: [destroys]")}`, 3, 'impacts[0] is "destroys"', ""],
    [`${rule("environments: [production]")}`, 3, 'environments[0] is "production"', ""],
    [`${rule("names: []")}`, 3, "names is a list", ""],
    [`${rule("classes: [workspace]")}`, 3, 'there is no class "workspace"', "workspaces?"],
    ["rules:\n  - {id: kubectl-exec, effect: ask, kinds: [hcp]}", 3, "a built-in rule", ""],
    ["rules:\n  - {id: prod-changes, effect: ask, kinds: [hcp]}", 3, "a built-in rule", ""],
    ["rules:\n  - {id: dev-unknown, effect: ask, kinds: [hcp]}", 3, "a built-in rule", ""],
    ["rules:\n  - {id: dev-protected-exec, effect: ask, kinds: [hcp]}", 3, "a built-in rule", ""],
    [
      "rules:\n  - id: x\n    effect: ask\n    kinds: [hcp]\n  - id: x\n    effect: deny\n    kinds: [hcp]",
      6,
      "the id x is there twice: line 3 has it too",
      "another id",
    ],
    [
      "rules:\n  - id: x\n    effect: ask\n    actions: [delete]\n    match:\n      - {action: delete}\n      - {action: apply}",
      8,
      "the rule x is not about this example, which stands under match",
      "change the rule or the example",
    ],
    [
      "rules:\n  - id: x\n    effect: ask\n    actions: [delete]\n    not_match:\n      - action: delete",
      7,
      "the rule x is about this example, which stands under not_match",
      "change the rule or the example",
    ],
    [`${rule("match: [{nmae: x}]")}`, 3, 'unknown key "nmae"', "did you mean name?"],
  ])("%j is refused", (text, line, what, fix) => {
    const failure = failureOf(() => read(text));
    expect(failure.code).toBe("policy-malformed");
    expect(failure.message).toContain(`/p.yaml:${line}: `);
    expect(`${failure.message} ${failure.fix}`).toContain(what);
    expect(`${failure.message} ${failure.fix}`).toContain(fix);
  });

  it("of several files hold together; an id is in one of them only", () => {
    const one = read("rules: [{id: a, effect: ask, kinds: [hcp]}]", "/1");
    const two = read("rules: [{id: b, effect: deny, kinds: [hcp]}]", "/2");
    const ids = combine([one, two]).rules.map(({ id }) => id);
    expect(ids).toEqual([...DEFAULT_RULES.map(({ id }) => id), "a", "b"]);
    const again = read("\nrules: [{id: a, effect: deny, kinds: [hcp]}]", "/3");
    expect(failureOf(() => combine([one, two, again]))).toMatchObject({
      code: "policy-conflict",
      message: "/3:3: the id a is there twice: /1:2 has it too",
    });
    const floor = (file: string) => read("environments: {prod: {changes: deny}}", file);
    expect(combine([floor("/1"), floor("/2")]).rules).toHaveLength(DEFAULT_RULES.length + 2);
  });
});

describe("two files about one environment", () => {
  const both = (one: string, other: string) =>
    combine([one, other].map((each, at) => read(`environments: {prod: ${each}}`, `/${at + 1}`)))
      .environments.prod;

  it("V1, V3: the shortest time, what both pass, the narrower roots and namespaces, all that is protected", () => {
    expect(both("{plan_ttl: 2h}", "{plan_ttl: 5m}").planMs).toBe(300_000);
    expect(both("{plan_ttl: 2h}", "{}").planMs).toBe(3_600_000);
    expect(both("{pass: [A, B]}", "{pass: [B, C]}").pass).toEqual(["B"]);
    expect(both("{pass: [A, B]}", "{}").pass).toEqual(["A", "B"]);
    expect(
      both("{shell: {roots: [/a, /b/c]}}", "{shell: {roots: [/a/x, /b, /ab]}}").shell.roots,
    ).toEqual(["/a/x", "/b/c"]);
    expect(
      both(
        "{kubernetes: {namespaces: [shop-*, a?]}}",
        "{kubernetes: {namespaces: [shop-a*, 'ab*']}}",
      ).kubernetes.namespaces,
    ).toEqual(["shop-a*"]);
    expect(
      both("{protected: {namespaces: [a]}}", "{protected: {namespaces: [b]}}").protectedNamespaces,
    ).toEqual(expect.arrayContaining(["a", "b", "kube-system"]));
    expect(both("{contexts: [a]}", "{contexts: [b]}").belonging).toHaveLength(2);
  });

  it.each([
    ["{terraform: {roots: [/a]}}", "{terraform: {roots: [/ab]}}", "terraform.roots"],
    [
      "{kubernetes: {namespaces: [a]}}",
      "{kubernetes: {namespaces: [b*]}}",
      "kubernetes.namespaces",
    ],
    ["{kubernetes: {kubeconfig: /a}}", "{kubernetes: {kubeconfig: /b}}", "kubernetes.kubeconfig"],
    ["{kubernetes: {context: a}}", "{kubernetes: {context: b}}", "kubernetes.context"],
    ["{terraform: {executable: /a}}", "{terraform: {executable: /b}}", "terraform.executable"],
  ])("V2: %s and %s are an error", (one, other, field) => {
    const { code, message } = failureOf(() => both(one, other));
    expect(code).toBe("policy-conflict");
    expect(message).toContain("/1 and /2");
    expect(message).toContain(`environments.prod.${field}`);
  });

  it("more than one approver needs a database, in an environment too", () => {
    const { message } = failureOf(() => both("{approvers: 2}", "{}"));
    expect(message).toContain("/1: approvers is 2");
  });
});

describe("the digest", () => {
  const digest = (text: string) => combine([read(text)]).digest;

  it("follows everything that decides, and nothing else", () => {
    const texts = [
      "",
      "irreversible: [vars]",
      "environments: {prod: {changes: deny}}",
      "environments: {prod: {contexts: [a]}}",
      "environments: {dev: {contexts: [a]}}",
      "environments: {prod: {plan_ttl: 5m}}",
      "environments: {prod: {kubernetes: {context: a}}}",
      "rules: [{id: a, effect: ask, kinds: [hcp]}]",
      "rules: [{id: a, effect: deny, kinds: [hcp]}]",
      "rules: [{id: b, effect: ask, kinds: [hcp]}]",
      "rules: [{id: a, effect: ask, kinds: [command]}]",
    ];
    expect(new Set(texts.map(digest)).size).toBe(texts.length);
    expect(digest("")).toBe(combine([]).digest);
    const plain = "rules: [{id: a, effect: ask, kinds: [hcp]}]";
    const told =
      "\n\nrules: [{id: a, effect: ask, because: why, kinds: [hcp], match: [{name: x}]}]";
    expect(digest(told)).toBe(digest(plain));
    expect(combine([read(plain, "/other")]).digest).toBe(digest(plain));
  });
});

describe("whatever the text", () => {
  const FULL = `${EXAMPLE_ENVIRONMENTS}\n${EXAMPLE_RULES.replace("version: 1\n", "")}`;
  const line = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...FULL.split("\n")) },
    fc.string({ unit: fc.constantFrom(..."[]{}:,-? &*!|>'\"%#\n\t ~a1"), maxLength: 30 }),
  );
  const refusedOrTaken = (text: string) => {
    try {
      combine([parsePolicy(text, "/p.yaml")]);
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      const { code, message } = error as Failure;
      expect(code).toMatch(/^policy-(malformed|conflict)$/);
      expect(message).not.toMatch(/Invalid input|undefined|\[object/);
      if (code === "policy-malformed") expect(message).toMatch(/^\/p\.yaml:\d+: \S/);
    }
  };

  it("a file with environments and rules, cut off anywhere, is a policy or refused with a line", () => {
    refusedOrTaken(FULL);
    for (let length = 0; length < FULL.length; length += 7) refusedOrTaken(FULL.slice(0, length));
  });

  it(
    "with lines left out, doubled or made up, too",
    () => {
      fc.assert(
        fc.property(fc.array(line, { maxLength: 25 }), (lines) =>
          refusedOrTaken(`version: 1\n${lines.join("\n")}`),
        ),
        { numRuns: FUZZ_RUNS },
      );
      const lines = FULL.split("\n");
      fc.assert(
        fc.property(fc.subarray(lines, { minLength: lines.length - 3 }), (kept) =>
          refusedOrTaken(kept.join("\n")),
        ),
        { numRuns: FUZZ_RUNS },
      );
    },
    fuzzTimeout(20),
  );
});
