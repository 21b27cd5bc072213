// Runs and what takes part in one: run tasks, policy checks, notifications.

import type { RouteRow } from "../route.ts";

export const RUNS: readonly RouteRow[] = [
  [
    "PATCH",
    "/notification-configurations/{notification_configuration_id}",
    "updateNotificationConfiguration",
  ],
  [
    "DELETE",
    "/notification-configurations/{notification_configuration_id}",
    "deleteNotificationConfiguration",
    { class: "notification-configurations" },
  ],
  [
    "POST",
    "/notification-configurations/{notification_configuration_id}/actions/enable",
    "enableNotificationConfiguration",
  ],
  [
    "POST",
    "/notification-configurations/{notification_configuration_id}/actions/verify",
    "verifyNotificationConfiguration",
  ],
  ["POST", "/organizations/{organization_name}/tasks", "createTask"],
  ["POST", "/plan-exports", "createPlanExport"],
  ["DELETE", "/plan-exports/{id}", "deletePlanExport", { class: "plan-exports" }],
  [
    "POST",
    "/policy-checks/{id}/actions/override",
    "overridePolicyCheck",
    {
      class: "destroy-runs",
      rule: "overridesPolicyCheck",
      title: "Override policy of a run that may destroy",
    },
  ],
  [
    "POST",
    "/projects/{project_id}/notification-configurations",
    "createProjectNotificationConfiguration",
  ],
  [
    "POST",
    "/runs",
    "createRun",
    { class: "destroy-runs", rule: "createsDestroyRun", title: "Start run that may destroy" },
  ],
  [
    "POST",
    "/runs/{run_id}/actions/apply",
    "applyRun",
    { class: "destroy-runs", rule: "appliesDestroyRun", title: "Apply run (destroys)" },
  ],
  ["POST", "/runs/{run_id}/actions/cancel", "cancelRun", { class: "runs" }],
  ["POST", "/runs/{run_id}/actions/discard", "discardRun", { class: "runs" }],
  [
    "POST",
    "/runs/{run_id}/actions/force-cancel",
    "forceCancelRun",
    { class: "runs", title: "Force-cancel run" },
  ],
  [
    "POST",
    "/runs/{run_id}/actions/force-execute",
    "forceExecuteRun",
    { class: "runs", title: "Force-execute run" },
  ],
  ["POST", "/runs/{run_id}/comments", "createRunComment"],
  ["PATCH", "/task-results/{task_result_id}/callback", "callbackTaskResult"],
  [
    "POST",
    "/task-stages/{task_stage_id}/actions/override",
    "overrideTaskStage",
    {
      class: "destroy-runs",
      rule: "overridesTaskStage",
      title: "Override policy of a run that may destroy",
    },
  ],
  ["PATCH", "/tasks/{id}", "updateTask"],
  ["DELETE", "/tasks/{id}", "deleteTask", { class: "tasks", title: "Delete run task" }],
  ["POST", "/teams/{team_id}/notification-configurations", "createTeamNotificationConfiguration"],
  [
    "POST",
    "/tf-policy-evaluations/{id}/actions/override",
    "overrideTfPolicyEvaluation",
    {
      class: "destroy-runs",
      rule: "overridesPolicyEvaluation",
      title: "Override policy of a run that may destroy",
    },
  ],
  [
    "POST",
    "/workspaces/{workspace_id}/notification-configurations",
    "createWorkspaceNotificationConfiguration",
  ],
  ["POST", "/workspaces/{workspace_id}/tasks", "createWorkspaceTask"],
  ["PATCH", "/workspaces/{workspace_id}/tasks/{id}", "updateWorkspaceTask"],
  [
    "DELETE",
    "/workspaces/{workspace_id}/tasks/{id}",
    "deleteWorkspaceTask",
    { class: "workspace-tasks", title: "Remove run task from workspace" },
  ],
];
