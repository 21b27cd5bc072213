// Names that attack the terminal of whoever reads them. The real API would not take them for
// workspaces; a prompt must survive them all the same, from any host.

import { type Resource, refTo } from "./resource.ts";
import { addVar } from "./seed-payments.ts";
import { addProject, addWorkspace } from "./seed-workspace.ts";
import type { World } from "./world.ts";

/** By what each tries: erasing lines, reversing text, hiding in plain sight, breaking out of a line. */
export const HOSTILE_NAMES = {
  erase: "payments-prod\u001b[2K\rscratch",
  title: "quiet\u001b]0;owned\u0007name",
  bidi: "dev-\u202Edorp-stnemyap",
  isolate: "dev\u2066\u2067prod\u2069",
  zeroWidth: "scr\u200Batch\uFEFF",
  newline: "scratch\nDelete? [y/N] y",
  c1: "dev\u009b2Kprod",
} as const;

/** A project `hostile`, a workspace for each name, and teams, sets and variables named so too. */
export function seedHostile(world: World, acme: Resource): void {
  const project = addProject(world, acme, "hostile");
  const workspaces = Object.values(HOSTILE_NAMES).map((name) =>
    addWorkspace(world, { organization: acme, name, project, resources: 1 }),
  );
  const [first, ...others] = workspaces;
  if (first === undefined) return;
  first.relationships["remote-state-consumers"] = others.map(refTo);
  first.attributes.description = HOSTILE_NAMES.newline;
  addVar(world, first, "configurable", [HOSTILE_NAMES.bidi, HOSTILE_NAMES.erase, "terraform"]);
  const named = { attributes: { name: HOSTILE_NAMES.erase }, owners: [acme] };
  const relationships = { organization: refTo(acme), users: [] };
  world.add("teams", { ...named, relationships });
  world.add("projects", { ...named, relationships: { organization: refTo(acme) } });
  world.add("varsets", {
    ...named,
    relationships: {
      organization: refTo(acme),
      workspaces: [refTo(first)],
      projects: [],
      stacks: [],
    },
  });
}
