// The world that a stand-in starts with: two organizations, `acme` with something of everything
// and `globex` with little. It is the same in every run but for the clock.

import type { Resource } from "./resource.ts";
import { refTo } from "./resource.ts";
import { seedHostile } from "./seed-hostile.ts";
import { seedPayments } from "./seed-payments.ts";
import { seedRuns } from "./seed-runs.ts";
import { seedSettings } from "./seed-settings.ts";
import { seedTeams } from "./seed-teams.ts";
import { addProject, addWorkspace } from "./seed-workspace.ts";
import { World } from "./world.ts";

export interface Seed {
  /** How many empty workspaces `tmp-000`, `tmp-001`… `acme` has besides the others; 25 by default. */
  readonly temporaryWorkspaces?: number;
  /** Adds resources whose names try to hide or to rewrite what a terminal shows. */
  readonly hostileNames?: boolean;
  /** Milliseconds since 1970; the real clock by default. */
  readonly now?: () => number;
}

const DEFAULT_TEMPORARY = 25;

/** Makes the world of one stand-in. */
export function seededWorld(seed: Seed = {}): World {
  const world = new World(seed.now);
  const acme = addOrganization(world, "acme");
  world.add("users", { attributes: { username: "casey", email: "casey@acme.example" } });
  world.add("users", { attributes: { username: "robin", email: "robin@acme.example" } });
  const platform = addProject(world, acme, "platform");
  addProject(world, acme, "empty-project");
  const payments = seedPayments(world, acme, platform);
  addLocked(world, acme, platform);
  seedRuns(world, acme, platform);
  seedTeams(world, acme, payments, platform);
  seedSettings(world, acme, payments, platform);
  addTemporary(world, acme, seed.temporaryWorkspaces ?? DEFAULT_TEMPORARY);
  if (seed.hostileNames === true) seedHostile(world, acme);
  const globex = addOrganization(world, "globex");
  addWorkspace(world, { organization: globex, name: "intranet", resources: 3 });
  return world;
}

/** An organization with its default project, into which new workspaces go. */
function addOrganization(world: World, name: string): Resource {
  const organization = world.add("organizations", {
    id: name,
    attributes: {
      name,
      email: `ops@${name}.example`,
      "external-id": `org-${name}`,
      "created-at": world.timestamp(400 * 24 * 3_600_000),
      "plan-identifier": "standard",
      "allow-force-delete-workspaces": true,
    },
  });
  organization.relationships["default-project"] = refTo(
    addProject(world, organization, "Default Project"),
  );
  return organization;
}

function addLocked(world: World, acme: Resource, project: Resource): void {
  const robin = world.all("users").find((user) => user.attributes.username === "robin");
  const ledger = addWorkspace(world, {
    organization: acme,
    name: "ledger-prod",
    project,
    resources: 17,
  });
  Object.assign(ledger.attributes, { locked: true, "locked-reason": "month-end closing" });
  ledger.relationships["locked-by"] = robin === undefined ? null : refTo(robin);
}

function addTemporary(world: World, acme: Resource, count: number): void {
  for (let index = 0; index < count; index += 1) {
    addWorkspace(world, { organization: acme, name: `tmp-${String(index).padStart(3, "0")}` });
  }
}
