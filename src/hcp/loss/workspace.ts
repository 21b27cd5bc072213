// Deleting a workspace.
//
// W1 It is reversible only when it surely manages nothing and surely holds no sensitive variable.

import { commandLine } from "../../policy/command-line.ts";
import type { HcpOperation } from "../../policy/operation.ts";
import { idOf, nameOf, numberOf } from "./json-api.ts";
import type { Look } from "./look.ts";
import { type Loss, row, targetText } from "./loss.ts";
import {
  organizationOf,
  type WorkspaceFacts,
  workspaceFacts,
  workspacePath,
} from "./workspace-facts.ts";
import { alsoText, changedText, losesText, orphansText, readersText } from "./workspace-rows.ts";

/** Its state, variables and history; what it leaves running; who reads it. */
export async function describeWorkspace(look: Look): Promise<Loss> {
  const path = workspacePath(look.operation.target) ?? look.operation.target.path;
  const facts = await workspaceFacts(look, path);
  const { document } = facts;
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  const isSafeDelete = look.operation.request.path.endsWith("/actions/safe-delete");
  if (resource !== undefined && numberOf(resource, "resource-count") === undefined) {
    look.note("how many resources it manages: the API does not say");
  }
  const { organization } = look.operation.target;
  return {
    name: nameOf(resource),
    target: targetText(organizationOf(resource) ?? organization, nameOf(resource), idOf(resource)),
    rows: [
      ...row("loses", losesText(facts)),
      ...row("orphans", document && orphansText(document, isSafeDelete)),
      ...row("readers", readersText(facts)),
      ...row("changed", document && changedText(document, look.now)),
      ...row("also", document && alsoText(document, look.now)),
      ...row("safer", saferCommand(look.operation, idOf(resource))),
    ],
    reversible: isReversible(facts),
  };
}

/** W1: undefined when a look-up is missing. */
function isReversible({ document, variables }: WorkspaceFacts): boolean | undefined {
  if (document === undefined || document === "absent") return undefined;
  const resources = numberOf(document.resource, "resource-count");
  if ((resources ?? 0) > 0 || (variables?.sensitive ?? 0) > 0) return false;
  return resources === 0 && variables?.complete === true ? true : undefined;
}

/** By id where it is known: a name may be given to another workspace in the meantime. */
function saferCommand(
  { request, target }: HcpOperation,
  id: string | undefined,
): string | undefined {
  const path = workspacePath(target);
  if (request.method !== "DELETE" || path !== target.path) return undefined;
  const exact = id !== undefined && /^[\w-]+$/.test(id) ? `/workspaces/${id}` : path;
  return commandLine(["holdfast", "api", `${exact}/actions/safe-delete`, "-X", "POST"]);
}
