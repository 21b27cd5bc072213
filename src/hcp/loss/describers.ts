// Which look-ups a class calls for. A class that is not here gets the generic card.

import type { ResourceClass } from "../../policy/resource-class.ts";
import {
  describeAgentPool,
  describeNotification,
  describeOAuthClient,
  describePolicySet,
} from "./holdings.ts";
import { describeLink, describeOrganizationTags } from "./link.ts";
import { describeRunTrigger, describeTeamAccess, describeWorkspaceTask } from "./link-resource.ts";
import type { Describer } from "./loss.ts";
import { describeOrganization } from "./organization.ts";
import { describeProject } from "./project.ts";
import { describeRegistry } from "./registry.ts";
import { describeRun } from "./run.ts";
import { describeKey, describeMetricsToken, describeSoleToken, describeToken } from "./secret.ts";
import { describeBackingData, describeNewState } from "./state.ts";
import { describeTeam } from "./team.ts";
import { describeVariable } from "./variable.ts";
import { describeVarset } from "./varset.ts";
import { describeWorkspace } from "./workspace.ts";
import { describeLock, describeScheduledDestruction } from "./workspace-actions.ts";

/** Sorted by name. */
export const DESCRIBERS: Readonly<Partial<Record<ResourceClass, Describer>>> = {
  "agent-pool-projects": describeLink,
  "agent-pool-workspaces": describeLink,
  "agent-pools": describeAgentPool,
  "authentication-tokens": describeToken,
  "backing-data": describeBackingData,
  "cidr-range-list-agent-pools": describeLink,
  "destroy-runs": describeRun,
  "gpg-keys": describeKey,
  "metrics-tokens": describeMetricsToken,
  "notification-configurations": describeNotification,
  "oauth-client-projects": describeLink,
  "oauth-clients": describeOAuthClient,
  "oauth-tokens": describeToken,
  "organization-tags": describeOrganizationTags,
  "organization-tokens": describeSoleToken,
  organizations: describeOrganization,
  "permanent-deletions": describeBackingData,
  "policy-set-parameters": describeVariable,
  "policy-set-policies": describeLink,
  "policy-set-project-exclusions": describeLink,
  "policy-set-projects": describeLink,
  "policy-set-tag-selectors": describeLink,
  "policy-set-workspace-exclusions": describeLink,
  "policy-set-workspaces": describeLink,
  "policy-sets": describePolicySet,
  "project-tags": describeLink,
  projects: describeProject,
  "provider-set-projects": describeLink,
  "provider-set-workspaces": describeLink,
  "registry-module-test-vars": describeVariable,
  "registry-module-versions": describeRegistry,
  "registry-modules": describeRegistry,
  "registry-provider-platforms": describeRegistry,
  "registry-provider-versions": describeRegistry,
  "registry-providers": describeRegistry,
  "remote-state-consumers": describeLink,
  "run-triggers": describeRunTrigger,
  runs: describeRun,
  "scheduled-destructions": describeScheduledDestruction,
  "ssh-keys": describeKey,
  "state-versions": describeNewState,
  "team-memberships": describeLink,
  "team-projects": describeTeamAccess,
  "team-tokens": describeSoleToken,
  "team-workspaces": describeTeamAccess,
  teams: describeTeam,
  vars: describeVariable,
  "varset-projects": describeLink,
  "varset-stacks": describeLink,
  "varset-vars": describeVariable,
  "varset-workspaces": describeLink,
  varsets: describeVarset,
  "workspace-locks": describeLock,
  "workspace-ssh-keys": describeLink,
  "workspace-tags": describeLink,
  "workspace-tasks": describeWorkspaceTask,
  workspaces: describeWorkspace,
};
