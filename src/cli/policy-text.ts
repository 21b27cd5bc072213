// The policy of one environment, as people and programs read it.

import type { Effect } from "../policy/decide.ts";
import type { Environment } from "../policy/environment.ts";
import type { Impact } from "../policy/operation.ts";
import type { Belonging, Policy } from "../policy/policy.ts";
import type { Rule } from "../policy/rule.ts";
import { isInForce } from "../policy/rule-match.ts";
import { firedRule, floorOf } from "../policy/ruling.ts";
import { visible } from "../system/terminal-text.ts";
import { markdownList, markdownTable } from "./api/markdown.ts";

const IMPACTS: readonly Impact[] = ["read", "change", "destroy", "unknown"];

/** What is shown of it. */
export interface ShownPolicy {
  readonly environment: Environment;
  readonly policy: Policy;
  /** Those that hold there, in their order. */
  readonly rules: readonly Rule[];
  /** What happens, at least, to whatever has that impact; other rules may raise it. */
  readonly floors: readonly {
    readonly impact: Impact;
    readonly effect: Effect;
    readonly rule?: Rule;
  }[];
}

/** The policy of one environment. */
export function shownPolicy(policy: Policy, environment: Environment): ShownPolicy {
  const rules = policy.rules.filter((rule) => isInForce(rule, [environment]));
  const floors = IMPACTS.map((impact) => {
    const about = rules.filter((rule) => isFloor(rule) && rule.impacts?.includes(impact) === true);
    const rule = about.find(({ effect }) => effect === "deny") ?? about[0];
    const effect = floorOf(impact, rule?.effect);
    return { impact, effect, ...(rule === undefined ? {} : { rule }) };
  });
  return { environment, policy, rules, floors };
}

/** Whether a rule looks at nothing but the impact. */
function isFloor({ kinds, actions, classes, names, scopes, places, ...rest }: Rule): boolean {
  return [kinds, actions, classes, names, scopes, places, rest.arguments].every(
    (condition) => condition === undefined,
  );
}

const plural: Readonly<Record<Impact, string>> = {
  ...{ read: "reads", change: "changes", destroy: "destroys", unknown: "unknown" },
};

function lines({ environment, policy, floors }: ShownPolicy): [name: string, value: string][] {
  const rules = policy.environments[environment];
  const { terraform, kubernetes, shell, protectedNamespaces, protectedWorkspaces } = rules;
  const list = (values: readonly string[], none: string) => values.join(", ") || none;
  const rootsText = (roots: readonly string[]) =>
    roots.length === 0 ? "where the gateway was started" : `in ${roots.join(", ")}`;
  const onPath = "the first on PATH that an agent cannot replace";
  const floorText = (effect: Effect, rule?: Rule) =>
    rule === undefined ? effect : `${effect}: ${rule.id}, ${firedRule(rule).where}`;
  return [
    ["files", list(policy.files, "none: the built-in policy")],
    ["belong", rules.belonging.map(belongingText).join("; or ") || "what a gateway serves"],
    ...floors.map(({ impact, effect, rule }): [string, string] => [
      plural[impact],
      floorText(effect, rule),
    ]),
    ["approvers", String(Math.max(policy.approvals.approvers, rules.approvers))],
    ["plans", `may be applied for ${durationText(rules.planMs)}`],
    ["passed", list(rules.pass, "no variables besides the built-in ones")],
    ["namespaces", `protected: ${list(protectedNamespaces, "none")}`],
    ["workspaces", `protected: ${list(protectedWorkspaces, "none")}`],
    ["terraform", `${terraform.executable ?? onPath}; ${rootsText(terraform.roots)}`],
    ["kubectl", kubernetes.executable ?? onPath],
    ["cluster", clusterText(kubernetes)],
    ["shell", rootsText(shell.roots)],
    ["irreversible", list(policy.irreversible, "no classes besides the built-in ones")],
  ];
}

function belongingText(belonging: Belonging): string {
  return Object.entries(belonging)
    .filter(([, globs]) => globs.length > 0)
    .map(([what, globs]) => `${what} ${globs.join(", ")}`)
    .join("; ");
}

type Kubernetes = Policy["environments"][Environment]["kubernetes"];

function clusterText({ kubeconfig, context, namespaces }: Kubernetes): string {
  if (kubeconfig === undefined) return "none: there is no kubeconfig";
  const where = context === undefined ? kubeconfig : `${kubeconfig}, context ${context}`;
  return namespaces.length === 0 ? where : `${where}; namespaces ${namespaces.join(", ")}`;
}

function durationText(ms: number): string {
  const [seconds, minutes] = [ms / 1000, ms / 60_000];
  if (minutes % 60 === 0) return `${minutes / 60}h`;
  return seconds % 60 === 0 ? `${minutes}m` : `${seconds}s`;
}

/** As text. */
export function policyText(shown: ShownPolicy): string {
  const width = Math.max(...shown.rules.map(({ id }) => id.length));
  const ruleLine = (rule: Rule) => {
    const { id, effect, because = "", where } = firedRule(rule);
    return `  ${effect.padEnd(4)}  ${id.padEnd(width)}  ${[because, where].filter(Boolean).join("; ")}`;
  };
  return [
    `holdfast: policy for ${shown.environment}`,
    ...lines(shown).map(([name, value]) => `  ${name.padEnd(12)}  ${visible(value)}`),
    "rules, the strictest wins",
    ...shown.rules.map((rule) => visible(ruleLine(rule))),
    "",
  ].join("\n");
}

/** As Markdown. */
export function policyMarkdown(shown: ShownPolicy): string {
  const rows = shown.rules
    .map(firedRule)
    .map(({ id, effect, because = "", where }) => [effect, id, because, where].map(visible));
  const told = lines(shown).map(([name, value]) => [name, visible(value)] as const);
  return [
    `# Policy for ${shown.environment}`,
    markdownList(told),
    markdownTable({ heads: ["effect", "rule", "why", "where"], rows }),
    "",
  ].join("\n\n");
}

/** For programs: the words of the file, where it has some. */
export function policyJson({ environment, policy, rules, floors }: ShownPolicy): object {
  const { planMs, protectedNamespaces, protectedWorkspaces, ...rest } =
    policy.environments[environment];
  return {
    environment,
    files: policy.files,
    digest: policy.digest,
    floors: Object.fromEntries(
      floors.map(({ impact, effect, rule }) => [
        impact,
        { effect, ...(rule === undefined ? {} : { rule: firedRule(rule) }) },
      ]),
    ),
    ...rest,
    approvers: Math.max(policy.approvals.approvers, rest.approvers),
    plan_ttl_seconds: planMs / 1000,
    protected: { namespaces: protectedNamespaces, workspaces: protectedWorkspaces },
    irreversible: policy.irreversible,
    rules: rules.map((rule) => {
      const { match: _, notMatch: __, file: ___, line: ____, ...said } = rule;
      return { ...said, where: firedRule(rule).where };
    }),
  };
}
