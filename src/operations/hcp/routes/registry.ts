// The private registry: modules, providers, GPG keys, no-code modules, module tests.

import type { RouteRow } from "../route.ts";

export const REGISTRY: readonly RouteRow[] = [
  ["POST", "/api/registry/private/v2/gpg-keys", "createGPGKey"],
  ["PATCH", "/api/registry/private/v2/gpg-keys/{namespace}/{key_id}", "updateGPGKey"],
  [
    "DELETE",
    "/api/registry/private/v2/gpg-keys/{namespace}/{key_id}",
    "deleteGPGKey",
    { class: "gpg-keys" },
  ],
  ["PATCH", "/no-code-modules/{no_code_module_id}", "updateNoCodeModule"],
  [
    "DELETE",
    "/no-code-modules/{no_code_module_id}",
    "deleteNoCodeModule",
    { class: "no-code-modules" },
  ],
  [
    "POST",
    "/no-code-modules/{no_code_module_id}/workspaces",
    "createNoCodeWorkspace",
    {
      class: "scheduled-destructions",
      rule: "scheduledDestruction",
      title: "Schedule destruction",
    },
  ],
  [
    "POST",
    "/no-code-modules/{no_code_module_id}/workspaces/{workspace_id}/upgrade",
    "upgradeNoCodeWorkspace",
    {
      class: "destroy-runs",
      rule: "upgradesAutoApply",
      title: "Upgrade workspace that applies by itself",
    },
  ],
  [
    "POST",
    "/no-code-modules/{no_code_module_id}/workspaces/{workspace_id}/upgrade/{upgrade_id}",
    "confirmNoCodeWorkspaceUpgrade",
    { class: "destroy-runs", title: "Apply upgrade of workspace (may destroy)" },
  ],
  ["POST", "/organizations/{organization_name}/no-code-modules", "createNoCodeModule"],
  ["POST", "/organizations/{organization_name}/registry-modules", "createRegistryModule"],
  [
    "POST",
    "/organizations/{organization_name}/registry-modules/vcs",
    "createRegistryModuleWithVCS",
  ],
  [
    "DELETE",
    "/organizations/{organization_name}/registry-modules/{registry_name}/{namespace}/{name}",
    "deleteRegistryModule",
    { class: "registry-modules" },
  ],
  [
    "PATCH",
    "/organizations/{organization_name}/registry-modules/{registry_name}/{namespace}/{name}/{provider}",
    "updateRegistryModule",
  ],
  [
    "DELETE",
    "/organizations/{organization_name}/registry-modules/{registry_name}/{namespace}/{name}/{provider}",
    "deleteRegistryModuleProvider",
    { class: "registry-modules", title: "Delete registry module of a provider" },
  ],
  [
    "POST",
    "/organizations/{organization_name}/registry-modules/{registry_name}/{namespace}/{name}/{provider}/versions",
    "createRegistryModuleVersion",
  ],
  [
    "PATCH",
    "/organizations/{organization_name}/registry-modules/{registry_name}/{namespace}/{name}/{provider}/{version}",
    "updateRegistryModuleVersion",
  ],
  [
    "DELETE",
    "/organizations/{organization_name}/registry-modules/{registry_name}/{namespace}/{name}/{provider}/{version}",
    "deleteRegistryModuleVersion",
    { class: "registry-module-versions" },
  ],
  ["POST", "/organizations/{organization_name}/registry-providers", "createRegistryProvider"],
  [
    "DELETE",
    "/organizations/{organization_name}/registry-providers/{registry_name}/{namespace}/{name}",
    "deleteRegistryProvider",
    { class: "registry-providers" },
  ],
  [
    "POST",
    "/organizations/{organization_name}/registry-providers/{registry_name}/{namespace}/{name}/versions",
    "createRegistryProviderVersion",
  ],
  [
    "DELETE",
    "/organizations/{organization_name}/registry-providers/{registry_name}/{namespace}/{name}/versions/{version}",
    "deleteRegistryProviderVersion",
    { class: "registry-provider-versions" },
  ],
  [
    "POST",
    "/organizations/{organization_name}/registry-providers/{registry_name}/{namespace}/{name}/versions/{version}/platforms",
    "createRegistryProviderPlatform",
  ],
  [
    "DELETE",
    "/organizations/{organization_name}/registry-providers/{registry_name}/{namespace}/{name}/versions/{version}/platforms/{os}/{arch}",
    "deleteRegistryProviderPlatform",
    { class: "registry-provider-platforms" },
  ],
  [
    "PATCH",
    "/organizations/{organization_name}/tests/registry-modules/{registry_name}/{namespace}/{name}/{provider}/test-config",
    "updateModuleTestConfig",
  ],
  [
    "POST",
    "/organizations/{organization_name}/tests/registry-modules/{registry_name}/{namespace}/{name}/{provider}/test-runs",
    "createTestRun",
  ],
  [
    "POST",
    "/organizations/{organization_name}/tests/registry-modules/{registry_name}/{namespace}/{name}/{provider}/test-runs/configuration-versions",
    "createTestRunConfigurationVersion",
  ],
  [
    "POST",
    "/organizations/{organization_name}/tests/registry-modules/{registry_name}/{namespace}/{name}/{provider}/test-runs/{test_run_id}/cancel",
    "cancelTestRun",
  ],
  [
    "POST",
    "/organizations/{organization_name}/tests/registry-modules/{registry_name}/{namespace}/{name}/{provider}/vars",
    "createModuleTestVar",
  ],
  [
    "PATCH",
    "/organizations/{organization_name}/tests/registry-modules/{registry_name}/{namespace}/{name}/{provider}/vars/{variable_id}",
    "updateModuleTestVar",
  ],
  [
    "DELETE",
    "/organizations/{organization_name}/tests/registry-modules/{registry_name}/{namespace}/{name}/{provider}/vars/{variable_id}",
    "deleteModuleTestVar",
    { class: "registry-module-test-vars", title: "Delete test variable of registry module" },
  ],
  ["POST", "/registry-modules", "publishRegistryModule"],
  [
    "POST",
    "/registry-modules/actions/delete/{organization_name}/{name}",
    "deleteRegistryModuleByAction",
    { class: "registry-modules", title: "Delete registry module" },
  ],
  [
    "POST",
    "/registry-modules/actions/delete/{organization_name}/{name}/{provider}",
    "deleteRegistryModuleProviderByAction",
    { class: "registry-modules", title: "Delete registry module of a provider" },
  ],
  [
    "POST",
    "/registry-modules/actions/delete/{organization_name}/{name}/{provider}/{version}",
    "deleteRegistryModuleVersionByAction",
    { class: "registry-module-versions", title: "Delete registry module version" },
  ],
];
