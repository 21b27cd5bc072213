// Variables, variable sets and policy set parameters.

import type { RouteOptions, RouteRow } from "../route.ts";

const VARSET_UPDATE: RouteOptions = {
  also: [
    {
      class: "varset-workspaces",
      rule: "leavesGlobal",
      title: "Remove variable set from all workspaces",
    },
  ],
  links: {
    workspaces: ["varset-workspaces"],
    projects: ["varset-projects"],
    stacks: ["varset-stacks"],
    vars: ["varset-vars", "/varsets/{varset_id}/relationships/vars"],
  },
};

export const VARIABLES: readonly RouteRow[] = [
  ["POST", "/organizations/{organization_name}/varsets", "createVarset"],
  ["POST", "/policy-sets/{policy_set_id}/parameters", "createPolicySetParam"],
  ["PATCH", "/policy-sets/{policy_set_id}/parameters/{id}", "updatePolicySetParam"],
  [
    "DELETE",
    "/policy-sets/{policy_set_id}/parameters/{id}",
    "deletePolicySetParam",
    { class: "policy-set-parameters", title: "Delete policy set parameter" },
  ],
  ["POST", "/vars", "createVar"],
  ["PATCH", "/vars/{variable_id}", "updateVar"],
  [
    "DELETE",
    "/vars/{variable_id}",
    "deleteVar",
    { class: "vars", title: "Delete variable of workspace" },
  ],
  ["POST", "/varsets/{varset_id}", "updateVarsetPost", VARSET_UPDATE],
  ["PATCH", "/varsets/{varset_id}", "updateVarset", VARSET_UPDATE],
  [
    "DELETE",
    "/varsets/{varset_id}",
    "deleteVarset",
    { class: "varsets", title: "Delete variable set" },
  ],
  ["POST", "/varsets/{varset_id}/relationships/projects", "applyVarsetToProjects"],
  [
    "DELETE",
    "/varsets/{varset_id}/relationships/projects",
    "removeVarsetFromProjects",
    { class: "varset-projects", bulk: true, title: "Remove variable set from projects" },
  ],
  ["POST", "/varsets/{varset_id}/relationships/stacks", "applyVarsetToStacks"],
  [
    "DELETE",
    "/varsets/{varset_id}/relationships/stacks",
    "removeVarsetFromStacks",
    { class: "varset-stacks", bulk: true, title: "Remove variable set from stacks" },
  ],
  ["POST", "/varsets/{varset_id}/relationships/vars", "addVarsetVar"],
  ["PATCH", "/varsets/{varset_id}/relationships/vars/{id}", "updateVarsetVar"],
  [
    "DELETE",
    "/varsets/{varset_id}/relationships/vars/{id}",
    "deleteVarsetVar",
    { class: "varset-vars", title: "Delete variable of variable set" },
  ],
  ["POST", "/varsets/{varset_id}/relationships/workspaces", "applyVarsetToWorkspaces"],
  [
    "DELETE",
    "/varsets/{varset_id}/relationships/workspaces",
    "removeVarsetFromWorkspaces",
    { class: "varset-workspaces", bulk: true, title: "Remove variable set from workspaces" },
  ],
  ["POST", "/workspaces/{workspace_id}/vars", "createWorkspaceVar"],
  ["PATCH", "/workspaces/{workspace_id}/vars/{id}", "updateWorkspaceVar"],
  [
    "DELETE",
    "/workspaces/{workspace_id}/vars/{id}",
    "deleteWorkspaceVar",
    { class: "vars", title: "Delete variable of workspace" },
  ],
];
