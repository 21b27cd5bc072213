// Things to delete, as many as a test needs: empty workspaces, and variable sets that apply to them.

import { addWorkspace } from "../../src/demo/stand-in/seed-workspace.ts";
import type { StandIn } from "../../src/demo/stand-in/server.ts";

let made = 0;

/** Makes an empty workspace in `acme` and returns its id. */
export function freshWorkspace({ state }: StandIn): string {
  const acme = state.get("organizations", "acme");
  if (acme === undefined) throw new Error("the stand-in has no organization acme");
  return addWorkspace(state, { organization: acme, name: `fresh-${made++}` }).id;
}

/** The words after `holdfast` that delete a workspace; a fresh one when none is given. */
export function removal(api: StandIn, id = freshWorkspace(api)): string[] {
  return ["api", `/workspaces/${id}`, "-X", "DELETE"];
}

/** Makes a variable set that applies to these workspaces and returns its id. */
export function varsetOf({ state }: StandIn, workspaces: readonly string[]): string {
  const refs = workspaces.map((id) => ({ type: "workspaces", id }));
  const varset = state.add("varsets", {
    attributes: { name: `varset-${made++}`, global: false },
    relationships: { workspaces: refs, projects: [], stacks: [] },
  });
  return varset.id;
}
