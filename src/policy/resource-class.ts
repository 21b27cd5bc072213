// Every resource class, once. Help, completion, the grant check, `explain` and the documentation
// read this table; routes name a class from it.
//
// C1 Reversibility belongs to the class. A kind of thing with two outcomes has two classes
//    (`backing-data` and `permanent-deletions`, `runs` and `destroy-runs`).
// C2 Organizations, projects, keys and tokens of every kind, permanent deletions and destroy runs
//    are irreversible: no wildcard ever covers them.
// C3 A link between two things has its own class, never the class of what is linked.
// C4 A value of --allow-delete that is not a class or a wildcard is an error, never kept.

import { EXIT } from "./exit-code.ts";
import { Failure } from "./failure.ts";
import type { Reversibility } from "./operation.ts";

export interface ResourceClassInfo {
  readonly reversibility: Reversibility;
  /** What one of them is called in a sentence: `workspace`. */
  readonly singular: string;
  /** Why it is reversible, irreversible, or what it depends on. One clause, no full stop. */
  readonly because: string;
}

const never = (singular: string, because: string): ResourceClassInfo => ({
  reversibility: "irreversible",
  singular,
  because,
});
const depends = (singular: string, because: string): ResourceClassInfo => ({
  reversibility: "depends",
  singular,
  because,
});
const reversible = (singular: string, because: string): ResourceClassInfo => ({
  reversibility: "reversible",
  singular,
  because,
});
const link = (singular: string) => reversible(singular, "both ends stay and can be linked again");
const secret = (singular: string) => never(singular, "a secret can never be read back");
const variable = (singular: string) => depends(singular, "reversible unless it is sensitive");

/** Sorted by name. */
export const RESOURCE_CLASSES = {
  "agent-pool-projects": link("project of an agent pool"),
  "agent-pool-workspaces": link("workspace of an agent pool"),
  "agent-pools": depends("agent pool", "reversible only while it has no tokens"),
  agents: reversible("agent", "an agent registers again when it starts again"),
  "authentication-tokens": secret("authentication token"),
  "backing-data": reversible("set of backing data", "it is kept for a while and can be restored"),
  "change-requests": reversible("change request", "its text stays readable and can be filed again"),
  "cidr-range-list-agent-pools": link("agent pool of a CIDR range list"),
  "cidr-range-lists": reversible("CIDR range list", "its ranges can be read and entered again"),
  "cidr-ranges": reversible("CIDR range", "it can be read and entered again"),
  "configuration-versions": reversible(
    "configuration version",
    "its files could be downloaded and can be uploaded again",
  ),
  "data-retention-policies": never(
    "data retention policy",
    "what it lets go of is deleted for good",
  ),
  "destroy-runs": never("run that may destroy", "infrastructure is destroyed, with what it held"),
  "explorer-views": reversible("saved view", "its query can be read and saved again"),
  "gpg-keys": never("GPG key", "keys are never taken as recreatable"),
  "hyok-configurations": never("HYOK configuration", "what its key encrypts is lost with it"),
  "hyok-customer-key-versions": never("HYOK key version", "what the key encrypts is lost with it"),
  "metrics-tokens": secret("metrics token"),
  "no-code-modules": reversible("no-code module", "its settings can be read and entered again"),
  "notification-configurations": depends(
    "notification configuration",
    "reversible only for e-mail: other kinds may hold a secret that cannot be read back",
  ),
  "oauth-client-projects": link("project of an OAuth client"),
  "oauth-clients": secret("OAuth client"),
  "oauth-tokens": secret("OAuth token"),
  "opa-versions": reversible("OPA version", "its address and checksum can be read"),
  "organization-memberships": never(
    "organization membership",
    "only the invited person can join again",
  ),
  "organization-tags": reversible("organization tag", "its name and its workspaces can be read"),
  "organization-tokens": secret("organization token"),
  organizations: never("organization", "everything in it goes with it"),
  "permanent-deletions": never("permanent deletion", "nothing is left to restore from"),
  "plan-exports": reversible("plan export", "the plan stays and can be exported again"),
  policies: reversible("policy", "its code can be downloaded and uploaded again"),
  "policy-set-parameters": variable("policy set parameter"),
  "policy-set-policies": link("policy of a policy set"),
  "policy-set-project-exclusions": link("excluded project of a policy set"),
  "policy-set-projects": link("project of a policy set"),
  "policy-set-tag-selectors": link("tag selector of a policy set"),
  "policy-set-workspace-exclusions": link("excluded workspace of a policy set"),
  "policy-set-workspaces": link("workspace of a policy set"),
  "policy-sets": depends(
    "policy set",
    "reversible unless it has a sensitive parameter or uploaded versions",
  ),
  "project-tags": link("tag of a project"),
  projects: never("project", "its settings, access rules and tokens go with it"),
  "provider-set-projects": link("project of a provider set"),
  "provider-set-workspaces": link("workspace of a provider set"),
  "provider-sets": never("provider set", "it may hold credentials that cannot be read back"),
  "registry-module-test-vars": variable("test variable of a registry module"),
  "registry-module-versions": never("registry module version", "a published version is gone"),
  "registry-modules": never("registry module", "its versions and test variables go with it"),
  "registry-provider-platforms": never("provider platform", "a signed binary is gone"),
  "registry-provider-versions": never("provider version", "its signed binaries go with it"),
  "registry-providers": never("registry provider", "its versions and signed binaries go with it"),
  "remote-state-consumers": link("remote state consumer"),
  "reserved-tag-keys": reversible("reserved tag key", "it can be read and reserved again"),
  "run-triggers": link("run trigger"),
  runs: depends(
    "run",
    "reversible only while the run has not begun to apply, and never when forced",
  ),
  "scheduled-destructions": never(
    "scheduled destruction",
    "infrastructure is destroyed when the time comes",
  ),
  "sentinel-versions": reversible("Sentinel version", "its address and checksum can be read"),
  "ssh-keys": secret("SSH key"),
  stacks: never("stack", "its deployments and their state go with it"),
  "state-versions": never("state version", "what a state forgets is no longer managed"),
  tasks: never("run task", "its HMAC key, if it has one, cannot be read back"),
  "team-memberships": link("team membership"),
  "team-projects": link("project access of a team"),
  "team-tokens": secret("team token"),
  "team-workspaces": link("workspace access of a team"),
  teams: depends("team", "reversible only while it has no tokens and notifications"),
  "terraform-versions": reversible("Terraform version", "its address and checksum can be read"),
  "token-ttl-policies": never(
    "token lifetime policy",
    "a token that outlives a new limit ends, and cannot be read back",
  ),
  users: never("user", "only that person can sign up again"),
  vars: variable("variable"),
  "varset-projects": link("project of a variable set"),
  "varset-stacks": link("stack of a variable set"),
  "varset-vars": variable("variable of a variable set"),
  "varset-workspaces": link("workspace of a variable set"),
  varsets: depends("variable set", "reversible unless it holds a sensitive variable"),
  "workspace-locks": never("workspace lock", "whoever held it may still be writing state"),
  "workspace-ssh-keys": link("SSH key of a workspace"),
  "workspace-tags": link("tag of a workspace"),
  "workspace-tasks": link("run task of a workspace"),
  "workspace-transfers": never("workspace transfer", "the workspace leaves the organization"),
  workspaces: depends(
    "workspace",
    "reversible only while it manages no resources and holds no secret",
  ),
} as const satisfies Record<string, ResourceClassInfo>;

