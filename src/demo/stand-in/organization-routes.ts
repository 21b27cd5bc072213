// Organizations, and who the token belongs to.

import { invalidAttribute, notFound } from "./answer.ts";
import { attributesIn, type Call, requiredText, resourceIn } from "./call.ts";
import {
  byName,
  createRoute,
  IN_ORGANIZATION,
  itemRoutes,
  listRoute,
  removed,
  showRoute,
} from "./collection.ts";
import { one, page } from "./document.ts";
import type { Resource } from "./resource.ts";
import type { Route } from "./router.ts";

const ONE = "/organizations/{organization}";

const ENTITLEMENTS = [
  "agents",
  "cost-estimation",
  "operations",
  "policy-enforcement",
  "private-module-registry",
  "private-policy-agents",
  "run-tasks",
  "sso",
  "state-storage",
  "teams",
  "vcs-integrations",
];

function organizationIn(call: Call): Resource {
  return resourceIn(call, "organizations", "organization");
}

function createOrganization(call: Call) {
  const name = requiredText(call, "name");
  requiredText(call, "email");
  if (!/^[\w-]+$/.test(name)) throw invalidAttribute("name", "Name is invalid");
  if (call.world.get("organizations", name) !== undefined) {
    throw invalidAttribute("name", "Name has already been taken");
  }
  const attributes = { ...attributesIn(call), "created-at": call.world.timestamp() };
  return one(call, call.world.add("organizations", { id: name, attributes }), 201);
}

function changeOrganization(call: Call) {
  const organization = organizationIn(call);
  // The name is the identifier; the stand-in does not rename organizations.
  const { name: _name, ...attributes } = attributesIn(call);
  Object.assign(organization.attributes, attributes);
  return one(call, organization);
}

function showEntitlements(call: Call) {
  const { id } = organizationIn(call);
  const attributes = Object.fromEntries(ENTITLEMENTS.map((each) => [each, true]));
  return {
    status: 200,
    body: {
      data: { id, type: "entitlement-sets", attributes: { ...attributes, "user-limit": null } },
    },
  };
}

function showAccount(call: Call) {
  const [user] = call.world.all("users");
  if (user === undefined) throw notFound();
  return one(call, user);
}

function listMemberships(call: Call) {
  return page(call, call.world.ownedBy(organizationIn(call), "organization-memberships"));
}

export const ORGANIZATION_ROUTES: readonly Route[] = [
  {
    method: "GET",
    template: "/organizations",
    handle: (call) => page(call, byName(call, call.world.all("organizations"))),
  },
  { method: "POST", template: "/organizations", handle: createOrganization },
  { method: "GET", template: ONE, handle: (call) => one(call, organizationIn(call)) },
  { method: "PATCH", template: ONE, handle: changeOrganization },
  { method: "PUT", template: ONE, handle: changeOrganization },
  { method: "DELETE", template: ONE, handle: (call) => removed(call, organizationIn(call)) },
  { method: "GET", template: `${ONE}/entitlement-set`, handle: showEntitlements },
  { method: "GET", template: "/account/details", handle: showAccount },
  showRoute("/users/{id}", "users"),
  { method: "GET", template: `${ONE}/organization-memberships`, handle: listMemberships },
  ...itemRoutes("/organization-memberships/{id}", "organization-memberships"),
  listRoute(`${ONE}/tasks`, "tasks", IN_ORGANIZATION),
  createRoute(`${ONE}/tasks`, "tasks", IN_ORGANIZATION, ["name", "url"]),
  ...itemRoutes("/tasks/{id}", "tasks"),
  {
    method: "GET",
    template: `${ONE}/runs`,
    handle: (call) => {
      const owner = organizationIn(call);
      const workspaces = call.world.ownedBy(owner, "workspaces");
      return page(
        call,
        workspaces.flatMap((each) => call.world.ownedBy(each, "runs")),
      );
    },
  },
];
