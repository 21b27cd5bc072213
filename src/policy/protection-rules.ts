// What being protected means: the rules that a list of namespaces or workspaces stands for, whether it
// is the built-in one or a file's.

import { ENVIRONMENTS, type Environment } from "./environment.ts";
import type { Impact } from "./operation.ts";
import type { Rule } from "./rule.ts";

/** Whatever is more than looking. */
const MUTATION: readonly Impact[] = ["change", "destroy", "unknown"];

/** Globs. */
export interface Protected {
  readonly namespaces?: readonly string[];
  readonly workspaces?: readonly string[];
}

type Unplaced = Omit<Rule, "file" | "line">;

/** The rules for what is protected in one environment; without one: in any that a gateway serves. */
export function protectionRules(
  { namespaces, workspaces }: Protected,
  environment?: Environment,
): Unplaced[] {
  return [
    ...(namespaces === undefined ? [] : namespaceRules(namespaces, environment)),
    ...(workspaces === undefined ? [] : [workspaceRule(workspaces, environment)]),
  ];
}

/** The ids that files' lists make, so that no rule of a file takes one. */
export function protectionIds(environment: Environment): string[] {
  return protectionRules({ namespaces: [], workspaces: [] }, environment).map(({ id }) => id);
}

function named(id: string, environment: Environment | undefined): string {
  return environment === undefined ? id : `${environment}-${id}`;
}

function namespaceRules(scopes: readonly string[], environment?: Environment): Unplaced[] {
  const environments = environment === undefined ? ENVIRONMENTS : [environment];
  const inside = { kind: "kubectl", scope: plainForm(scopes) } as const;
  const outside = { kind: "kubectl", scope: "" } as const;
  const shared = { environments, kinds: ["kubectl"], scopes } as const;
  const rules: Unplaced[] = [
    {
      id: named("protected-namespaces", environment),
      effect: "ask",
      because: "the namespace is protected",
      ...shared,
      impacts: MUTATION,
      match: examples(scopes, { ...inside, impact: "change" }),
      notMatch: [{ ...inside, impact: "read" }, outside],
    },
    {
      id: named("protected-exec", environment),
      effect: "deny",
      because: "no command runs in a container of a protected namespace",
      ...shared,
      actions: ["exec"],
      match: examples(scopes, { ...inside, action: "exec" }),
      notMatch: [
        { ...inside, action: "logs" },
        { ...outside, action: "exec" },
      ],
    },
  ];
  if (!environments.includes("prod")) return rules;
  return [
    ...rules,
    {
      id: named("protected-scale-to-zero", environment),
      effect: "deny",
      because: "what a protected namespace runs is not stopped in production",
      ...shared,
      environments: ["prod"],
      actions: ["scale"],
      impacts: ["destroy"],
      match: examples(scopes, { ...inside, action: "scale" }),
      notMatch: [{ ...inside, action: "scale", impact: "change" }],
    },
  ];
}

function workspaceRule(scopes: readonly string[], environment?: Environment): Unplaced {
  const inside = { kind: "terraform", scope: plainForm(scopes) } as const;
  return {
    id: named("protected-workspaces", environment),
    effect: "ask",
    because: "the workspace is protected",
    environments: environment === undefined ? ENVIRONMENTS : [environment],
    kinds: ["terraform"],
    impacts: MUTATION,
    scopes,
    match: examples(scopes, { ...inside, impact: "change" }),
    notMatch: [{ ...inside, impact: "read" }],
  };
}

/** What the first glob stands for, its wildcards for nothing in particular. */
const plainForm = ([first = ""]: readonly string[]): string => first.replace(/[*?]/g, "x");

/** An empty list, as for the ids alone, has no example that could match. */
const examples = <Example>(scopes: readonly string[], example: Example): Example[] =>
  scopes.length === 0 ? [] : [example];
