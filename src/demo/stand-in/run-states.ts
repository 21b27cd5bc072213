// The states of runs that other parts of the API depend on.

import type { Resource } from "./resource.ts";
import { textOf } from "./resource.ts";
import type { World } from "./world.ts";

const WAITS_FOR_CONFIRMATION = ["planned", "cost_estimated", "policy_checked", "policy_override"];
const AT_WORK = ["planning", "applying"];

export function isConfirmable(run: Resource): boolean {
  return WAITS_FOR_CONFIRMATION.includes(textOf(run, "status"));
}

export function isDiscardable(run: Resource): boolean {
  return isConfirmable(run) || textOf(run, "status") === "pending";
}

export function isCancelable(run: Resource): boolean {
  return [...AT_WORK, "pending", "plan_queued", "apply_queued"].includes(textOf(run, "status"));
}

export function isForceCancelable(run: Resource): boolean {
  return isCancelable(run) && typeof run.attributes["canceled-at"] === "string";
}

/** A run that is at work or waits for confirmation keeps its workspace locked. */
export function isLockedByRun(run: Resource): boolean {
  const planOnly = run.attributes["plan-only"] === true;
  return !planOnly && (isConfirmable(run) || AT_WORK.includes(textOf(run, "status")));
}

export function latestRun(world: World, workspace: Resource): Resource | undefined {
  return world.ownedBy(workspace, "runs").at(-1);
}