export type ResourceClass = keyof typeof RESOURCE_CLASSES;

/** Classes that no session grants: each operation of them needs an answer of its own. */
export type UngrantableClass = "commands" | "terraform" | `kubernetes:${string}`;

/** Whether it is the name of one of those. */
export function isUngrantable(name: string): name is UngrantableClass {
  return (
    name === "commands" ||
    name === "terraform" ||
    /^kubernetes:[a-z0-9][a-z0-9.-]{0,254}$/.test(name)
  );
}

/** Both mean the same: any class whose resource is reversible. */
export const WILDCARDS = ["reversible", "all"] as const;

/** What --allow-delete grants: classes by name, and whether a wildcard was among the values. */
export interface AllowDelete {
  /** Sorted, each once. */
  readonly classes: ResourceClass[];
  readonly wildcard: boolean;
}

/** Whether it is a class's exact name. */
export function isResourceClass(name: string): name is ResourceClass {
  return Object.hasOwn(RESOURCE_CLASSES, name);
}

/**
 * The class whose name takes the fewest edits to reach, the first of several; a wildcard only for
 * what is clearly a slip of it. A guess must not widen a grant.
 */
export function nearestResourceClass(name: string): string {
  const typed = name.toLowerCase().slice(0, 64);
  const slip = WILDCARDS.find((wildcard) => editDistance(typed, wildcard) <= wildcard.length / 3);
  if (slip !== undefined) return slip;
  const [first = "", ...others] = Object.keys(RESOURCE_CLASSES);
  let best = { name: first, edits: editDistance(typed, first) };
  for (const candidate of others) {
    const edits = editDistance(typed, candidate);
    if (edits < best.edits) best = { name: candidate, edits };
  }
  return best.name;
}

/**
 * Reads the values of the repeatable flag --allow-delete: commas separate, blanks and case do not
 * count, empty entries are dropped. Throws Failure `unknown-class` for anything else.
 */
export function parseAllowDelete(values: readonly string[]): AllowDelete {
  const names = values.flatMap((value) => value.split(",")).map((name) => name.trim());
  const asked = new Set(names.map((name) => name.toLowerCase()).filter((name) => name !== ""));
  const wildcard = WILDCARDS.some((name) => asked.has(name));
  for (const name of WILDCARDS) asked.delete(name);
  return { classes: [...asked].map(requireClass).sort(), wildcard };
}

function requireClass(name: string): ResourceClass {
  if (isResourceClass(name)) return name;
  const nearest = nearestResourceClass(name);
  throw new Failure(
    "unknown-class",
    `--allow-delete: ${JSON.stringify(name.slice(0, 64))} is not a resource class; the nearest is ${nearest}`,
    { exitCode: EXIT.usage, fix: `--allow-delete=${nearest}` },
  );
}

/** Levenshtein, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
