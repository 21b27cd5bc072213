// What only the API knows about a run: will anybody be asked before it applies, and does its plan
// destroy anything. Every answer here is "surely not dangerous", or false.

import { at, isObject } from "./json.ts";
import type { LookUps } from "./look-ups.ts";
import { documentOf, silently } from "./settings.ts";

/** Whether the workspace surely waits for a person before it applies a run. */
export async function isAutoApplyOff(lookUps: LookUps, id: string | undefined): Promise<boolean> {
  const document = await documentOf(lookUps, "/workspaces/", id);
  return at(document, "data", "attributes", "auto-apply") === false;
}

/** Whether the run that the resource at the path belongs to surely waits for a person. */
export async function isRunAutoApplyOff(lookUps: LookUps, path: string): Promise<boolean> {
  const owner = await silently(() => lookUps.get(path));
  const id = at(owner, "data", "relationships", "run", "data", "id");
  const run = await documentOf(lookUps, "/runs/", typeof id === "string" ? id : undefined);
  return (
    at(run, "data", "attributes", "auto-apply") === false &&
    at(run, "data", "attributes", "is-destroy") === false
  );
}

/** Whether the run's plan has finished and surely destroys and replaces nothing. */
export async function appliesWithoutDestroying(
  lookUps: LookUps,
  id: string | undefined,
): Promise<boolean> {
  const run = await documentOf(lookUps, "/runs/", id, "?include=plan");
  if (at(run, "data", "attributes", "is-destroy") !== false) return false;
  const planId = at(run, "data", "relationships", "plan", "data", "id");
  const included = at(run, "included");
  if (typeof planId !== "string" || !Array.isArray(included)) return false;
  const plans = included.filter(
    (item) => at(item, "type") === "plans" && at(item, "id") === planId,
  );
  const plan = at(plans[0], "attributes");
  if (plans.length !== 1 || !isObject(plan)) return false;
  return at(plan, "status") === "finished" && losses(plan).every((count) => count === 0);
}

/** The plan's count of destroyed resources, and of replaced and forgotten ones where it has them. */
function losses(plan: Readonly<Record<string, unknown>>): unknown[] {
  const more = ["resource-replacements", "resource-forgets"].filter((name) =>
    Object.hasOwn(plan, name),
  );
  return ["resource-destructions", ...more].map((name) => plan[name]);
}
