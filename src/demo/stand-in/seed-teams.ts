// Teams with members, a token, and access to a workspace and to a project.

import { type Resource, refTo } from "./resource.ts";
import type { World } from "./world.ts";

/** Adds `owners`, `platform-engineers` (with a token and the access) and `readers`. */
export function seedTeams(
  world: World,
  acme: Resource,
  workspace: Resource,
  project: Resource,
): void {
  const [casey, robin] = world.all("users");
  addTeam(world, acme, "owners", [casey]);
  const engineers = addTeam(world, acme, "platform-engineers", [casey, robin]);
  addTeam(world, acme, "readers", [robin]);
  world.add("authentication-tokens", {
    attributes: { description: null, "created-at": world.timestamp(), "expired-at": null },
    relationships: { owner: refTo(engineers) },
    owners: [engineers],
  });
  world.add("team-workspaces", {
    attributes: { access: "write" },
    relationships: { team: refTo(engineers), workspace: refTo(workspace) },
    owners: [workspace, engineers],
  });
  world.add("team-projects", {
    attributes: { access: "maintain" },
    relationships: { team: refTo(engineers), project: refTo(project) },
    owners: [project, engineers],
  });
}

function addTeam(
  world: World,
  acme: Resource,
  name: string,
  members: readonly (Resource | undefined)[],
): Resource {
  const users = members.filter((each) => each !== undefined);
  const memberships = users.map((user) => membershipOf(world, acme, user));
  return world.add("teams", {
    attributes: {
      name,
      visibility: "organization",
      "allow-member-token-management": true,
      "organization-access": { "manage-workspaces": name !== "readers", "read-workspaces": true },
    },
    relationships: {
      organization: refTo(acme),
      users: users.map(refTo),
      "organization-memberships": memberships.map(refTo),
    },
    owners: [acme],
  });
}

function membershipOf(world: World, acme: Resource, user: Resource): Resource {
  const known = world.ownedBy(user, "organization-memberships");
  return (
    known[0] ??
    world.add("organization-memberships", {
      attributes: { status: "active", email: user.attributes.email ?? null },
      relationships: { user: refTo(user), organization: refTo(acme) },
      owners: [acme, user],
    })
  );
}
