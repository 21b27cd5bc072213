// Plans in the format that Terraform documents, written by hand: cloud types need no provider here.

import { plannedChanges, readPlanJson } from "../../../src/operations/terraform/plan-json.ts";
import type { TerraformOperation } from "../../../src/policy/operation.ts";
import type { PlannedChange } from "../../../src/policy/planned-change.ts";

type Values = Readonly<Record<string, unknown>>;

const SOURCES: Readonly<Record<string, string>> = {
  aws: "hashicorp/aws",
  google: "hashicorp/google",
  azurerm: "hashicorp/azurerm",
  kubernetes: "hashicorp/kubernetes",
  helm: "hashicorp/helm",
  random: "hashicorp/random",
  tls: "hashicorp/tls",
  local: "hashicorp/local",
  null: "hashicorp/null",
};

/** One entry of `resource_changes`; `over` replaces any of it. */
export function entry(
  address: string,
  actions: readonly string[],
  change: Values = {},
  over: Values = {},
): Values {
  const type = /^(?:.*\.)?([a-z0-9_]+)\.[^.]+$/.exec(address)?.[1] ?? address;
  const source = SOURCES[type.split("_")[0] ?? ""];
  const provider =
    type === "terraform_data"
      ? "terraform.io/builtin/terraform"
      : `registry.terraform.io/${source ?? "acme/things"}`;
  return {
    address,
    mode: "managed",
    type,
    name: address.split(".").at(-1),
    provider_name: provider,
    change: {
      actions,
      before: null,
      after: null,
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
      ...change,
    },
    ...over,
  };
}

/** The deletion of what had these attributes. */
export const deleted = (address: string, before: Values = {}, over: Values = {}): Values =>
  entry(address, ["delete"], { before }, over);

/** An update, or a replacement. */
export const updated = (
  address: string,
  before: Values,
  after: Values,
  more: Values = {},
): Values => entry(address, ["update"], { before, after, ...more });

export const created = (address: string, after: Values = {}, more: Values = {}): Values =>
  entry(address, ["create"], { after, ...more });

export const planOf = (changes: readonly Values[], over: Values = {}) =>
  readPlanJson(JSON.stringify({ format_version: "1.2", resource_changes: changes, ...over }));

export const changesOf = (
  changes: readonly Values[],
  over: Values = {},
): readonly PlannedChange[] => plannedChanges(planOf(changes, over));

/** The only change of a plan. */
export function onlyChange(change: Values, over: Values = {}): PlannedChange {
  const [first] = changesOf([change], over);
  if (first === undefined) throw new Error("nothing changes");
  return first;
}

/** The operation that applies these changes. */
export function applying(
  changes: readonly PlannedChange[],
  over: Partial<TerraformOperation["terraform"]> = {},
  notes: readonly string[] = [],
): TerraformOperation {
  return {
    kind: "terraform",
    resourceClass: "terraform",
    title: "Restart the cache",
    impact: "destroy",
    reversibility: "irreversible",
    items: 1,
    target: { hostname: "localhost", path: "/srv/payments", id: "default" },
    served: "prod",
    terraform: {
      action: "apply",
      executable: "/usr/bin/terraform",
      directory: "/srv/payments",
      workspace: "default",
      options: { destroy: false, refreshOnly: false, targets: [], replace: [], variables: {} },
      environment: { HOME: "0".repeat(64) },
      files: { "/usr/bin/terraform": "1".repeat(64), "/srv/payments/main.tf": "2".repeat(64) },
      plan: {
        id: "K7QF2M",
        digest: "3".repeat(64),
        expiresAt: "2026-11-20T15:00:00.000Z",
        changes,
        notes,
      },
      ...over,
    },
  };
}
