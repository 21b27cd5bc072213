// How a run lives here: it is made, its plan finishes, it is applied, discarded or cancelled. All
// of that is instant, unless the world holds plans back.

import type { Json } from "./resource.ts";
import { type Resource, refTo } from "./resource.ts";
import { related, type World } from "./world.ts";

/** What a plan would do; counted in resources. */
export interface Changes {
  readonly additions: number;
  readonly changes: number;
  readonly destructions: number;
}

/** Makes a pending run with its plan and its apply. */
export function makeRun(
  world: World,
  workspace: Resource,
  attributes: Readonly<Record<string, Json>> = {},
  millisecondsAgo = 0,
): Resource {
  const [user] = world.all("users");
  const run = world.add("runs", {
    attributes: {
      "auto-apply": workspace.attributes["auto-apply"] ?? false,
      "is-destroy": false,
      "plan-only": false,
      "refresh-only": false,
      "allow-empty-apply": false,
      message: "Queued manually via the API",
      source: "tfe-api",
      "trigger-reason": "manual",
      "target-addrs": null,
      "replace-addrs": null,
      variables: [],
      ...attributes,
      status: "pending",
      "has-changes": false,
      "canceled-at": null,
      "created-at": world.timestamp(millisecondsAgo),
    },
    relationships: {
      workspace: refTo(workspace),
      "created-by": user === undefined ? null : refTo(user),
      "configuration-version": null,
    },
    owners: [workspace],
  });
  const plan = addPart(world, "plans", run);
  const apply = addPart(world, "applies", run);
  Object.assign(run.relationships, { plan: refTo(plan), apply: refTo(apply) });
  return run;
}

function addPart(world: World, type: "plans" | "applies", run: Resource): Resource {
  return world.add(type, {
    attributes: { status: "pending", ...counts({ additions: 0, changes: 0, destructions: 0 }) },
    relationships: { "state-versions": [] },
    owners: [run],
  });
}

/** From pending to planning. */
export function startPlanning(world: World, run: Resource): void {
  run.attributes.status = "planning";
  set(related(world, run, "plan"), { status: "running" });
}

/** `changes` defaults to all resources for a destroy run, and to one change for any other. */
export function finishPlan(world: World, run: Resource, changes = expected(world, run)): void {
  const hasChanges = changes.additions + changes.changes + changes.destructions > 0;
  set(related(world, run, "plan"), {
    status: "finished",
    "has-changes": hasChanges,
    ...counts(changes),
  });
  run.attributes["has-changes"] = hasChanges;
  const nothingToApply = !hasChanges && run.attributes["allow-empty-apply"] !== true;
  if (run.attributes["plan-only"] === true || nothingToApply) {
    run.attributes.status = "planned_and_finished";
    set(related(world, run, "apply"), { status: "unreachable" });
    return;
  }
  run.attributes.status = "planned";
  if (run.attributes["auto-apply"] === true) applyRun(world, run);
}

/** Applies a planned run; a destroy run leaves the workspace without resources. */
export function applyRun(world: World, run: Resource): void {
  const workspace = related(world, run, "workspace");
  const plan = related(world, run, "plan");
  run.attributes.status = "applied";
  set(related(world, run, "apply"), { ...plan?.attributes, status: "finished" });
  if (workspace === undefined) return;
  if (run.attributes["is-destroy"] === true) {
    for (const each of world.ownedBy(workspace, "resources")) world.remove(each);
  }
  workspace.attributes["latest-change-at"] = world.timestamp();
  makeStateVersion(world, workspace, run);
}

/** A new current state version. `millisecondsAgo`: when it was made. */
export function makeStateVersion(
  world: World,
  workspace: Resource,
  run?: Resource,
  millisecondsAgo = 0,
): Resource {
  const previous = world.ownedBy(workspace, "state-versions").at(-1);
  const serial = previous?.attributes.serial;
  return world.add("state-versions", {
    attributes: {
      serial: typeof serial === "number" ? serial + 1 : 1,
      status: "finalized",
      size: 512 * world.ownedBy(workspace, "resources").length,
      "resources-processed": true,
      "state-version": 4,
      "terraform-version": "1.9.5",
      "created-at": world.timestamp(millisecondsAgo),
    },
    relationships: { workspace: refTo(workspace), run: run === undefined ? null : refTo(run) },
    owners: [workspace],
  });
}

/** Ends a run that will not be applied. */
export function endRun(
  world: World,
  run: Resource,
  status: "discarded" | "canceled" | "force_canceled",
): void {
  run.attributes.status = status;
  const plan = related(world, run, "plan");
  if (plan?.attributes.status !== "finished") set(plan, { status: "canceled" });
  set(related(world, run, "apply"), { status: "unreachable" });
}

function expected(world: World, run: Resource): Changes {
  const workspace = related(world, run, "workspace");
  const resources = workspace === undefined ? 0 : world.ownedBy(workspace, "resources").length;
  const destroys = run.attributes["is-destroy"] === true;
  return { additions: 0, changes: destroys ? 0 : 1, destructions: destroys ? resources : 0 };
}

function counts(changes: Changes): Record<string, number> {
  return {
    "resource-additions": changes.additions,
    "resource-changes": changes.changes,
    "resource-destructions": changes.destructions,
    "resource-imports": 0,
  };
}

function set(resource: Resource | undefined, attributes: Readonly<Record<string, Json>>): void {
  if (resource !== undefined) Object.assign(resource.attributes, attributes);
}
