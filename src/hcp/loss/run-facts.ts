// A run as a card words it: what it is, where it stands, and what its plan would do.

import {
  type Document,
  flagOf,
  includedOf,
  nameOf,
  numberOf,
  type Resource,
  textOf,
} from "./json-api.ts";
import { counted, joined, relativeTime } from "./wording.ts";

/** `destroy run, planned, 15 minutes ago: "Tear down"` */
export function runText({ resource }: Document, now: Date): string | undefined {
  const isDestroy = flagOf(resource, "is-destroy");
  const parts = [
    isDestroy === undefined ? undefined : isDestroy ? "destroy run" : "not a destroy run",
    textOf(resource, "status")?.replaceAll("_", " "),
    relativeTime(textOf(resource, "created-at"), now),
  ];
  const message = textOf(resource, "message");
  return joined([joined(parts), message && `"${message}"`], ": ");
}

/** `0 to add, 0 to change, 42 to destroy`; says so when the plan has not finished. */
export function planText(document: Document): string | undefined {
  const plan = includedOf(document, "plan");
  if (plan === undefined) return undefined;
  if (textOf(plan, "status") !== "finished") {
    return `not finished (${textOf(plan, "status") ?? "no status"}): what it destroys is not known yet`;
  }
  return joined([
    amount(plan, "resource-additions", "to add"),
    amount(plan, "resource-changes", "to change"),
    amount(plan, "resource-destructions", "to destroy"),
    amount(plan, "resource-imports", "to import", true),
  ]);
}

function amount(
  plan: Resource,
  attribute: string,
  words: string,
  onlyWhenAny = false,
): string | undefined {
  const count = numberOf(plan, attribute);
  if (count === undefined) return onlyWhenAny ? undefined : `unknown ${words}`;
  return onlyWhenAny && count === 0 ? undefined : `${count} ${words}`;
}

/** `payments-dev (ws-8ZkQ), which manages 42 resources` */
export function workspaceText(workspace: Resource | undefined): string | undefined {
  const name = nameOf(workspace);
  if (name === undefined) return undefined;
  const count = numberOf(workspace, "resource-count");
  return count === undefined ? name : `${name}, which manages ${counted(count, "resource")}`;
}

// What a run is called while nothing of it has been applied.
const BEFORE_APPLY =
  /^(?:pending|fetching|fetching_completed|queuing|plan_queued|planning|planned|pre_plan_\w+|post_plan_\w+|cost_estimat\w+|polic\w+|planned_and_saved)$/;

/** Whether nothing of the run has been applied yet; undefined when its status does not tell. */
export function isBeforeApply({ resource }: Document): boolean | undefined {
  const status = textOf(resource, "status");
  if (status === undefined) return undefined;
  return BEFORE_APPLY.test(status) ? true : status === "applying" ? false : undefined;
}
