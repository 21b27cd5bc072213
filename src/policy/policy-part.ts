// One policy file, checked, in the house's own words.

import type { AgentKnobs } from "./allowlist.ts";
import type { Environment } from "./environment.ts";
import type { Belonging, StorePlace, WebhookAddress } from "./policy.ts";
import { type Place, rulesOf } from "./policy-rules.ts";
import type { PolicyDocument } from "./policy-schema.ts";
import type { EnvironmentDocument } from "./policy-schema-environments.ts";
import type { Protected } from "./protection-rules.ts";
import type { Rule } from "./rule.ts";

export type Knobs = Partial<AgentKnobs>;

/** What a file says of one environment, besides what is a rule. What it does not say is absent. */
export interface EnvironmentPart {
  readonly belonging: Belonging;
  readonly approvers?: number;
  readonly planMs?: number;
  readonly pass?: readonly string[];
  readonly protected: Protected;
  readonly terraform: { readonly executable?: string; readonly roots?: readonly string[] };
  readonly kubernetes: {
    readonly executable?: string;
    readonly kubeconfig?: string;
    readonly context?: string;
    readonly namespaces?: readonly string[];
  };
  readonly shell: { readonly roots?: readonly string[] };
}

/** One file, checked. What it does not say is absent. */
export interface PolicyPart {
  readonly file: string;
  readonly store?: StorePlace;
  readonly approvers?: number;
  readonly pendingMs?: number;
  readonly usableMs?: number;
  readonly webhooks: readonly WebhookAddress[];
  readonly pass?: readonly string[];
  readonly agents: Readonly<Record<string, Knobs>>;
  readonly defaults: Knobs;
  readonly environments?: Readonly<Partial<Record<Environment, EnvironmentPart>>>;
  readonly irreversible?: readonly string[];
  /** Its rules, and those that fields of its environments stand for. */
  readonly rules?: readonly Rule[];
}

/**
 * A checked document in the house's own words.
 *
 * @throws whatever `place.refuse` makes, for rules that do not do what they say
 */
export function partOf(document: PolicyDocument, place: Place): PolicyPart {
  const { approvals = {}, commands = {}, environments, irreversible } = document;
  const { store, approvers, wait_for_answer: pendingMs, use_within: usableMs } = approvals;
  const rules = rulesOf(document, place);
  return {
    file: place.file,
    ...defined({ store: storeOf(store), approvers, pendingMs, usableMs, pass: commands.pass }),
    webhooks: (approvals.webhooks ?? []).map(({ url, secret_file: secretFile, after }) => ({
      url,
      secretFile,
      afterMs: after ?? 0,
    })),
    agents: mapValues(commands.agents ?? {}, defined),
    defaults: defined(commands.defaults ?? {}),
    ...defined({
      environments: environments && mapValues(defined(environments), environmentOf),
      irreversible,
      rules: rules.length === 0 ? undefined : rules,
    }),
  };
}

type StoreField = NonNullable<PolicyDocument["approvals"]>["store"];

function storeOf(store: StoreField): StorePlace | undefined {
  if (store === undefined || store === "sqlite") return store && { kind: "sqlite" };
  const { postgres: url, password_file: passwordFile } = store;
  return { kind: "postgres", url, ...defined({ passwordFile }) };
}

function environmentOf(given: EnvironmentDocument): EnvironmentPart {
  const { hostnames = [], organizations = [], contexts = [], workspaces = [] } = given;
  return {
    belonging: { hostnames, organizations, contexts, workspaces },
    ...defined({ approvers: given.approvers, planMs: given.plan_ttl, pass: given.pass }),
    protected: defined(given.protected ?? {}),
    terraform: defined(given.terraform ?? {}),
    kubernetes: defined(given.kubernetes ?? {}),
    shell: defined(given.shell ?? {}),
  };
}

/** The values that are there. */
function defined<Value extends object>(
  value: Value,
): { [Key in keyof Value]?: NonNullable<Value[Key]> } {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Value]?: NonNullable<Value[Key]> };
}

function mapValues<Key extends string, In, Out>(
  record: Readonly<Partial<Record<Key, In>>>,
  map: (value: In) => Out,
): Record<Key, Out> {
  const entries = Object.entries(record) as [Key, In][];
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value)])) as Record<Key, Out>;
}
