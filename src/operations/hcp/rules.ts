// Requests that destroy or not depending on their body, or on what a look-up finds.
//
// B1 A rule answers "destroys" unless it has proof of the contrary; a look-up that fails, is denied
//    or is malformed proves nothing.
// B2 A run destroys when it says so, or when nobody will be asked before it applies.

import { attribute, isSurely, mayBeSet } from "./attributes.ts";
import { at } from "./json.ts";
import type { LookUps } from "./look-ups.ts";
import { appliesWithoutDestroying, isAutoApplyOff, isRunAutoApplyOff } from "./run-look-ups.ts";

/** What a rule may look at. */
export interface RuleFacts {
  /** Our own parse; undefined where there is no body. */
  readonly body: unknown;
  /** What the path's placeholder of that name holds, decoded. */
  value(placeholder: string): string | undefined;
  readonly lookUps: LookUps;
}

type Rule = (facts: RuleFacts) => boolean | Promise<boolean>;

const DESTRUCTION_TIMES = [
  "auto-destroy-at",
  "auto-destroy-activity-duration",
  "inherits-project-auto-destroy",
];

/** Each rule says whether the request destroys. */
export const RULES = {
  scheduledDestruction: ({ body }) => DESTRUCTION_TIMES.some((name) => mayBeSet(body, name)),
  deletingRetention: ({ body }) =>
    at(body, "data", "type") !== "data-retention-policy-dont-deletes" ||
    mayBeSet(body, "delete-older-than-n-days"),
  unassignsSshKey: ({ body }) => {
    const id = at(body, "data", "attributes", "id");
    return typeof id !== "string" || id === "";
  },
  createsDestroyRun: async ({ body, lookUps }) => {
    if (mayBeSet(body, "is-destroy") || mayBeSet(body, "auto-apply")) return true;
    if (isSurely(body, "plan-only", true)) return false;
    return !(await isAutoApplyOff(lookUps, workspaceOfRun(body)));
  },
  appliesDestroyRun: async ({ value, lookUps }) =>
    !(await appliesWithoutDestroying(lookUps, value("run_id"))),
  queuesAutoApply: async ({ body, value, lookUps }) => {
    if (isSurely(body, "auto-queue-runs", false)) return false;
    if (isSurely(body, "speculative", true)) return false;
    return !(await isAutoApplyOff(lookUps, value("workspace_id")));
  },
  upgradesAutoApply: async ({ value, lookUps }) =>
    !(await isAutoApplyOff(lookUps, value("workspace_id"))),
  overridesPolicyCheck: async ({ value, lookUps }) =>
    !(await isRunAutoApplyOff(lookUps, `/policy-checks/${segment(value("id"))}`)),
  overridesTaskStage: async ({ value, lookUps }) =>
    !(await isRunAutoApplyOff(lookUps, `/task-stages/${segment(value("task_stage_id"))}`)),
  overridesPolicyEvaluation: async ({ value, lookUps }) =>
    !(await isRunAutoApplyOff(lookUps, `/tf-policy-evaluations/${segment(value("id"))}`)),
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;

function segment(value: string | undefined): string {
  return encodeURIComponent(value ?? "");
}

/** The workspace that a new run names; undefined when the body could name more than one. */
function workspaceOfRun(body: unknown): string | undefined {
  const id = at(body, "data", "relationships", "workspace", "data", "id");
  const named = [...attribute(body, "workspace"), ...attribute(body, "workspace-id")];
  return typeof id === "string" && named.length === 1 ? id : undefined;
}
