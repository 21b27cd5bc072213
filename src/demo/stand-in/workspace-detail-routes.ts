// What belongs to one workspace: its lock, resources, readers of its state, triggers and
// notifications.

import { type Answer, conflict, Refusal } from "./answer.ts";
import { attributesIn, type Call, dataIn, isObject, relatedIn, resourceIn } from "./call.ts";
import {
  createRoute,
  deleteRoute,
  itemRoutes,
  linked,
  linkRoutes,
  listRoute,
  requiredQuery,
  showRoute,
} from "./collection.ts";
import { one, page } from "./document.ts";
import { refsIn, refTo, textOf } from "./resource.ts";
import type { Route } from "./router.ts";
import { isLockedByRun, latestRun } from "./run-states.ts";
import { organizationOf } from "./world.ts";

const ONE = "/workspaces/{id}";
const IN_WORKSPACE = { placeholder: "id", type: "workspaces", relationship: "workspace" };
const SUBSCRIBABLE = { ...IN_WORKSPACE, relationship: "subscribable" };

function lock(call: Call): Answer {
  const workspace = resourceIn(call, "workspaces");
  const run = latestRun(call.world, workspace);
  if (workspace.attributes.locked === true || (run !== undefined && isLockedByRun(run))) {
    throw conflict("Unable to lock the workspace: it is already locked.");
  }
  const reason = isObject(call.body) ? call.body.reason : undefined;
  const [user] = call.world.all("users");
  workspace.attributes.locked = true;
  workspace.attributes["locked-reason"] = typeof reason === "string" ? reason : "";
  workspace.relationships["locked-by"] = user === undefined ? null : refTo(user);
  return one(call, workspace);
}

function unlock(call: Call): Answer {
  const workspace = resourceIn(call, "workspaces");
  const run = latestRun(call.world, workspace);
  if (run !== undefined && isLockedByRun(run)) {
    throw conflict(`Unable to unlock the workspace: it is locked by Run ${run.id}.`);
  }
  const [user] = call.world.all("users");
  const [holder] = refsIn(workspace.relationships["locked-by"]);
  if (workspace.attributes.locked === true && holder !== undefined && holder.id !== user?.id) {
    throw conflict("Unable to unlock the workspace: it is locked by User.");
  }
  return opened(call);
}

function opened(call: Call): Answer {
  const workspace = resourceIn(call, "workspaces");
  if (workspace.attributes.locked !== true) {
    throw conflict("Unable to unlock the workspace: it is not locked.");
  }
  workspace.attributes.locked = false;
  workspace.attributes["locked-reason"] = "";
  workspace.relationships["locked-by"] = null;
  return one(call, workspace);
}

function listConsumers(call: Call): Answer {
  const workspace = resourceIn(call, "workspaces");
  if (workspace.attributes["global-remote-state"] !== true) {
    return page(call, linked(call, workspace, "remote-state-consumers"));
  }
  const all = call.world.all("workspaces");
  return page(
    call,
    all.filter((each) => each !== workspace && organizationOf(each) === organizationOf(workspace)),
  );
}

function assignSshKey(call: Call): Answer {
  const workspace = resourceIn(call, "workspaces");
  dataIn(call);
  const id = attributesIn(call).id;
  const key = typeof id === "string" ? call.world.get("ssh-keys", id) : undefined;
  if (typeof id === "string" && key === undefined) throw new Refusal(404, "not found");
  workspace.relationships["ssh-key"] = key === undefined ? null : refTo(key);
  return one(call, workspace);
}

/** `inbound`: what triggers runs here; `outbound`: where this workspace triggers runs. */
function listTriggers(call: Call): Answer {
  const workspace = resourceIn(call, "workspaces");
  const end =
    requiredQuery(call, "filter[run-trigger][type]") === "inbound" ? "workspace" : "sourceable";
  return page(
    call,
    call.world
      .all("run-triggers")
      .filter((each) => refsIn(each.relationships[end])[0]?.id === workspace.id),
  );
}

function createTrigger(call: Call): Answer {
  const workspace = resourceIn(call, "workspaces");
  const source = relatedIn(call, "sourceable", "workspaces");
  const trigger = call.world.add("run-triggers", {
    attributes: {
      "created-at": call.world.timestamp(),
      "workspace-name": textOf(workspace, "name"),
      "sourceable-name": textOf(source, "name"),
    },
    relationships: { workspace: refTo(workspace), sourceable: refTo(source) },
    owners: [workspace, source],
  });
  return one(call, trigger, 201);
}

export const WORKSPACE_DETAIL_ROUTES: readonly Route[] = [
  { method: "POST", template: `${ONE}/actions/lock`, handle: lock },
  { method: "POST", template: `${ONE}/actions/unlock`, handle: unlock },
  { method: "POST", template: `${ONE}/actions/force-unlock`, handle: opened },
  listRoute(`${ONE}/resources`, "resources", IN_WORKSPACE),
  { method: "GET", template: `${ONE}/relationships/remote-state-consumers`, handle: listConsumers },
  ...linkRoutes(ONE, "workspaces", "remote-state-consumers", "workspaces"),
  { method: "PATCH", template: `${ONE}/relationships/ssh-key`, handle: assignSshKey },
  { method: "GET", template: `${ONE}/run-triggers`, handle: listTriggers },
  { method: "POST", template: `${ONE}/run-triggers`, handle: createTrigger },
  showRoute("/run-triggers/{id}", "run-triggers"),
  deleteRoute("/run-triggers/{id}", "run-triggers"),
  listRoute(`${ONE}/notification-configurations`, "notification-configurations", SUBSCRIBABLE),
  createRoute(`${ONE}/notification-configurations`, "notification-configurations", SUBSCRIBABLE, [
    "name",
    "destination-type",
  ]),
  ...itemRoutes("/notification-configurations/{id}", "notification-configurations"),
  {
    method: "POST",
    template: "/notification-configurations/{id}/actions/verify",
    handle: (call) => one(call, resourceIn(call, "notification-configurations")),
  },
  listRoute(`${ONE}/configuration-versions`, "configuration-versions", IN_WORKSPACE),
  showRoute("/configuration-versions/{id}", "configuration-versions"),
];
