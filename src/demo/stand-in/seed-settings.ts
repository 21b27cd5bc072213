// What an organization keeps: variable sets, keys, connections, agents, policies, its registry.

import { type Json, type Resource, refTo } from "./resource.ts";
import { addVar } from "./seed-payments.ts";
import type { World } from "./world.ts";

/** Adds one of each; the variable sets and policies are linked to the workspace and the project. */
export function seedSettings(
  world: World,
  acme: Resource,
  workspace: Resource,
  project: Resource,
): void {
  addVarsets(world, acme, workspace, project);
  addPolicies(world, acme, workspace, project);
  addAgents(world, acme);
  inOrganization(world, acme, "ssh-keys", { name: "deploy", value: "not-a-real-key" });
  const client = inOrganization(world, acme, "oauth-clients", {
    name: "github",
    "service-provider": "github",
    "http-url": "https://github.com",
  });
  client.relationships.projects = [];
  const token = world.add("oauth-tokens", {
    attributes: { "service-provider-user": "acme-bot", "has-ssh-key": false },
    relationships: { "oauth-client": refTo(client) },
    owners: [client],
  });
  client.relationships["oauth-tokens"] = [refTo(token)];
  const registered = {
    "registry-name": "private",
    namespace: "acme",
    versions: ["1.0.0", "1.1.0"],
  };
  inOrganization(world, acme, "registry-modules", {
    ...registered,
    name: "network",
    provider: "aws",
  });
  inOrganization(world, acme, "registry-providers", { ...registered, name: "inventory" });
}

function addVarsets(world: World, acme: Resource, workspace: Resource, project: Resource): void {
  const credentials = varset(world, acme, "cloud-credentials", [workspace], [project]);
  addVar(world, credentials, "varset", ["AWS_PROFILE", "platform", "env"]);
  addVar(world, credentials, "varset", ["AWS_SESSION_TOKEN", "not-a-real-token", "env", true]);
  const defaults = varset(world, acme, "defaults", [workspace], []);
  addVar(world, defaults, "varset", ["owner", "platform", "terraform"]);
  addVar(world, defaults, "varset", ["cost_centre", "1234", "terraform"]);
}

function varset(
  world: World,
  acme: Resource,
  name: string,
  workspaces: readonly Resource[],
  projects: readonly Resource[],
): Resource {
  const made = inOrganization(world, acme, "varsets", {
    name,
    description: "",
    global: false,
    "updated-at": world.timestamp(),
  });
  Object.assign(made.relationships, {
    workspaces: workspaces.map(refTo),
    projects: projects.map(refTo),
    stacks: [],
  });
  return made;
}

function addPolicies(world: World, acme: Resource, workspace: Resource, project: Resource): void {
  const policy = inOrganization(world, acme, "policies", {
    name: "no-public-buckets",
    kind: "sentinel",
    "enforcement-level": "hard-mandatory",
  });
  const set = inOrganization(world, acme, "policy-sets", {
    name: "guardrails",
    kind: "sentinel",
    global: false,
    "tag-selectors": [],
  });
  Object.assign(set.relationships, {
    policies: [refTo(policy)],
    workspaces: [refTo(workspace)],
    projects: [refTo(project)],
    "workspace-exclusions": [],
    "project-exclusions": [],
  });
  addVar(world, set, "configurable", ["allowed_regions", "eu-central-1", "policy-set"]);
  addVar(world, set, "configurable", ["api_key", "not-a-real-key", "policy-set", true]);
}

function addAgents(world: World, acme: Resource): void {
  const pool = inOrganization(world, acme, "agent-pools", {
    name: "on-premises",
    "organization-scoped": true,
  });
  world.add("agents", {
    attributes: { name: "agent-1", status: "idle", "ip-address": "192.0.2.10" },
    relationships: { "agent-pool": refTo(pool) },
    owners: [pool],
  });
  for (const description of ["data centre 1", "data centre 2"]) {
    world.add("authentication-tokens", {
      attributes: { description, "created-at": world.timestamp(), "last-used-at": null },
      relationships: { owner: refTo(pool) },
      owners: [pool],
    });
  }
}

function inOrganization(
  world: World,
  organization: Resource,
  type: string,
  attributes: Readonly<Record<string, Json>>,
): Resource {
  return world.add(type, {
    attributes: { ...attributes, "created-at": world.timestamp(30 * 24 * 3_600_000) },
    relationships: { organization: refTo(organization) },
    owners: [organization],
  });
}
