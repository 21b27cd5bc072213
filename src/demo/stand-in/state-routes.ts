// State versions: listed by workspace, uploaded, rolled back to.
//
// V1 State changes only while the workspace is locked, and its serial only grows.

import { type Answer, conflict, invalidRequest, notFound } from "./answer.ts";
import { attributesIn, type Call, isObject, relatedIn, requiredText, resourceIn } from "./call.ts";
import { requiredQuery, showRoute } from "./collection.ts";
import { derive } from "./derived.ts";
import { one, page } from "./document.ts";
import type { Json } from "./resource.ts";
import { type Resource, refTo } from "./resource.ts";
import type { Route } from "./router.ts";
import { makeStateVersion } from "./run-life.ts";

function listStates(call: Call): Answer {
  const organization = requiredQuery(call, "filter[organization][name]");
  const name = requiredQuery(call, "filter[workspace][name]");
  const workspace = call.world.named("workspaces", name, organization);
  if (workspace === undefined) throw notFound();
  return page(call, [...call.world.ownedBy(workspace, "state-versions")].reverse());
}

function currentState(call: Call): Resource {
  const current = call.world.ownedBy(resourceIn(call, "workspaces"), "state-versions").at(-1);
  if (current === undefined) throw notFound();
  return current;
}

/** V1 */
function createState(call: Call): Answer {
  const workspace = lockedWorkspace(call);
  requiredText(call, "md5");
  const serial = attributesIn(call).serial;
  if (typeof serial !== "number") throw invalidRequest("data.attributes.serial is required");
  const current = call.world.ownedBy(workspace, "state-versions").at(-1)?.attributes.serial;
  if (typeof current === "number" && serial <= current) {
    throw conflict(`The serial must be greater than ${current}.`);
  }
  replaceResources(call, workspace);
  const state = makeStateVersion(call.world, workspace);
  state.attributes.serial = serial;
  return one(call, state, 201);
}

function rollBack(call: Call): Answer {
  const workspace = lockedWorkspace(call);
  const earlier = relatedIn(call, "rollback-state-version", "state-versions");
  const state = makeStateVersion(call.world, workspace);
  state.relationships["rollback-state-version"] = refTo(earlier);
  return one(call, state, 201);
}

function lockedWorkspace(call: Call): Resource {
  const workspace = resourceIn(call, "workspaces");
  if (derive(call.world, workspace).attributes?.locked !== true) {
    throw conflict("The workspace must be locked before its state is changed.");
  }
  return workspace;
}

/** An uploaded state says what the workspace manages from now on. */
function replaceResources(call: Call, workspace: Resource): void {
  const encoded = attributesIn(call).state;
  if (typeof encoded !== "string") return;
  const managed = managedIn(parsed(Buffer.from(encoded, "base64").toString("utf8")));
  for (const each of call.world.ownedBy(workspace, "resources")) call.world.remove(each);
  for (const address of managed) {
    call.world.add("resources", { attributes: { address, module: "root" }, owners: [workspace] });
  }
}

function managedIn(state: Json): readonly string[] {
  const resources = isObject(state) ? state.resources : undefined;
  if (!Array.isArray(resources)) return [];
  return (resources as readonly Json[])
    .filter(isObject)
    .filter((each) => each.mode === "managed")
    .map((each) => `${String(each.type)}.${String(each.name)}`);
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw invalidRequest("data.attributes.state is not a Terraform state");
  }
}

export const STATE_ROUTES: readonly Route[] = [
  { method: "GET", template: "/state-versions", handle: listStates },
  showRoute("/state-versions/{id}", "state-versions"),
  {
    method: "GET",
    template: "/state-versions/{id}/outputs",
    handle: (call) =>
      page(call, call.world.ownedBy(resourceIn(call, "state-versions"), "state-version-outputs")),
  },
  showRoute("/state-version-outputs/{id}", "state-version-outputs"),
  {
    method: "GET",
    template: "/workspaces/{id}/current-state-version",
    handle: (call) => one(call, currentState(call)),
  },
  {
    method: "GET",
    template: "/workspaces/{id}/current-state-version-outputs",
    handle: (call) => page(call, call.world.ownedBy(currentState(call), "state-version-outputs")),
  },
  { method: "POST", template: "/workspaces/{id}/state-versions", handle: createState },
  { method: "PATCH", template: "/workspaces/{id}/state-versions", handle: rollBack },
];
