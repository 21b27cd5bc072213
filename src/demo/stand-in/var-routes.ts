// Variables of workspaces, of variable sets, and the parameters of policy sets: one shape, three
// homes. None of the lists is paginated, except that of parameters.

import { type Answer, invalidAttribute, NO_CONTENT, notFound } from "./answer.ts";
import { attributesIn, type Call, param, relatedIn, requiredText, resourceIn } from "./call.ts";
import { itemRoutes, requiredQuery } from "./collection.ts";
import { one, page, whole } from "./document.ts";
import type { Resource } from "./resource.ts";
import { refTo } from "./resource.ts";
import type { Route } from "./router.ts";
import { applicableVarsets } from "./varset-scope.ts";

type Owner = (call: Call) => Resource;

function createVar(call: Call, owner: Resource, relationship: string, status: number): Answer {
  const key = requiredText(call, "key");
  const category = attributesIn(call).category ?? "terraform";
  const twin = call.world
    .ownedBy(owner, "vars")
    .find((each) => each.attributes.key === key && each.attributes.category === category);
  if (twin !== undefined) throw invalidAttribute("key", "Key has already been taken");
  const attributes = {
    value: "",
    description: null,
    sensitive: false,
    hcl: false,
    ...attributesIn(call),
    category,
    "created-at": call.world.timestamp(),
  };
  const relationships = { [relationship]: refTo(owner) };
  return one(call, call.world.add("vars", { attributes, relationships, owners: [owner] }), status);
}

/** The variable, if it belongs to the owner that the path names. */
function varOf(call: Call, owner: Resource): Resource {
  const found = call.world.ownedBy(owner, "vars").find((each) => each.id === param(call, "var"));
  if (found === undefined) throw notFound();
  return found;
}

function homeRoutes(
  list: string,
  owner: Owner,
  relationship: string,
  answers: { readonly created: number; readonly list: typeof page },
): readonly Route[] {
  const item = `${list}/{var}`;
  return [
    {
      method: "GET",
      template: list,
      handle: (call) => answers.list(call, call.world.ownedBy(owner(call), "vars")),
    },
    {
      method: "POST",
      template: list,
      handle: (call) => createVar(call, owner(call), relationship, answers.created),
    },
    { method: "GET", template: item, handle: (call) => one(call, varOf(call, owner(call))) },
    {
      method: "PATCH",
      template: item,
      handle: (call) => changeVar(call, varOf(call, owner(call))),
    },
    {
      method: "DELETE",
      template: item,
      handle: (call) => deleteVar(call, varOf(call, owner(call))),
    },
  ];
}

function changeVar(call: Call, variable: Resource): Answer {
  const attributes = attributesIn(call);
  if (variable.attributes.sensitive === true && attributes.sensitive === false) {
    throw invalidAttribute("sensitive", "A sensitive variable stays sensitive");
  }
  Object.assign(variable.attributes, attributes);
  return one(call, variable);
}

function deleteVar(call: Call, variable: Resource): Answer {
  call.world.remove(variable);
  return NO_CONTENT;
}

function listAllVars(call: Call): Answer {
  const workspace = resourceIn(call, "workspaces");
  const owners = [workspace, ...applicableVarsets(call.world, workspace)];
  return whole(
    call,
    owners.flatMap((owner) => call.world.ownedBy(owner, "vars")),
  );
}

/** The old way to list variables, which the API still answers. */
function listByName(call: Call): Answer {
  const organization = requiredQuery(call, "filter[organization][name]");
  const name = requiredQuery(call, "filter[workspace][name]");
  const workspace = call.world.named("workspaces", name, organization);
  if (workspace === undefined) throw notFound();
  return whole(call, call.world.ownedBy(workspace, "vars"));
}

const workspace: Owner = (call) => resourceIn(call, "workspaces");
const varset: Owner = (call) => resourceIn(call, "varsets");
const policySet: Owner = (call) => resourceIn(call, "policy-sets");

export const VAR_ROUTES: readonly Route[] = [
  ...homeRoutes("/workspaces/{id}/vars", workspace, "configurable", { created: 201, list: whole }),
  ...homeRoutes("/varsets/{id}/relationships/vars", varset, "varset", {
    created: 200,
    list: whole,
  }),
  ...homeRoutes("/policy-sets/{id}/parameters", policySet, "configurable", {
    created: 201,
    list: page,
  }),
  { method: "GET", template: "/workspaces/{id}/all-vars", handle: listAllVars },
  { method: "GET", template: "/vars", handle: listByName },
  {
    method: "POST",
    template: "/vars",
    handle: (call) =>
      createVar(call, relatedIn(call, "workspace", "workspaces"), "configurable", 201),
  },
  ...itemRoutes("/vars/{id}", "vars"),
];
