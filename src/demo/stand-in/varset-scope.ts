// Which variable sets reach where.

import { type Resource, refsIn } from "./resource.ts";
import { organizationOf, related, type World } from "./world.ts";

/** Those of the workspace itself, of its project, and the global ones of its organization. */
export function applicableVarsets(world: World, workspace: Resource): readonly Resource[] {
  const project = related(world, workspace, "project");
  return world
    .all("varsets")
    .filter(
      (each) =>
        isGlobalFor(each, workspace) ||
        isLinked(each, "workspaces", workspace) ||
        (project !== undefined && isLinked(each, "projects", project)),
    );
}

/** Those of the project itself, and the global ones of its organization. */
export function projectVarsets(world: World, project: Resource): readonly Resource[] {
  return world
    .all("varsets")
    .filter((each) => isGlobalFor(each, project) || isLinked(each, "projects", project));
}

function isGlobalFor(varset: Resource, resource: Resource): boolean {
  const global = varset.attributes.global === true;
  return global && organizationOf(varset) === organizationOf(resource);
}

function isLinked(varset: Resource, relationship: string, target: Resource): boolean {
  return refsIn(varset.relationships[relationship]).some((each) => each.id === target.id);
}
