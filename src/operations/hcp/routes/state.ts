// What is stored for runs: states, configurations, plans, applies, and what was deleted softly.

import type { RouteRow } from "../route.ts";

export const STATE: readonly RouteRow[] = [
  [
    "POST",
    "/applies/{id}/actions/permanently-delete-backing-data",
    "permanentlyDeleteApplyBackingData",
    { class: "permanent-deletions", title: "Permanently delete backing data of apply" },
  ],
  ["POST", "/applies/{id}/actions/restore-backing-data", "restoreApplyBackingData"],
  [
    "POST",
    "/applies/{id}/actions/soft-delete-backing-data",
    "softDeleteApplyBackingData",
    { class: "backing-data", title: "Delete backing data of apply" },
  ],
  [
    "POST",
    "/assessments/{id}/actions/permanently-delete-backing-data",
    "permanentlyDeleteAssessmentBackingData",
    { class: "permanent-deletions", title: "Permanently delete backing data of assessment" },
  ],
  ["POST", "/assessments/{id}/actions/restore-backing-data", "restoreAssessmentBackingData"],
  [
    "POST",
    "/assessments/{id}/actions/soft-delete-backing-data",
    "softDeleteAssessmentBackingData",
    { class: "backing-data", title: "Delete backing data of assessment" },
  ],
  [
    "POST",
    "/configuration-versions/{configuration_version_id}/actions/archive",
    "archiveConfigurationVersion",
    { class: "configuration-versions" },
  ],
  [
    "POST",
    "/configuration-versions/{configuration_version_id}/actions/permanently_delete_backing_data",
    "permanentlyDeleteConfigurationVersion",
    {
      class: "permanent-deletions",
      title: "Permanently delete backing data of configuration version",
    },
  ],
  [
    "POST",
    "/configuration-versions/{configuration_version_id}/actions/restore_backing_data",
    "restoreConfigurationVersion",
  ],
  [
    "POST",
    "/configuration-versions/{configuration_version_id}/actions/soft_delete_backing_data",
    "softDeleteConfigurationVersion",
    { class: "backing-data", title: "Delete backing data of configuration version" },
  ],
  [
    "POST",
    "/plans/{id}/actions/permanently-delete-backing-data",
    "permanentlyDeletePlanBackingData",
    { class: "permanent-deletions", title: "Permanently delete backing data of plan" },
  ],
  ["POST", "/plans/{id}/actions/restore-backing-data", "restorePlanBackingData"],
  [
    "POST",
    "/plans/{id}/actions/soft-delete-backing-data",
    "softDeletePlanBackingData",
    { class: "backing-data", title: "Delete backing data of plan" },
  ],
  [
    "PUT",
    "/recoverable-items/{id}/actions/permanently-delete",
    "permanentlyDeleteRecoverableItem",
    { class: "permanent-deletions", title: "Permanently delete recoverable item" },
  ],
  ["PUT", "/recoverable-items/{id}/actions/recover", "recoverRecoverableItem"],
  [
    "POST",
    "/state-versions/{state_version_id}/actions/permanently_delete_backing_data",
    "permanentlyDeleteStateVersionBackingData",
    { class: "permanent-deletions", title: "Permanently delete backing data of state version" },
  ],
  [
    "POST",
    "/state-versions/{state_version_id}/actions/restore_backing_data",
    "restoreStateVersionBackingData",
  ],
  [
    "POST",
    "/state-versions/{state_version_id}/actions/soft_delete_backing_data",
    "softDeleteStateVersionBackingData",
    { class: "backing-data", title: "Delete backing data of state version" },
  ],
  [
    "POST",
    "/workspaces/{workspace_id}/configuration-versions",
    "createConfigurationVersion",
    {
      class: "destroy-runs",
      rule: "queuesAutoApply",
      title: "Upload configuration that applies by itself",
    },
  ],
  [
    "POST",
    "/workspaces/{workspace_id}/state-versions",
    "createStateVersion",
    { class: "state-versions", title: "Upload state" },
  ],
  [
    "PATCH",
    "/workspaces/{workspace_id}/state-versions",
    "rollbackStateVersion",
    { class: "state-versions", title: "Roll back state" },
  ],
];
