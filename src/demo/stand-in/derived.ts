// What the API adds to a resource when it shows it: counts, permissions, and the values it hides.

import type { Json, JsonObject, Related, Resource } from "./resource.ts";
import { refsIn, refTo, textOf } from "./resource.ts";
import { isLockedByRun, latestRun } from "./run-states.ts";
import type { World } from "./world.ts";

/** Attributes and relationships that win over the stored ones. */
export interface Derived {
  readonly attributes?: JsonObject;
  readonly relationships?: Readonly<Record<string, Related>>;
}

type Derive = (world: World, resource: Resource) => Derived;

const DERIVED: Readonly<Record<string, Derive>> = {
  organizations: () => ({
    attributes: { permissions: granted(["update", "destroy", "create-workspace", "create-team"]) },
  }),
  projects: (world, project) => ({
    attributes: {
      "workspace-count": countOf(world, "workspaces", "project", project),
      "team-count": world.ownedBy(project, "team-projects").length,
      permissions: granted(["update", "destroy", "create-workspace"]),
    },
  }),
  workspaces: deriveWorkspace,
  vars: (_world, variable) =>
    variable.attributes.sensitive === true ? { attributes: { value: null } } : {},
  varsets: (world, varset) => ({
    attributes: {
      "var-count": world.ownedBy(varset, "vars").length,
      "workspace-count": refsIn(varset.relationships.workspaces).length,
      "project-count": refsIn(varset.relationships.projects).length,
    },
    relationships: { vars: world.ownedBy(varset, "vars").map(refTo) },
  }),
  teams: (_world, team) => ({
    attributes: {
      "users-count": refsIn(team.relationships.users).length,
      permissions: granted(["update-membership", "destroy", "update-organization-access"]),
    },
  }),
  tags: (world, tag) => ({
    attributes: { "instance-count": countOf(world, "workspaces", "tags", tag) },
  }),
  "agent-pools": (world, pool) => ({
    attributes: { "agent-count": world.ownedBy(pool, "agents").length },
    relationships: {
      "authentication-tokens": world.ownedBy(pool, "authentication-tokens").map(refTo),
    },
  }),
  "policy-sets": (_world, set) => ({
    attributes: {
      "policy-count": refsIn(set.relationships.policies).length,
      "workspace-count": refsIn(set.relationships.workspaces).length,
      "project-count": refsIn(set.relationships.projects).length,
    },
  }),
  "state-versions": (world, version) => ({
    relationships: { outputs: world.ownedBy(version, "state-version-outputs").map(refTo) },
  }),
  "state-version-outputs": (_world, output) =>
    output.attributes.sensitive === true ? { attributes: { value: null } } : {},
  // The secret of a token is in the answer that makes it, and nowhere else.
  "authentication-tokens": () => ({ attributes: { token: null } }),
};

/** What the API derives for this resource, now. */
export function derive(world: World, resource: Resource): Derived {
  return DERIVED[resource.type]?.(world, resource) ?? {};
}

function deriveWorkspace(world: World, workspace: Resource): Derived {
  const run = latestRun(world, workspace);
  const byRun = run !== undefined && isLockedByRun(run) ? run : undefined;
  const states = world.ownedBy(workspace, "state-versions");
  const current = states.at(-1);
  return {
    attributes: {
      "resource-count": world.ownedBy(workspace, "resources").length,
      locked: workspace.attributes.locked === true || byRun !== undefined,
      "tag-names": refsIn(workspace.relationships.tags).map((tag) => tagName(world, tag.id)),
      actions: { "is-destroyable": true },
      permissions: granted(
        "update destroy force-delete queue-run queue-apply queue-destroy lock unlock force-unlock read-settings read-variable update-variable read-state-versions create-state-versions manage-tags".split(
          " ",
        ),
      ),
    },
    relationships: {
      "current-run": run === undefined ? null : refTo(run),
      "latest-run": run === undefined ? null : refTo(run),
      "current-state-version": current === undefined ? null : refTo(current),
      ...(byRun === undefined ? {} : { "locked-by": refTo(byRun) }),
    },
  };
}

function tagName(world: World, id: string): Json {
  const tag = world.get("tags", id);
  return tag === undefined ? null : textOf(tag, "name");
}

function countOf(world: World, type: string, relationship: string, target: Resource): number {
  return world
    .all(type)
    .filter((each) => refsIn(each.relationships[relationship]).some((ref) => ref.id === target.id))
    .length;
}

function granted(names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [`can-${name}`, true]));
}
