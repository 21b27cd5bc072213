// Workspaces and what hangs on them.

import type { AlsoRow, RouteRow } from "../route.ts";

/** What an update of a workspace may do besides scheduling its destruction. */
const UPDATE_ALSO: readonly AlsoRow[] = [
  { class: "destroy-runs", rule: "appliesUnasked", title: "Let runs apply without asking" },
  {
    class: "remote-state-consumers",
    rule: "stopsSharingState",
    title: "Stop sharing state of workspace",
  },
];

export const WORKSPACES: readonly RouteRow[] = [
  [
    "POST",
    "/change-requests/{change_request_id}/actions/archive",
    "archiveChangeRequest",
    { class: "change-requests" },
  ],
  [
    "POST",
    "/organizations/{organization_name}/workspaces",
    "createWorkspace",
    {
      class: "scheduled-destructions",
      rule: "scheduledDestruction",
      title: "Schedule destruction",
    },
  ],
  [
    "PATCH",
    "/organizations/{organization_name}/workspaces/{workspace_name}",
    "updateWorkspaceByName",
    {
      byId: "/workspaces/{workspace_id}",
      class: "scheduled-destructions",
      rule: "schedulesWorkspace",
      also: UPDATE_ALSO,
      links: { "tag-bindings": ["workspace-tags"] },
      title: "Schedule destruction of workspace",
    },
  ],
  [
    "DELETE",
    "/organizations/{organization_name}/workspaces/{workspace_name}",
    "deleteWorkspaceByName",
    { byId: "/workspaces/{workspace_id}", class: "workspaces", title: "Delete workspace" },
  ],
  [
    "POST",
    "/organizations/{organization_name}/workspaces/{workspace_name}/actions/safe-delete",
    "safeDeleteWorkspaceByName",
    {
      byId: "/workspaces/{workspace_id}/actions/safe-delete",
      class: "workspaces",
      title: "Safely delete workspace",
    },
  ],
  ["DELETE", "/run-triggers/{id}", "deleteRunTrigger", { class: "run-triggers" }],
  [
    "POST",
    "/workspace-transfers",
    "createWorkspaceTransfer",
    { class: "workspace-transfers", title: "Transfer workspace away" },
  ],
  [
    "POST",
    "/workspace-transfers/{workspace_transfer_id}/actions/cancel",
    "cancelWorkspaceTransfer",
  ],
  [
    "POST",
    "/workspace-transfers/{workspace_transfer_id}/actions/resume",
    "resumeWorkspaceTransfer",
    { class: "workspace-transfers" },
  ],
  [
    "PATCH",
    "/workspaces/{workspace_id}",
    "updateWorkspace",
    {
      class: "scheduled-destructions",
      rule: "schedulesWorkspace",
      also: UPDATE_ALSO,
      links: {
        "tag-bindings": ["workspace-tags", "/workspaces/{workspace_id}/tag-bindings"],
        vars: ["vars", "/workspaces/{workspace_id}/vars"],
        "remote-state-consumers": [
          "remote-state-consumers",
          "/workspaces/{workspace_id}/relationships/remote-state-consumers",
        ],
      },
      title: "Schedule destruction of workspace",
    },
  ],
  ["DELETE", "/workspaces/{workspace_id}", "deleteWorkspace", { class: "workspaces" }],
  ["POST", "/workspaces/{workspace_id}/actions/assess", "assessWorkspace"],
  [
    "POST",
    "/workspaces/{workspace_id}/actions/force-unlock",
    "forceUnlockWorkspace",
    { class: "workspace-locks", title: "Force-unlock workspace" },
  ],
  ["POST", "/workspaces/{workspace_id}/actions/lock", "lockWorkspace"],
  [
    "POST",
    "/workspaces/{workspace_id}/actions/safe-delete",
    "safeDeleteWorkspace",
    { class: "workspaces", title: "Safely delete workspace" },
  ],
  ["POST", "/workspaces/{workspace_id}/actions/unlock", "unlockWorkspace"],
  [
    "POST",
    "/workspaces/{workspace_id}/relationships/data-retention-policy",
    "createWorkspaceDataRetentionPolicy",
    {
      class: "data-retention-policies",
      rule: "deletingRetention",
      title: "Set data retention policy that deletes",
    },
  ],
  [
    "PATCH",
    "/workspaces/{workspace_id}/relationships/data-retention-policy",
    "setWorkspaceDataRetentionPolicy",
    {
      class: "data-retention-policies",
      rule: "deletingRetention",
      title: "Set data retention policy that deletes",
    },
  ],
  [
    "DELETE",
    "/workspaces/{workspace_id}/relationships/data-retention-policy",
    "deleteWorkspaceDataRetentionPolicy",
    { class: "data-retention-policies", title: "Remove data retention policy of workspace" },
  ],
  [
    "POST",
    "/workspaces/{workspace_id}/relationships/remote-state-consumers",
    "addWorkspaceRemoteStateConsumers",
  ],
  [
    "PATCH",
    "/workspaces/{workspace_id}/relationships/remote-state-consumers",
    "replaceWorkspaceRemoteStateConsumers",
    {
      class: "remote-state-consumers",
      replaces: "/workspaces/{workspace_id}/relationships/remote-state-consumers",
      title: "Replace remote state consumers of workspace",
    },
  ],
  [
    "DELETE",
    "/workspaces/{workspace_id}/relationships/remote-state-consumers",
    "removeWorkspaceRemoteStateConsumers",
    { class: "remote-state-consumers", bulk: true },
  ],
  [
    "PATCH",
    "/workspaces/{workspace_id}/relationships/ssh-key",
    "assignWorkspaceSshKey",
    {
      class: "workspace-ssh-keys",
      rule: "unassignsSshKey",
      title: "Unassign SSH key from workspace",
    },
  ],
  ["POST", "/workspaces/{workspace_id}/relationships/tag-bindings", "addWorkspaceTagBindings"],
  [
    "PATCH",
    "/workspaces/{workspace_id}/relationships/tag-bindings",
    "replaceWorkspaceTagBindings",
    {
      class: "workspace-tags",
      replaces: "/workspaces/{workspace_id}/relationships/tag-bindings",
      title: "Replace tags of workspace",
    },
  ],
  [
    "DELETE",
    "/workspaces/{workspace_id}/relationships/tag-bindings",
    "removeWorkspaceTagBindingLinks",
    { class: "workspace-tags", bulk: true, title: "Remove workspace tag bindings" },
  ],
  ["POST", "/workspaces/{workspace_id}/relationships/tags", "addWorkspaceTags"],
  [
    "DELETE",
    "/workspaces/{workspace_id}/relationships/tags",
    "removeWorkspaceTags",
    { class: "workspace-tags", bulk: true },
  ],
  [
    "PATCH",
    "/workspaces/{workspace_id}/relationships/vars",
    "updateWorkspaceVars",
    {
      class: "vars",
      replaces: "/workspaces/{workspace_id}/vars",
      title: "Replace variables of workspace",
    },
  ],
  ["POST", "/workspaces/{workspace_id}/run-triggers", "createRunTrigger"],
  ["PATCH", "/workspaces/{workspace_id}/tag-bindings", "updateWorkspaceTagBindings"],
  [
    "DELETE",
    "/workspaces/{workspace_id}/tag-bindings",
    "removeWorkspaceTagBindings",
    { class: "workspace-tags", bulk: true },
  ],
];
