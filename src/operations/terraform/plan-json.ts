// What `terraform show -json PLAN` says, and what becomes of it.

import type { PlannedChange } from "../../policy/planned-change.ts";

/** A plan as Terraform writes it: what we read of it, checked; the rest as it came. */
export interface PlanDocument {
  readonly format_version: string;
  readonly terraform_version?: string;
}

/** Reads the JSON. @throws Failure `plan-malformed`, or `plan-format` for a version we do not know */
export function readPlanJson(_text: string): PlanDocument {
  throw new Error("not built yet");
}

/** Every change of the plan, in the plan's order, each with its consequence. */
export function plannedChanges(_plan: PlanDocument): readonly PlannedChange[] {
  throw new Error("not built yet");
}

/** What else the plan says, one line each, for `TerraformRequest.plan.notes`: outputs, drift, deferred. */
export function planNotes(_plan: PlanDocument): readonly string[] {
  throw new Error("not built yet");
}
