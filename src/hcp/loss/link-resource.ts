// Links that are resources of their own: run triggers, the access of a team, a workspace's run task.

import { type Document, idOf, nameOf, refOf, textOf } from "./json-api.ts";
import type { Look } from "./look.ts";
import { type Loss, row } from "./loss.ts";
import { nameBehind } from "./names.ts";
import { joined } from "./wording.ts";
import { workspacePath } from "./workspace-facts.ts";

/** Runs of the one workspace start runs in the other, no longer. */
export async function describeRunTrigger(look: Look): Promise<Loss> {
  const { path, id } = look.operation.target;
  const document = await look.document("the workspaces that it links", path);
  if (document === "absent") return { absent: true, rows: [] };
  const source = await endOf(look, document, "sourceable");
  const started = await endOf(look, document, "workspace");
  return {
    target: joined([idOf(document?.resource) ?? id, started], " of "),
    rows: row(
      "unlinks",
      source && started && `runs of ${source} no longer start runs in ${started}`,
    ),
  };
}

async function endOf(
  look: Look,
  document: Document | undefined,
  relationship: string,
): Promise<string | undefined> {
  const named = textOf(document?.resource, `${relationship}-name`);
  const ref = refOf(document?.resource, relationship);
  return named ?? (ref && (await nameBehind(look, ref)));
}

/** What a team may do in a workspace or in a project. */
export async function describeTeamAccess(look: Look): Promise<Loss> {
  const { path, id } = look.operation.target;
  const document = await look.document("the team and what it may do", path);
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  const owner = refOf(resource, "workspace") ?? refOf(resource, "project");
  const team = refOf(resource, "team");
  const [teamName, ownerName] = await Promise.all([
    team && nameBehind(look, team),
    owner && nameBehind(look, owner),
  ]);
  const access = textOf(resource, "access");
  return {
    target: joined([idOf(resource) ?? id, joined([teamName, ownerName], " in ")], ": "),
    rows: row(
      "unlinks",
      teamName && ownerName && `team ${teamName} loses ${access ?? "its"} access to ${ownerName}`,
    ),
  };
}

/** A run task that no longer runs in a workspace. */
export async function describeWorkspaceTask(look: Look): Promise<Loss> {
  const { path, id } = look.operation.target;
  const holder = workspacePath({ path }) ?? path;
  const [document, workspace] = await Promise.all([
    look.document("the run task and its stage", path),
    look.related("its workspace", holder),
  ]);
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  const task = refOf(resource, "task");
  const name = task && (await nameBehind(look, task));
  const of = nameOf(workspace?.resource);
  return {
    name,
    target: joined([idOf(resource) ?? id, of], " of "),
    rows: [
      ...row("unlinks", joined([name ?? "the run task", of], " from ")),
      ...row("also", joined([textOf(resource, "stage"), textOf(resource, "enforcement-level")])),
    ],
  };
}
