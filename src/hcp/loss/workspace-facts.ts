// What can be looked up about a workspace. Reads that do not need each other run side by side: a
// path that holds the id lets all but one start at once.

import type { Target } from "../../policy/operation.ts";
import { type Document, idOf, type Page, refOf, type Resource, textOf } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { type VariableCount, variableCount } from "./variable-count.ts";

export interface WorkspaceFacts {
  readonly document: Document | "absent" | undefined;
  readonly variables: VariableCount | undefined;
  readonly consumers: Page | undefined;
  readonly runs: number | undefined;
  readonly states: number | undefined;
}

const PLAIN_ID = /^[A-Za-z0-9_-]+$/;
const INCLUDE = "include=locked_by,current_run";

/** The workspace that the path names, by id or by name; undefined when it names none. */
export function workspacePath(target: Pick<Target, "path">): string | undefined {
  const named = /^\/organizations\/[^/]+\/workspaces\/[^/]+/.exec(target.path)?.[0];
  if (named !== undefined) return named;
  const id = /\/workspaces\/([^/]+)/.exec(target.path)?.[1];
  return id === undefined ? undefined : `/workspaces/${id}`;
}

/** Reads the workspace alone, with who locks it and its current run. */
export function readWorkspace(look: Look, path: string): Promise<Document | "absent" | undefined> {
  return look.document("its resources, lock, last change and readers", `${path}?${INCLUDE}`);
}

/** Everything that a card says about a workspace. */
export async function workspaceFacts(look: Look, path: string): Promise<WorkspaceFacts> {
  const read = readWorkspace(look, path);
  const [, known] = /^\/workspaces\/([A-Za-z0-9_-]+)$/.exec(path) ?? [];
  const id = known ?? plainId(await read);
  const [document, variables, consumers, runs, states] = await Promise.all([
    read,
    id === undefined ? undefined : variableCount(look, "its variables", `/workspaces/${id}/vars`),
    id === undefined ? undefined : readConsumers(look, id),
    id === undefined ? undefined : look.count("its runs", `/workspaces/${id}/runs`),
    read.then((document) => stateCount(look, document)),
  ]);
  if (id === undefined && document !== "absent") {
    look.note("its variables, readers and runs: its id could not be looked up");
  }
  return { document, variables, consumers, runs, states };
}

function readConsumers(look: Look, id: string): Promise<Page | undefined> {
  const path = `/workspaces/${id}/relationships/remote-state-consumers`;
  return look.page("readers of its state", `${path}?page[size]=5`);
}

async function stateCount(
  look: Look,
  document: Document | "absent" | undefined,
): Promise<number | undefined> {
  if (document === undefined || document === "absent") return undefined;
  const name = textOf(document.resource, "name");
  const organization = organizationOf(document.resource);
  if (name === undefined || organization === undefined) return undefined;
  const filter = `filter[workspace][name]=${segment(name)}`;
  const scope = `filter[organization][name]=${segment(organization)}`;
  return look.count("its state versions", `/state-versions?${filter}&${scope}`);
}

/** The name of the organization that a resource belongs to. */
export function organizationOf(resource: Resource | undefined): string | undefined {
  return refOf(resource, "organization")?.id;
}

function plainId(document: Document | "absent" | undefined): string | undefined {
  const id = document === "absent" ? undefined : idOf(document?.resource);
  return id !== undefined && PLAIN_ID.test(id) ? id : undefined;
}
