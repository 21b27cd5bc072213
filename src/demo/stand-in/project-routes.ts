// Projects, and the stacks that can stand in one.
//
// P1 A project that holds workspaces or stacks is not deleted. The documentation gives 403 as the
//    only refusal besides "not found", so 403 it is.

import { type Answer, invalidAttribute, NO_CONTENT, Refusal } from "./answer.ts";
import { attributesIn, type Call, entriesIn, refFrom, requiredText, resourceIn } from "./call.ts";
import {
  byName,
  createRoute,
  deleteRoute,
  listRoute,
  made,
  removed,
  requiredQuery,
  showRoute,
} from "./collection.ts";
import { one, page } from "./document.ts";
import { type Resource, refsIn, refTo } from "./resource.ts";
import type { Route } from "./router.ts";

const IN_PROJECT = { placeholder: "id", type: "projects", relationship: "subscribable" };
const NAME = /^[\w-][\w -]{1,34}[\w-]$/;

function listProjects(call: Call): Answer {
  const organization = resourceIn(call, "organizations", "organization");
  const all = call.world.ownedBy(organization, "projects");
  return page(call, byName(call, all), all.length);
}

function createProject(call: Call): Answer {
  const organization = resourceIn(call, "organizations", "organization");
  requireName(call, organization.id, requiredText(call, "name"));
  const project = made(call, "projects", organization, "organization");
  project.attributes["auto-destroy-activity-duration"] ??= null;
  return one(call, project, 201);
}

function changeProject(call: Call): Answer {
  const project = resourceIn(call, "projects");
  const attributes = attributesIn(call);
  const name = attributes.name;
  const organization = refsIn(project.relationships.organization)[0]?.id;
  if (typeof name === "string" && organization !== undefined) {
    requireName(call, organization, name, project);
  }
  Object.assign(project.attributes, attributes);
  return one(call, project);
}

function requireName(call: Call, organization: string, name: string, self?: Resource): void {
  if (!NAME.test(name)) throw invalidAttribute("name", "Name is invalid");
  const holder = call.world.named("projects", name, organization);
  if (holder !== undefined && holder !== self) {
    throw invalidAttribute("name", "Name has already been taken");
  }
}

/** P1 */
function deleteProject(call: Call): Answer {
  const project = resourceIn(call, "projects");
  const inside = (type: string) =>
    call.world.all(type).filter((each) => refsIn(each.relationships.project)[0]?.id === project.id)
      .length;
  const held = [`${inside("workspaces")} workspaces`, `${inside("stacks")} stacks`];
  if (held.some((each) => !each.startsWith("0 "))) {
    throw new Refusal(403, "forbidden", `The project is not empty: ${held.join(", ")}.`);
  }
  return removed(call, project);
}

function moveWorkspaces(call: Call): Answer {
  const project = resourceIn(call, "projects");
  const workspaces = entriesIn(call).map((entry) => {
    const ref = refFrom(entry);
    const found = ref?.type === "workspaces" ? call.world.get("workspaces", ref.id) : undefined;
    // All or none: nothing has moved yet.
    if (found === undefined)
      throw new Refusal(403, "forbidden", `Workspace(s) not found: ${ref?.id}`);
    return found;
  });
  for (const each of workspaces) each.relationships.project = refTo(project);
  return NO_CONTENT;
}

function listStacks(call: Call): Answer {
  const project = call.query.get("filter[project][id]");
  const owner = project ?? requiredQuery(call, "filter[organization][name]");
  const relationship = project === null ? "organization" : "project";
  return page(
    call,
    call.world
      .all("stacks")
      .filter((each) => refsIn(each.relationships[relationship])[0]?.id === owner),
  );
}

export const PROJECT_ROUTES: readonly Route[] = [
  { method: "GET", template: "/organizations/{organization}/projects", handle: listProjects },
  { method: "POST", template: "/organizations/{organization}/projects", handle: createProject },
  showRoute("/projects/{id}", "projects"),
  { method: "PATCH", template: "/projects/{id}", handle: changeProject },
  { method: "DELETE", template: "/projects/{id}", handle: deleteProject },
  { method: "POST", template: "/projects/{id}/relationships/workspaces", handle: moveWorkspaces },
  listRoute(
    "/projects/{id}/notification-configurations",
    "notification-configurations",
    IN_PROJECT,
  ),
  createRoute(
    "/projects/{id}/notification-configurations",
    "notification-configurations",
    IN_PROJECT,
  ),
  { method: "GET", template: "/stacks", handle: listStacks },
  showRoute("/stacks/{id}", "stacks"),
  deleteRoute("/stacks/{id}", "stacks"),
];
