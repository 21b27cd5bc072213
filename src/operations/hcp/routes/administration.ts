// Site administration, as Terraform Enterprise documents it.

import type { RouteRow } from "../route.ts";

export const ADMINISTRATION: readonly RouteRow[] = [
  ["POST", "/admin/banners", "createAdminBanner"],
  ["DELETE", "/admin/opa-versions/{id}", "deleteOPAVersion", { class: "opa-versions" }],
  [
    "DELETE",
    "/admin/organizations/{organization_name}",
    "deleteOrganizationAsAdmin",
    { class: "organizations", title: "Delete organization" },
  ],
  [
    "POST",
    "/admin/runs/{id}/actions/force-cancel",
    "forceCancelRunAsAdmin",
    { class: "runs", title: "Force-cancel run" },
  ],
  [
    "DELETE",
    "/admin/sentinel-versions/{id}",
    "deleteSentinelVersion",
    { class: "sentinel-versions" },
  ],
  [
    "DELETE",
    "/admin/terraform-versions/{id}",
    "deleteTerraformVersion",
    { class: "terraform-versions" },
  ],
  [
    "DELETE",
    "/admin/users/{user_id}",
    "deleteUserAsAdmin",
    { class: "users", title: "Delete user" },
  ],
  [
    "DELETE",
    "/admin/workspaces/{workspace_id}",
    "deleteWorkspaceAsAdmin",
    { class: "workspaces", title: "Delete workspace" },
  ],
];
