// Keys, version control connections, agents and address lists.

import type { RouteRow } from "../route.ts";

export const SECURITY: readonly RouteRow[] = [
  [
    "PATCH",
    "/agent-pools/{agent_pool_id}",
    "updateAgentPool",
    {
      also: [
        {
          class: "agent-pool-workspaces",
          rule: "leavesOrganization",
          title: "Take agent pool from all workspaces",
        },
      ],
      links: {
        "allowed-workspaces": ["agent-pool-workspaces"],
        "excluded-workspaces": ["agent-pool-workspaces"],
        "allowed-projects": ["agent-pool-projects"],
      },
    },
  ],
  ["DELETE", "/agent-pools/{agent_pool_id}", "deleteAgentPool", { class: "agent-pools" }],
  ["DELETE", "/agents/{agent_id}", "deleteAgent", { class: "agents" }],
  [
    "PATCH",
    "/cidr-range-lists/{cidr_range_list_id}",
    "updateCidrRangeList",
    { links: { "agent-pools": ["cidr-range-list-agent-pools"] } },
  ],
  [
    "DELETE",
    "/cidr-range-lists/{cidr_range_list_id}",
    "deleteCidrRangeList",
    { class: "cidr-range-lists" },
  ],
  [
    "POST",
    "/cidr-range-lists/{cidr_range_list_id}/relationships/agent-pools",
    "assignAgentPoolsToCidrRangeList",
  ],
  [
    "DELETE",
    "/cidr-range-lists/{cidr_range_list_id}/relationships/agent-pools",
    "unassignAgentPoolsFromCidrRangeList",
    { class: "cidr-range-list-agent-pools", bulk: true },
  ],
  ["POST", "/cidr-range-lists/{cidr_range_list_id}/relationships/cidr-ranges", "createCidrRange"],
  ["PATCH", "/cidr-ranges/{cidr_range_id}", "updateCidrRange"],
  ["DELETE", "/cidr-ranges/{cidr_range_id}", "deleteCidrRange", { class: "cidr-ranges" }],
  ["PATCH", "/hyok-configurations/{hyok_configuration_id}", "updateHyokConfiguration"],
  [
    "DELETE",
    "/hyok-configurations/{hyok_configuration_id}",
    "deleteHyokConfiguration",
    { class: "hyok-configurations" },
  ],
  [
    "POST",
    "/hyok-configurations/{hyok_configuration_id}/actions/revoke",
    "revokeHyokConfiguration",
    { class: "hyok-configurations" },
  ],
  ["POST", "/hyok-configurations/{hyok_configuration_id}/actions/test", "testHyokConfiguration"],
  [
    "DELETE",
    "/hyok-customer-key-versions/{hyok_customer_key_version_id}",
    "deleteHyokCustomerKeyVersion",
    { class: "hyok-customer-key-versions" },
  ],
  [
    "POST",
    "/hyok-customer-key-versions/{hyok_customer_key_version_id}/actions/revoke",
    "revokeHyokCustomerKeyVersion",
    { class: "hyok-customer-key-versions" },
  ],
  ["POST", "/oauth-clients", "createOAuthClient"],
  [
    "PATCH",
    "/oauth-clients/{oauth_client_id}",
    "updateOAuthClient",
    {
      also: [
        {
          class: "oauth-client-projects",
          rule: "leavesOrganization",
          title: "Take OAuth client from all projects",
        },
      ],
      links: { projects: ["oauth-client-projects"] },
    },
  ],
  [
    "DELETE",
    "/oauth-clients/{oauth_client_id}",
    "destroyOAuthClient",
    { class: "oauth-clients", title: "Delete OAuth client" },
  ],
  [
    "POST",
    "/oauth-clients/{oauth_client_id}/relationships/projects",
    "attachOAuthClientToProjects",
  ],
  [
    "DELETE",
    "/oauth-clients/{oauth_client_id}/relationships/projects",
    "detachOAuthClientFromProjects",
    { class: "oauth-client-projects", bulk: true },
  ],
  ["PATCH", "/oauth-tokens/{oauth_token_id}", "updateOauthToken"],
  ["DELETE", "/oauth-tokens/{oauth_token_id}", "deleteOauthToken", { class: "oauth-tokens" }],
  ["PATCH", "/oidc-configurations/{oidc_configuration_id}", "updateOidcConfiguration"],
  ["POST", "/organizations/{organization_name}/agent-pools", "createAgentPool"],
  ["POST", "/organizations/{organization_name}/cidr-range-lists", "createCidrRangeList"],
  ["POST", "/organizations/{organization_name}/hyok-configurations", "createHyokConfiguration"],
  [
    "POST",
    "/organizations/{organization_name}/hyok-configurations/test",
    "testUnpersistedHyokConfiguration",
  ],
  ["POST", "/organizations/{organization_name}/oauth-clients", "createOAuthClientForOrganization"],
  ["POST", "/organizations/{organization_name}/oidc-configurations", "createOidcConfiguration"],
  ["POST", "/organizations/{organization_name}/ssh-keys", "createSshKey"],
  ["PATCH", "/ssh-keys/{ssh_key_id}", "updateSshKey"],
  ["DELETE", "/ssh-keys/{ssh_key_id}", "deleteSshKey", { class: "ssh-keys" }],
];
