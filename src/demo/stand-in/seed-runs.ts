// Workspaces whose latest run waits: one to change things, one to destroy them, one still planning.

import type { Resource } from "./resource.ts";
import { finishPlan, makeRun, startPlanning } from "./run-life.ts";
import { addWorkspace } from "./seed-workspace.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;

/** `rollout-dev` waits to change, `teardown-dev` to destroy, `planning-dev` is not done planning. */
export function seedRuns(world: World, acme: Resource, project: Resource): void {
  const workspace = (name: string, resources: number) =>
    addWorkspace(world, { organization: acme, name, project, resources });
  const rollout = makeRun(
    world,
    workspace("rollout-dev", 8),
    { message: "Scale out" },
    20 * MINUTE,
  );
  finishPlan(world, rollout, { additions: 2, changes: 1, destructions: 0 });
  const teardown = makeRun(
    world,
    workspace("teardown-dev", 6),
    { message: "Tear down", "is-destroy": true },
    15 * MINUTE,
  );
  finishPlan(world, teardown);
  const planning = makeRun(world, workspace("planning-dev", 4), { message: "Rename" }, MINUTE);
  startPlanning(world, planning);
}
