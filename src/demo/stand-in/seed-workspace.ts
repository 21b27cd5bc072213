// Making projects and workspaces directly, for seeds and for tests that need one more.

import { type Resource, refTo } from "./resource.ts";
import { makeStateVersion } from "./run-life.ts";
import { related, type World } from "./world.ts";

const HOUR = 3_600_000;

export interface NewWorkspace {
  readonly organization: Resource;
  readonly name: string;
  /** The organization's default project when absent. */
  readonly project?: Resource;
  /** How many resources it manages; none when absent. */
  readonly resources?: number;
  /** How long ago it last changed; a day when absent. */
  readonly changedHoursAgo?: number;
}

/** A workspace; one that manages resources has a state version too. */
export function addWorkspace(world: World, given: NewWorkspace): Resource {
  const project = given.project ?? related(world, given.organization, "default-project");
  const changed = world.timestamp((given.changedHoursAgo ?? 24) * HOUR);
  const workspace = world.add("workspaces", {
    attributes: {
      name: given.name,
      description: null,
      locked: false,
      "auto-apply": false,
      "auto-destroy-at": null,
      "execution-mode": "remote",
      "global-remote-state": false,
      source: "tfe-api",
      "terraform-version": "1.9.5",
      "working-directory": "",
      "vcs-repo": null,
      "created-at": world.timestamp(90 * 24 * HOUR),
      "updated-at": changed,
      "latest-change-at": changed,
    },
    relationships: {
      organization: refTo(given.organization),
      project: project === undefined ? null : refTo(project),
      "agent-pool": null,
      "locked-by": null,
      "ssh-key": null,
      "remote-state-consumers": [],
      tags: [],
    },
    owners: [given.organization],
  });
  addResources(world, workspace, given.resources ?? 0);
  if (given.resources !== undefined) {
    makeStateVersion(world, workspace, undefined, (given.changedHoursAgo ?? 24) * HOUR);
  }
  return workspace;
}

const KINDS = [
  ["aws_instance", "hashicorp/aws"],
  ["aws_security_group_rule", "hashicorp/aws"],
  ["aws_db_instance", "hashicorp/aws"],
  ["random_pet", "hashicorp/random"],
] as const;

function addResources(world: World, workspace: Resource, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const [type, provider] = KINDS[index % KINDS.length] ?? KINDS[0];
    const name = `part_${String(index).padStart(2, "0")}`;
    world.add("resources", {
      attributes: {
        address: `${type}.${name}`,
        name,
        module: "root",
        provider,
        "provider-type": type,
        "name-index": null,
        "created-at": world.timestamp(60 * 24 * HOUR).slice(0, 10),
        "updated-at": world.timestamp(24 * HOUR).slice(0, 10),
      },
      owners: [workspace],
    });
  }
}

/** A project without anything in it. */
export function addProject(world: World, organization: Resource, name: string): Resource {
  return world.add("projects", {
    attributes: {
      name,
      description: null,
      "auto-destroy-activity-duration": null,
      "created-at": world.timestamp(300 * 24 * HOUR),
    },
    relationships: { organization: refTo(organization) },
    owners: [organization],
  });
}
