// The states of runs that other parts of the API depend on.

import type { Resource } from "./resource.ts";
import { textOf } from "./resource.ts";
import type { World } from "./world.ts";

const WAITS_FOR_CONFIRMATION = ["planned", "cost_estimated", "policy_checked", "policy_override"];
const AT_WORK = ["planning", "applying"];

/** Waits for somebody to apply it. */
export function isConfirmable(run: Resource): boolean {
  return WAITS_FOR_CONFIRMATION.includes(textOf(run, "status"));
}

/** Has done nothing yet that would have to be undone. */
export function isDiscardable(run: Resource): boolean {
  return isConfirmable(run) || textOf(run, "status") === "pending";
}

/** Is at work, or in the queue for it. */
export function isCancelable(run: Resource): boolean {
  return [...AT_WORK, "pending", "plan_queued", "apply_queued"].includes(textOf(run, "status"));
}

/** Was cancelled once already, and is still at work. */
export function isForceCancelable(run: Resource): boolean {
  return isCancelable(run) && typeof run.attributes["canceled-at"] === "string";
}

/** A run that is at work or waits for confirmation keeps its workspace locked. */
export function isLockedByRun(run: Resource): boolean {
  const planOnly = run.attributes["plan-only"] === true;
  return !planOnly && (isConfirmable(run) || AT_WORK.includes(textOf(run, "status")));
}

/** The run that was made last, whatever its state. */
export function latestRun(world: World, workspace: Resource): Resource | undefined {
  return world.ownedBy(workspace, "runs").at(-1);
}
