// Organizations and their tags, saved views and subscriptions.

import type { RouteRow } from "../route.ts";

export const ORGANIZATIONS: readonly RouteRow[] = [
  ["POST", "/email-recipient-statuses/unsubscribe", "saveUnsubscribePreferences"],
  ["POST", "/email-recipient-statuses/verify", "performEmailRecipientVerification"],
  ["POST", "/organizations", "createOrganization"],
  ["PATCH", "/organizations/{organization_name}", "updateOrganization"],
  ["PUT", "/organizations/{organization_name}", "updateOrganization"],
  [
    "DELETE",
    "/organizations/{organization_name}",
    "deleteOrganization",
    { class: "organizations" },
  ],
  ["POST", "/organizations/{organization_name}/explorer/views", "createExplorerView"],
  ["PATCH", "/organizations/{organization_name}/explorer/views/{view_id}", "updateExplorerView"],
  [
    "DELETE",
    "/organizations/{organization_name}/explorer/views/{view_id}",
    "deleteExplorerView",
    { class: "explorer-views", title: "Delete saved view" },
  ],
  [
    "POST",
    "/organizations/{organization_name}/github-app-installations/{github_app_installation_id}/link-account",
    "linkOrganizationGithubAppInstallation",
  ],
  [
    "POST",
    "/organizations/{organization_name}/relationships/data-retention-policy",
    "createOrUpdateDataRetentionPolicy",
    {
      class: "data-retention-policies",
      rule: "deletingRetention",
      title: "Set data retention policy that deletes",
    },
  ],
  [
    "PATCH",
    "/organizations/{organization_name}/relationships/data-retention-policy",
    "createOrUpdateDataRetentionPolicy",
    {
      class: "data-retention-policies",
      rule: "deletingRetention",
      title: "Set data retention policy that deletes",
    },
  ],
  [
    "DELETE",
    "/organizations/{organization_name}/relationships/data-retention-policy",
    "deleteDataRetentionPolicy",
    { class: "data-retention-policies", title: "Remove data retention policy of organization" },
  ],
  ["POST", "/organizations/{organization_name}/reserved-tag-keys", "createReservedTagKey"],
  ["PATCH", "/organizations/{organization_name}/subscription", "updateOrganizationSubscription"],
  [
    "DELETE",
    "/organizations/{organization_name}/tags",
    "deleteOrganizationTags",
    { class: "organization-tags", bulk: true },
  ],
  ["PATCH", "/reserved-tags/{reserved_tag_key_id}", "updateReservedTagKey"],
  [
    "DELETE",
    "/reserved-tags/{reserved_tag_key_id}",
    "deleteReservedTagKey",
    { class: "reserved-tag-keys" },
  ],
  ["POST", "/tags/{tag_id}/relationships/workspaces", "addWorkspacesToTag"],
  ["POST", "/teams/{team_id}/authentication-tokens", "createTeamToken"],
];
