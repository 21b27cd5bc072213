// Who may do what: teams, tokens, memberships, accounts.

import type { RouteRow } from "../route.ts";

export const ACCESS: readonly RouteRow[] = [
  ["PATCH", "/account/password", "updateAccountPassword"],
  ["PATCH", "/account/update", "updateAccount"],
  ["POST", "/agent-pools/{agent_pool_id}/authentication-tokens", "createAgentToken"],
  [
    "DELETE",
    "/authentication-tokens/{id}",
    "deleteAuthenticationToken",
    { class: "authentication-tokens" },
  ],
  [
    "DELETE",
    "/organization-memberships/{organization_membership_id}",
    "deleteOrganizationMembership",
    { class: "organization-memberships" },
  ],
  [
    "POST",
    "/organizations/{organization_name}/authentication-token",
    "createOrganizationToken",
    { class: "organization-tokens", title: "Replace organization token" },
  ],
  [
    "DELETE",
    "/organizations/{organization_name}/authentication-token",
    "deleteOrganizationToken",
    { class: "organization-tokens" },
  ],
  ["POST", "/organizations/{organization_name}/metrics-tokens", "createMetricsToken"],
  [
    "DELETE",
    "/organizations/{organization_name}/metrics-tokens/{id}",
    "deleteMetricsToken",
    { class: "metrics-tokens" },
  ],
  [
    "POST",
    "/organizations/{organization_name}/organization-memberships",
    "createOrganizationMembership",
  ],
  [
    "DELETE",
    "/organizations/{organization_name}/team-tokens",
    "deleteTeamTokensForAnOrganization",
    { class: "team-tokens", bulk: true, title: "Delete team tokens of organization" },
  ],
  ["POST", "/organizations/{organization_name}/teams", "createTeam"],
  [
    "PATCH",
    "/organizations/{organization_name}/token-ttl-policies",
    "upsertTokenTtlPolicies",
    { class: "token-ttl-policies", title: "Set token lifetime policies" },
  ],
  ["POST", "/team-projects", "addProjectTeamAccess"],
  ["PATCH", "/team-projects/{team_project_id}", "updateProjectTeamAccess"],
  [
    "DELETE",
    "/team-projects/{team_project_id}",
    "removeProjectTeamAccess",
    { class: "team-projects", title: "Remove team's access to project" },
  ],
  ["POST", "/team-workspaces", "addTeamAccess"],
  ["PATCH", "/team-workspaces/{team_workspace_id}", "updateTeamAccess"],
  [
    "DELETE",
    "/team-workspaces/{team_workspace_id}",
    "removeTeamAccess",
    { class: "team-workspaces", title: "Remove team's access to workspace" },
  ],
  [
    "POST",
    "/teams/{id}/authentication-token",
    "createTeamAuthenticationToken",
    { class: "team-tokens", title: "Replace team token" },
  ],
  [
    "DELETE",
    "/teams/{id}/authentication-token",
    "deleteTeamAuthenticationToken",
    { class: "team-tokens" },
  ],
  ["PATCH", "/teams/{team_id}", "updateTeam"],
  ["DELETE", "/teams/{team_id}", "deleteTeam", { class: "teams" }],
  [
    "POST",
    "/teams/{team_id}/relationships/organization-memberships",
    "addTeamMembersByOrgMembership",
  ],
  [
    "DELETE",
    "/teams/{team_id}/relationships/organization-memberships",
    "removeTeamMembersByOrgMembership",
    { class: "team-memberships", bulk: true, title: "Remove members from team" },
  ],
  ["POST", "/teams/{team_id}/relationships/users", "addTeamMembersByUsername"],
  [
    "DELETE",
    "/teams/{team_id}/relationships/users",
    "removeTeamMembersByUsername",
    { class: "team-memberships", bulk: true, title: "Remove members from team" },
  ],
  ["POST", "/users/{user_id}/authentication-tokens", "createUserToken"],
];
