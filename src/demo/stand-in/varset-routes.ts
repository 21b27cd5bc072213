// Variable sets, where they apply, and their links. Their variables are in var-routes.

import { type Answer, invalidAttribute } from "./answer.ts";
import { attributesIn, type Call, requiredText, resourceIn } from "./call.ts";
import { byName, itemRoutes, linkRoutes } from "./collection.ts";
import { one, page } from "./document.ts";
import { refTo } from "./resource.ts";
import type { Route } from "./router.ts";
import { applicableVarsets, projectVarsets } from "./varset-scope.ts";

const LIST = "/organizations/{organization}/varsets";

function listVarsets(call: Call): Answer {
  const organization = resourceIn(call, "organizations", "organization");
  return page(call, byName(call, call.world.ownedBy(organization, "varsets")));
}

function createVarset(call: Call): Answer {
  const organization = resourceIn(call, "organizations", "organization");
  const name = requiredText(call, "name");
  if (call.world.named("varsets", name, organization.id) !== undefined) {
    throw invalidAttribute("name", "Name has already been taken");
  }
  const varset = call.world.add("varsets", {
    attributes: {
      description: "",
      global: false,
      ...attributesIn(call),
      "updated-at": call.world.timestamp(),
    },
    relationships: {
      organization: refTo(organization),
      workspaces: [],
      projects: [],
      stacks: [],
    },
    owners: [organization],
  });
  return one(call, varset);
}

export const VARSET_ROUTES: readonly Route[] = [
  { method: "GET", template: LIST, handle: listVarsets },
  { method: "POST", template: LIST, handle: createVarset },
  {
    method: "GET",
    template: "/projects/{id}/varsets",
    handle: (call) => page(call, projectVarsets(call.world, resourceIn(call, "projects"))),
  },
  {
    method: "GET",
    template: "/workspaces/{id}/varsets",
    handle: (call) => page(call, applicableVarsets(call.world, resourceIn(call, "workspaces"))),
  },
  {
    method: "GET",
    template: "/workspaces/{id}/applicable-varsets",
    handle: (call) => page(call, applicableVarsets(call.world, resourceIn(call, "workspaces"))),
  },
  ...itemRoutes("/varsets/{id}", "varsets"),
  ...linkRoutes("/varsets/{id}", "varsets", "workspaces", "workspaces"),
  ...linkRoutes("/varsets/{id}", "varsets", "projects", "projects"),
  ...linkRoutes("/varsets/{id}", "varsets", "stacks", "stacks"),
];
