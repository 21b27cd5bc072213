// What an organization keeps for its workspaces: keys, connections to version control, agents,
// retention, and its private registry.

import { type Answer, NO_CONTENT, notFound } from "./answer.ts";
import { attributesIn, type Call, dataIn, param, resourceIn } from "./call.ts";
import {
  createRoute,
  deleteRoute,
  IN_ORGANIZATION,
  itemRoutes,
  linkRoutes,
  listRoute,
  removed,
  showRoute,
} from "./collection.ts";
import { one } from "./document.ts";
import type { Resource } from "./resource.ts";
import type { Route } from "./router.ts";

const ORGANIZATION = "/organizations/{organization}";
const CLIENT = { placeholder: "id", type: "oauth-clients", relationship: "oauth-client" };
const POOL = { placeholder: "id", type: "agent-pools", relationship: "agent-pool" };

/** A policy is made, replaced and removed as a whole; there is at most one. */
function retentionRoutes(path: string, owner: (call: Call) => Resource): readonly Route[] {
  const template = `${path}/relationships/data-retention-policy`;
  const current = (call: Call) => call.world.ownedBy(owner(call), "data-retention-policies")[0];
  const put = (call: Call): Answer => {
    const type = dataIn(call).type;
    const old = current(call);
    if (old !== undefined) call.world.remove(old);
    const attributes = { ...attributesIn(call), kind: typeof type === "string" ? type : null };
    const policy = { attributes, owners: [owner(call)] };
    return one(call, call.world.add("data-retention-policies", policy));
  };
  const required = (call: Call): Resource => {
    const policy = current(call);
    if (policy === undefined) throw notFound();
    return policy;
  };
  return [
    { method: "GET", template, handle: (call) => one(call, required(call)) },
    { method: "POST", template, handle: put },
    { method: "PATCH", template, handle: put },
    { method: "DELETE", template, handle: (call) => removed(call, required(call)) },
  ];
}

function registryEntry(call: Call, type: string): Resource {
  const organization = resourceIn(call, "organizations", "organization");
  const wanted = ["registry-name", "namespace", "name", "provider"].filter(
    (each) => call.params[each] !== undefined,
  );
  const found = call.world
    .ownedBy(organization, type)
    .find((each) => wanted.every((name) => each.attributes[name] === param(call, name)));
  if (found === undefined) throw notFound();
  return found;
}

/** Versions are an attribute of the entry; the last one takes the entry with it. */
function deleteVersion(call: Call, type: string): Answer {
  const entry = registryEntry(call, type);
  const versions = entry.attributes.versions;
  const known = Array.isArray(versions) ? versions.map(String) : [];
  const rest = known.filter((each) => each !== param(call, "version"));
  if (rest.length === known.length) throw notFound();
  entry.attributes.versions = rest;
  return rest.length === 0 ? removed(call, entry) : NO_CONTENT;
}

function registryRoutes(type: string, item: string): readonly Route[] {
  const versions = type === "registry-modules" ? item : `${item}/versions`;
  return [
    listRoute(`${ORGANIZATION}/${type}`, type, IN_ORGANIZATION),
    { method: "GET", template: item, handle: (call) => one(call, registryEntry(call, type)) },
    {
      method: "DELETE",
      template: item,
      handle: (call) => removed(call, registryEntry(call, type)),
    },
    {
      method: "DELETE",
      template: `${versions}/{version}`,
      handle: (call) => deleteVersion(call, type),
    },
  ];
}

const MODULE = `${ORGANIZATION}/registry-modules/{registry-name}/{namespace}/{name}`;

export const SETTINGS_ROUTES: readonly Route[] = [
  listRoute(`${ORGANIZATION}/ssh-keys`, "ssh-keys", IN_ORGANIZATION),
  createRoute(`${ORGANIZATION}/ssh-keys`, "ssh-keys", IN_ORGANIZATION, ["name", "value"]),
  ...itemRoutes("/ssh-keys/{id}", "ssh-keys"),
  listRoute(`${ORGANIZATION}/oauth-clients`, "oauth-clients", IN_ORGANIZATION),
  createRoute(`${ORGANIZATION}/oauth-clients`, "oauth-clients", IN_ORGANIZATION, [
    "service-provider",
  ]),
  ...itemRoutes("/oauth-clients/{id}", "oauth-clients"),
  ...linkRoutes("/oauth-clients/{id}", "oauth-clients", "projects", "projects"),
  listRoute("/oauth-clients/{id}/oauth-tokens", "oauth-tokens", CLIENT),
  ...itemRoutes("/oauth-tokens/{id}", "oauth-tokens"),
  listRoute(`${ORGANIZATION}/agent-pools`, "agent-pools", IN_ORGANIZATION),
  createRoute(`${ORGANIZATION}/agent-pools`, "agent-pools", IN_ORGANIZATION, ["name"]),
  ...itemRoutes("/agent-pools/{id}", "agent-pools"),
  listRoute("/agent-pools/{id}/agents", "agents", POOL),
  showRoute("/agents/{id}", "agents"),
  deleteRoute("/agents/{id}", "agents"),
  ...retentionRoutes(ORGANIZATION, (call) => resourceIn(call, "organizations", "organization")),
  ...retentionRoutes("/workspaces/{id}", (call) => resourceIn(call, "workspaces")),
  ...registryRoutes("registry-modules", `${MODULE}/{provider}`),
  {
    method: "DELETE",
    template: MODULE,
    handle: (call) => removed(call, registryEntry(call, "registry-modules")),
  },
  ...registryRoutes(
    "registry-providers",
    `${ORGANIZATION}/registry-providers/{registry-name}/{namespace}/{name}`,
  ),
];
