// Policies, policy sets and provider sets.

import type { RouteRow } from "../route.ts";

export const POLICIES: readonly RouteRow[] = [
  ["POST", "/organizations/{organization_name}/policies", "createPolicy"],
  ["POST", "/organizations/{organization_name}/policy-sets", "createPolicySet"],
  ["POST", "/organizations/{organization_name}/provider-sets", "createProviderSet"],
  [
    "DELETE",
    "/organizations/{organization_name}/provider-sets",
    "batchDeleteProviderSets",
    { class: "provider-sets", bulk: true, title: "Delete provider sets" },
  ],
  ["PATCH", "/policies/{policy_id}", "updatePolicy"],
  ["DELETE", "/policies/{policy_id}", "deletePolicy", { class: "policies" }],
  ["PUT", "/policies/{policy_id}/upload", "uploadPolicy", { body: "raw" }],
  [
    "PATCH",
    "/policy-sets/{policy_set_id}",
    "updatePolicySet",
    {
      also: [
        {
          class: "policy-set-workspaces",
          rule: "leavesGlobal",
          title: "Remove policy set from all workspaces",
        },
      ],
      links: {
        policies: ["policy-set-policies"],
        workspaces: ["policy-set-workspaces"],
        projects: ["policy-set-projects"],
        "workspace-exclusions": ["policy-set-workspace-exclusions"],
        "project-exclusions": ["policy-set-project-exclusions"],
      },
    },
  ],
  ["DELETE", "/policy-sets/{policy_set_id}", "deletePolicySet", { class: "policy-sets" }],
  ["POST", "/policy-sets/{policy_set_id}/relationships/policies", "addPolicySetPolicies"],
  [
    "DELETE",
    "/policy-sets/{policy_set_id}/relationships/policies",
    "removePolicySetPolicies",
    { class: "policy-set-policies", bulk: true },
  ],
  [
    "POST",
    "/policy-sets/{policy_set_id}/relationships/project-exclusions",
    "addPolicySetProjectExclusions",
  ],
  [
    "DELETE",
    "/policy-sets/{policy_set_id}/relationships/project-exclusions",
    "removePolicySetProjectExclusions",
    { class: "policy-set-project-exclusions", bulk: true },
  ],
  ["POST", "/policy-sets/{policy_set_id}/relationships/projects", "addPolicySetProjects"],
  [
    "DELETE",
    "/policy-sets/{policy_set_id}/relationships/projects",
    "removePolicySetProjects",
    { class: "policy-set-projects", bulk: true },
  ],
  [
    "POST",
    "/policy-sets/{policy_set_id}/relationships/workspace-exclusions",
    "addPolicySetWorkspaceExclusions",
  ],
  [
    "DELETE",
    "/policy-sets/{policy_set_id}/relationships/workspace-exclusions",
    "removePolicySetWorkspaceExclusions",
    { class: "policy-set-workspace-exclusions", bulk: true },
  ],
  ["POST", "/policy-sets/{policy_set_id}/relationships/workspaces", "addPolicySetWorkspaces"],
  [
    "DELETE",
    "/policy-sets/{policy_set_id}/relationships/workspaces",
    "removePolicySetWorkspaces",
    { class: "policy-set-workspaces", bulk: true },
  ],
  ["POST", "/policy-sets/{policy_set_id}/tag-selectors", "addPolicySetTagSelectors"],
  [
    "DELETE",
    "/policy-sets/{policy_set_id}/tag-selectors",
    "removePolicySetTagSelectors",
    { class: "policy-set-tag-selectors", bulk: true },
  ],
  ["POST", "/policy-sets/{policy_set_id}/versions", "createPolicySetVersion"],
  [
    "PATCH",
    "/provider-sets/{provider_set_id}",
    "updateProviderSet",
    {
      also: [
        {
          class: "provider-set-workspaces",
          rule: "leavesGlobal",
          title: "Remove provider set from all workspaces",
        },
      ],
      links: { projects: ["provider-set-projects"], workspaces: ["provider-set-workspaces"] },
    },
  ],
  ["DELETE", "/provider-sets/{provider_set_id}", "deleteProviderSet", { class: "provider-sets" }],
  ["POST", "/provider-sets/{provider_set_id}/relationships/projects", "addProviderSetProjects"],
  [
    "DELETE",
    "/provider-sets/{provider_set_id}/relationships/projects",
    "removeProviderSetProjects",
    { class: "provider-set-projects", bulk: true },
  ],
  ["POST", "/provider-sets/{provider_set_id}/relationships/workspaces", "addProviderSetWorkspaces"],
  [
    "DELETE",
    "/provider-sets/{provider_set_id}/relationships/workspaces",
    "removeProviderSetWorkspaces",
    { class: "provider-set-workspaces", bulk: true },
  ],
];
