// Policy sets, their links and selectors, and policies. Parameters are in var-routes.

import { type Answer, NO_CONTENT } from "./answer.ts";
import { attributesIn, type Call, entriesIn, isObject, requiredText, resourceIn } from "./call.ts";
import { createRoute, IN_ORGANIZATION, itemRoutes, linkRoutes, listRoute } from "./collection.ts";
import { one } from "./document.ts";
import type { Json } from "./resource.ts";
import { refTo } from "./resource.ts";
import type { Route } from "./router.ts";

const LIST = "/organizations/{organization}/policy-sets";

/** Each link of a policy set, and the type that it leads to. */
const LINKS: readonly (readonly [name: string, target: string])[] = [
  ["policies", "policies"],
  ["workspaces", "workspaces"],
  ["workspace-exclusions", "workspaces"],
  ["projects", "projects"],
  ["project-exclusions", "projects"],
];

function createPolicySet(call: Call): Answer {
  const organization = resourceIn(call, "organizations", "organization");
  requiredText(call, "name");
  const set = call.world.add("policy-sets", {
    attributes: { global: false, kind: "sentinel", "tag-selectors": [], ...attributesIn(call) },
    relationships: {
      organization: refTo(organization),
      ...Object.fromEntries(LINKS.map(([name]) => [name, []])),
    },
    owners: [organization],
  });
  return one(call, set, 201);
}

function selectors(call: Call, keep: boolean): Answer {
  const set = resourceIn(call, "policy-sets");
  const given = entriesIn(call).map((each): Json => each.attributes ?? {});
  const now = set.attributes["tag-selectors"];
  const others = (Array.isArray(now) ? (now as readonly Json[]) : []).filter(
    (each) => !given.some((other) => keyOf(other) === keyOf(each)),
  );
  set.attributes["tag-selectors"] = keep ? [...others, ...given] : others;
  return NO_CONTENT;
}

function keyOf(selector: Json): Json | undefined {
  return isObject(selector) ? selector.key : undefined;
}

export const POLICY_ROUTES: readonly Route[] = [
  listRoute(LIST, "policy-sets", IN_ORGANIZATION),
  { method: "POST", template: LIST, handle: createPolicySet },
  ...itemRoutes("/policy-sets/{id}", "policy-sets"),
  ...LINKS.flatMap(([name, target]) =>
    linkRoutes("/policy-sets/{id}", "policy-sets", name, target),
  ),
  {
    method: "POST",
    template: "/policy-sets/{id}/tag-selectors",
    handle: (call) => selectors(call, true),
  },
  {
    method: "DELETE",
    template: "/policy-sets/{id}/tag-selectors",
    handle: (call) => selectors(call, false),
  },
  listRoute("/organizations/{organization}/policies", "policies", IN_ORGANIZATION),
  createRoute("/organizations/{organization}/policies", "policies", IN_ORGANIZATION, ["name"]),
  ...itemRoutes("/policies/{id}", "policies"),
];
