// State and its backing data: uploading and rolling back state, deleting what plans, applies, state
// versions and configuration versions are kept in.

import { at, type Document, idOf, nameOf, numberOf, refOf, textOf } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { type Loss, row, targetText } from "./loss.ts";
import { bodyAttribute, bodyRef } from "./request-body.ts";
import { counted, joined, relativeTime } from "./wording.ts";
import { organizationOf, readWorkspace, workspacePath } from "./workspace-facts.ts";
import { changedText } from "./workspace-rows.ts";

/** Uploading state, or rolling back to an older one: what the state now is, and what it manages. */
export async function describeNewState(look: Look): Promise<Loss> {
  const path = workspacePath(look.operation.target) ?? look.operation.target.path;
  const [document, current] = await Promise.all([
    readWorkspace(look, path),
    look.document("its current state", `${path}/current-state-version`),
  ]);
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  const count = numberOf(resource, "resource-count");
  const managed = count === undefined ? "resources" : counted(count, "resource");
  return {
    name: nameOf(resource),
    kind: "workspace",
    target: targetText(organizationOf(resource), nameOf(resource), idOf(resource)),
    rows: [
      ...row("now", current === "absent" ? "no state" : current && versionText(current, look.now)),
      ...row("next", nextText(look)),
      ...row("orphans", `those of its ${managed} that the new state leaves out`),
      ...row("changed", document && changedText(document, look.now)),
    ],
  };
}

function nextText(look: Look): string | undefined {
  const older = bodyRef(look.operation, "rollback-state-version");
  if (older !== undefined) return `a copy of ${older.id}`;
  const serial = bodyAttribute(look.operation, "serial");
  const force = bodyAttribute(look.operation, "force") === true;
  return joined([
    typeof serial === "number" ? `serial ${serial}` : undefined,
    force ? "forced: the checks for lineage and serial are off" : undefined,
  ]);
}

/** `serial 12, 3 hours ago` */
export function versionText({ resource }: Document, now: Date): string | undefined {
  const serial = numberOf(resource, "serial");
  return joined([
    serial === undefined ? undefined : `serial ${serial}`,
    textOf(resource, "status")?.replaceAll("_", " "),
    relativeTime(textOf(resource, "created-at"), now),
  ]);
}

/** What the API keeps for a plan, an apply, a state version or a configuration version. */
export async function describeBackingData(look: Look): Promise<Loss> {
  const { path, id } = look.operation.target;
  const isListed = /^\/(?:plans|applies|state-versions|configuration-versions)\/[^/]+$/.test(path);
  const document = isListed
    ? await look.document("what it belongs to", path)
    : await look.related("what it belongs to", path);
  if (document === "absent") return { absent: true, rows: [] };
  const reference = refOf(document?.resource, "workspace");
  const workspace =
    reference && (await look.related("its workspace", `/workspaces/${segment(reference.id)}`));
  const run = refOf(document?.resource, "run");
  const owner = workspace && nameOf(workspace.resource);
  const isPermanent = look.operation.resourceClass === "permanent-deletions";
  return {
    name: nameOf(document?.resource),
    kind: path.split("/")[1]?.replaceAll("-", " ").replace(/s$/, "") ?? "",
    target: joined([idOf(document?.resource) ?? id, owner ?? reference?.id], " of "),
    rows: [
      ...row("loses", isPermanent ? "its data, for good" : "its data, until it is restored"),
      ...row("also", workspace && currentText(workspace, document)),
      ...row("run", run?.id),
      ...row("is", document && versionText(document, look.now)),
    ],
  };
}

/** Whether it is the state that the workspace is in now: the one deletion that hurts at once. */
function currentText(workspace: Document, document: Document | undefined): string | undefined {
  const current = refOf(workspace.resource, "current-state-version");
  if (current?.type !== at(document?.resource, "type")) return undefined;
  return current?.id === idOf(document?.resource)
    ? "it is the workspace's current state"
    : "it is not the workspace's current state";
}
