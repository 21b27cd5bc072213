// Runs with their plans and applies, and what can be done to a run.

import { ACCEPTED, type Answer, NO_CONTENT, notFound, Refusal } from "./answer.ts";
import { attributesIn, type Call, relatedIn, relationIn, resourceIn } from "./call.ts";
import { showRoute } from "./collection.ts";
import { one, page } from "./document.ts";
import { type Resource, textOf } from "./resource.ts";
import type { Route } from "./router.ts";
import { applyRun, endRun, finishPlan, makeRun, startPlanning } from "./run-life.ts";
import { isCancelable, isConfirmable, isDiscardable, isForceCancelable } from "./run-states.ts";
import { related } from "./world.ts";

function createRun(call: Call): Answer {
  const workspace = relatedIn(call, "workspace", "workspaces");
  const run = makeRun(call.world, workspace, attributesIn(call));
  const configuration = relationIn(call, "configuration-version");
  if (configuration !== undefined) run.relationships["configuration-version"] = configuration;
  // The answer shows the run as it was made; what follows happens behind it, as it does there.
  const answer = one(call, run, 201);
  startPlanning(call.world, run);
  if (call.world.plans === "finish") finishPlan(call.world, run);
  return answer;
}

function listRuns(call: Call): Answer {
  const runs = [...call.world.ownedBy(resourceIn(call, "workspaces"), "runs")].reverse();
  const statuses = call.query.get("filter[status]")?.split(",");
  return page(
    call,
    runs.filter((run) => statuses === undefined || statuses.includes(textOf(run, "status"))),
  );
}

function action(
  name: string,
  isAllowed: (run: Resource) => boolean,
  act: (call: Call, run: Resource) => void,
): Route {
  return {
    method: "POST",
    template: `/runs/{id}/actions/${name}`,
    handle: (call) => {
      const run = resourceIn(call, "runs");
      if (!isAllowed(run)) throw new Refusal(409, "transition not allowed");
      act(call, run);
      return ACCEPTED;
    },
  };
}

/** Held plans outlive the cancel: that is what a forced cancel is for. */
function cancelRun(call: Call, run: Resource): void {
  run.attributes["canceled-at"] = call.world.timestamp();
  run.attributes["force-cancel-available-at"] = call.world.timestamp();
  if (call.world.plans === "finish") endRun(call.world, run, "canceled");
}

function forceExecute(call: Call): Answer {
  const run = resourceIn(call, "runs");
  const workspace = related(call.world, run, "workspace");
  const earlier = (workspace === undefined ? [] : call.world.ownedBy(workspace, "runs")).filter(
    (each) => each !== run && (isDiscardable(each) || isCancelable(each)),
  );
  if (textOf(run, "status") !== "pending" || earlier.length === 0) {
    throw new Refusal(403, "forbidden");
  }
  for (const each of earlier)
    endRun(call.world, each, isDiscardable(each) ? "discarded" : "canceled");
  startPlanning(call.world, run);
  if (call.world.plans === "finish") finishPlan(call.world, run);
  return ACCEPTED;
}

function partOfRun(call: Call, part: "plan" | "apply"): Resource {
  const found = related(call.world, resourceIn(call, "runs"), part);
  if (found === undefined) throw notFound();
  return found;
}

/** The JSON plan lies in another store: the API answers with a short-lived address of it. */
function planJson(call: Call, plan: Resource): Answer {
  if (plan.attributes.status !== "finished") return NO_CONTENT;
  return { status: 307, headers: { location: `${call.origin}/v1/object/${plan.id}` } };
}

/** Changes only; the stand-in does not make up whole plans. */
export function storedPlan(plan: Resource): Answer {
  const changes = (["additions", "changes", "destructions"] as const).flatMap((kind) => {
    const count = plan.attributes[`resource-${kind}`];
    const action = { additions: "create", changes: "update", destructions: "delete" }[kind];
    return Array.from({ length: typeof count === "number" ? count : 0 }, (_each, index) => ({
      address: `null_resource.${action}[${index}]`,
      type: "null_resource",
      change: { actions: [action] },
    }));
  });
  return { status: 200, body: { format_version: "1.2", resource_changes: changes } };
}

export const RUN_ROUTES: readonly Route[] = [
  { method: "POST", template: "/runs", handle: createRun },
  showRoute("/runs/{id}", "runs"),
  { method: "GET", template: "/workspaces/{id}/runs", handle: listRuns },
  action("apply", isConfirmable, (call, run) => applyRun(call.world, run)),
  action("discard", isDiscardable, (call, run) => endRun(call.world, run, "discarded")),
  action("cancel", isCancelable, cancelRun),
  action("force-cancel", isForceCancelable, (call, run) =>
    endRun(call.world, run, "force_canceled"),
  ),
  { method: "POST", template: "/runs/{id}/actions/force-execute", handle: forceExecute },
  {
    method: "GET",
    template: "/runs/{id}/plan",
    handle: (call) => one(call, partOfRun(call, "plan")),
  },
  {
    method: "GET",
    template: "/runs/{id}/apply",
    handle: (call) => one(call, partOfRun(call, "apply")),
  },
  {
    method: "GET",
    template: "/runs/{id}/plan/json-output",
    handle: (call) => planJson(call, partOfRun(call, "plan")),
  },
  showRoute("/plans/{id}", "plans"),
  {
    method: "GET",
    template: "/plans/{id}/json-output",
    handle: (call) => planJson(call, resourceIn(call, "plans")),
  },
  showRoute("/applies/{id}", "applies"),
];
