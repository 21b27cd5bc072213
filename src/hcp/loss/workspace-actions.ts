// What is done to a workspace or a project short of deleting it: taking its lock, setting the time at
// which what it manages is destroyed.

import { type Document, idOf, nameOf, numberOf, ref, textOf } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { type Loss, row, targetText } from "./loss.ts";
import { namesBehind } from "./names.ts";
import { bodyAttribute, bodyItems, bodyRef } from "./request-body.ts";
import { counted, joined, relativeTime } from "./wording.ts";
import { organizationOf, readWorkspace, workspacePath } from "./workspace-facts.ts";
import { orphansOf, workspaceList, workspacesText } from "./workspace-lists.ts";
import { changedText } from "./workspace-rows.ts";

/** Taking a lock away from whoever holds it. */
export async function describeLock(look: Look): Promise<Loss> {
  const path = workspacePath(look.operation.target) ?? look.operation.target.path;
  const document = await readWorkspace(look, path);
  if (document === "absent") return { absent: true, rows: [] };
  return {
    ...named(document),
    rows: [
      ...row("loses", "the lock: whoever holds it may still be writing state"),
      ...row("changed", document && changedText(document, look.now)),
    ],
  };
}

/** Setting, in the body, when a workspace or the workspaces of a project destroy what they manage. */
export async function describeScheduledDestruction(look: Look): Promise<Loss> {
  const { target } = look.operation;
  const path = workspacePath(target);
  if (path !== undefined) return scheduledWorkspace(look, path);
  const [, project, moves] =
    /^\/projects\/([\w-]+)(\/relationships\/workspaces)?$/.exec(target.path) ?? [];
  if (project !== undefined && moves !== undefined) return movedWorkspaces(look, project);
  if (project !== undefined) return scheduledProject(look, project);
  return {
    name: target.organization ?? target.id,
    kind: "organization",
    rows: [
      ...row("destroys", "what it will manage by then: it does not exist yet"),
      ...row("when", whenText(look)),
    ],
  };
}

async function scheduledWorkspace(look: Look, path: string): Promise<Loss> {
  const document = await readWorkspace(look, path);
  if (document === "absent") return { absent: true, rows: [] };
  const count = numberOf(document?.resource, "resource-count");
  const all = count === undefined ? "everything" : `all ${counted(count, "resource")}`;
  return {
    ...named(document),
    rows: [
      ...row("destroys", `${all} that it manages by then`),
      ...row("when", whenText(look)),
      ...row("changed", document && changedText(document, look.now)),
    ],
  };
}

async function scheduledProject(look: Look, id: string): Promise<Loss> {
  const document = await look.document("its name and organization", `/projects/${id}`);
  if (document === "absent") return { absent: true, rows: [] };
  const organization = organizationOf(document?.resource);
  if (organization === undefined) look.note("its workspaces: its organization is not known");
  const path = `/organizations/${segment(organization ?? "")}/workspaces?filter[project][id]=${id}`;
  const list = organization === undefined ? undefined : await workspaceList(look, path);
  return {
    ...named(document),
    kind: "project",
    rows: [
      ...row("destroys", `what its workspaces manage: ${workspacesText(list)}`),
      ...row("also", orphansOf(list)?.split(":")[0]),
      ...row("when", whenText(look)),
    ],
  };
}

/** Workspaces take over the setting of the project that they come into. */
async function movedWorkspaces(look: Look, id: string): Promise<Loss> {
  const refs = bodyItems(look.operation)
    .map(ref)
    .filter((each) => each !== undefined);
  const [document, workspaces] = await Promise.all([
    look.document("its setting for automatic destruction", `/projects/${id}`),
    namesBehind(look, refs),
  ]);
  if (document === "absent") return { absent: true, rows: [] };
  return {
    ...named(document),
    kind: "project",
    rows: [
      ...row("moves", workspaces),
      ...row("destroys", "what they manage, when the project's time comes"),
      ...row("when", projectTime(document)),
    ],
  };
}

function projectTime(document: Document | undefined): string {
  const after = textOf(document?.resource, "auto-destroy-activity-duration");
  return after === undefined ? "as the project says" : `after ${after} without activity`;
}

function named(document: Document | undefined): Pick<Loss, "name" | "kind" | "target"> {
  const resource = document?.resource;
  const name = nameOf(resource);
  return {
    name,
    kind: "workspace",
    target: targetText(organizationOf(resource), name, idOf(resource)),
  };
}

/** As the body says it; the body itself is on the card too. */
function whenText(look: Look): string {
  const at = bodyAttribute(look.operation, "auto-destroy-at");
  const after = bodyAttribute(look.operation, "auto-destroy-activity-duration");
  const inherits = bodyAttribute(look.operation, "inherits-project-auto-destroy");
  const moment = typeof at === "string" ? at : undefined;
  const when = joined(
    [
      moment && (joined([relativeTime(moment, look.now), `(${moment})`], " ") ?? moment),
      typeof after === "string" ? `after ${after} without activity` : undefined,
      inherits === true ? "as the project says" : undefined,
      bodyRef(look.operation, "project") && "as the project says that it moves to",
    ],
    "; ",
  );
  return when ?? "as the body says";
}
