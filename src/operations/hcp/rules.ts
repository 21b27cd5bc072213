// Requests that destroy or not depending on their body, or on what a look-up finds.
//
// B1 A rule answers "destroys" unless it has proof of the contrary; a look-up that fails, is denied
//    or is malformed proves nothing.
// B2 A run destroys when it says so, or when nobody will be asked before it applies.
// B3 So does a change after which runs apply with nobody asked: switching that on, and, where it is
//    on, pointing the workspace at another configuration.
// B4 A workspace that comes under a project's automatic destruction is scheduled for it.
// B5 A setting that reaches everything (`global`) is a link to everything: taking it away unlinks.

import { attribute, isSurely, mayBeSet } from "./attributes.ts";
import { at } from "./json.ts";
import type { LookUps } from "./look-ups.ts";
import { appliesWithoutDestroying, isAutoApplyOff, isRunAutoApplyOff } from "./run-look-ups.ts";
import { isSetTo } from "./settings.ts";

/** What a rule may look at. */
export interface RuleFacts {
  /** Our own parse; undefined where there is no body. */
  readonly body: unknown;
  /** The resource that is acted on, below /api/v2. */
  readonly path: string;
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
const UNASKED = ["auto-apply", "auto-apply-run-trigger"];
const CONFIGURATION_SOURCES = ["vcs-repo", "working-directory"];

/** Each rule says whether the request destroys. */
export const RULES = {
  scheduledDestruction: ({ body }) => setsDestruction(body),
  schedulesWorkspace: async (facts) => setsDestruction(facts.body) || entersProject(facts),
  movesWorkspaces: async ({ value, lookUps }) =>
    !(await isWithoutEnd(lookUps, value("project_id"))),
  appliesUnasked: async (facts) =>
    (await some(UNASKED, (name) => switchesOn(facts, name))) || changesSource(facts),
  leavesGlobal: (facts) => switchesOff(facts, "global"),
  leavesOrganization: (facts) => switchesOff(facts, "organization-scoped"),
  stopsSharingState: (facts) =>
    some(["global-remote-state", "project-remote-state"], (name) => switchesOff(facts, name)),
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

function setsDestruction(body: unknown): boolean {
  return DESTRUCTION_TIMES.some((name) => mayBeSet(body, name));
}

/** B4: a workspace inherits the project's setting unless it says otherwise. */
async function entersProject({ body, lookUps }: RuleFacts): Promise<boolean> {
  const named = [...attribute(body, "project"), ...attribute(body, "project-id")];
  if (named.length === 0) return false;
  const id = at(body, "data", "relationships", "project", "data", "id");
  if (named.length > 1 || typeof id !== "string") return true;
  return !(await isWithoutEnd(lookUps, id));
}

/** Whether the project surely destroys nothing by itself. */
function isWithoutEnd(lookUps: LookUps, project: string | undefined): Promise<boolean> {
  return isSetTo(lookUps, `/projects/${project ?? ""}`, "auto-destroy-activity-duration", null);
}

/** Whether the body may switch on what is not surely on already. */
async function switchesOn({ body, path, lookUps }: RuleFacts, name: string): Promise<boolean> {
  if (!mayBeSet(body, name)) return false;
  return !isSurely(body, name, true) || !(await isSetTo(lookUps, path, name, true));
}

/** Whether the body may switch off what is not surely off already. */
async function switchesOff({ body, path, lookUps }: RuleFacts, name: string): Promise<boolean> {
  if (attribute(body, name).every(({ value }) => value === true)) return false;
  return !(await isSetTo(lookUps, path, name, false));
}

/** B3: what was never planned would apply at the next push, or at once. */
async function changesSource({ body, path, lookUps }: RuleFacts): Promise<boolean> {
  if (!CONFIGURATION_SOURCES.some((name) => mayBeSet(body, name))) return false;
  return !(await isSetTo(lookUps, path, "auto-apply", false));
}

async function some<T>(all: readonly T[], test: (one: T) => Promise<boolean>): Promise<boolean> {
  for (const one of all) if (await test(one)) return true;
  return false;
}

function segment(value: string | undefined): string {
  return encodeURIComponent(value ?? "");
}

/** The workspace that a new run names; undefined when the body could name more than one. */
function workspaceOfRun(body: unknown): string | undefined {
  const id = at(body, "data", "relationships", "workspace", "data", "id");
  const named = [...attribute(body, "workspace"), ...attribute(body, "workspace-id")];
  return typeof id === "string" && named.length === 1 ? id : undefined;
}
