// Deleting a project. The API refuses while it holds workspaces or stacks; what hangs on the project
// itself is lost.

import { type Document, idOf, nameOf } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { type Loss, row, targetText } from "./loss.ts";
import { counted, joined, listed } from "./wording.ts";
import { organizationOf } from "./workspace-facts.ts";
import { type WorkspaceList, workspaceList, workspacesText } from "./workspace-lists.ts";

/** Its workspaces and stacks, the teams with access to it, and its variable sets. */
export async function describeProject(look: Look): Promise<Loss> {
  const id = segment(look.operation.target.id ?? "");
  const read = look.document("its name and organization", `/projects/${id}`);
  const [document, workspaces, stacks, teams, varsets] = await Promise.all([
    read,
    read.then((found) => projectWorkspaces(look, found, id)),
    look.count("its stacks", `/stacks?filter[project][id]=${id}`),
    look.count("teams with access to it", `/team-projects?filter[project][id]=${id}`),
    look.page("its variable sets", `/projects/${id}/varsets?page[size]=5`),
  ]);
  if (document === "absent") return { absent: true, rows: [] };
  const sets = varsets?.items.map((each) => nameOf(each) ?? idOf(each) ?? "one without a name");
  const { organization } = look.operation.target;
  const resource = document?.resource;
  return {
    name: nameOf(resource),
    target: targetText(organizationOf(resource) ?? organization, nameOf(resource), idOf(resource)),
    rows: [
      ...row("holds", holdsText(workspaces, stacks)),
      ...row("loses", joined(["its settings and tags", teamsText(teams)])),
      ...row("also", sets?.length ? `variable sets reach it: ${listed(sets, varsets?.total)}` : ""),
    ],
  };
}

/** The organization's list is the only one, so that the organization has to be known. */
async function projectWorkspaces(
  look: Look,
  document: Document | "absent" | undefined,
  id: string,
): Promise<WorkspaceList | undefined> {
  if (document === "absent") return undefined;
  const organization = organizationOf(document?.resource) ?? look.operation.target.organization;
  if (organization === undefined) {
    look.note("its workspaces: its organization could not be looked up");
    return undefined;
  }
  const list = `/organizations/${segment(organization)}/workspaces`;
  return workspaceList(look, `${list}?filter[project][id]=${id}`);
}

function teamsText(teams: number | undefined): string | undefined {
  if (teams === 0) return undefined;
  return teams === undefined ? "access of teams" : `access of ${counted(teams, "team")}`;
}

function holdsText(workspaces: WorkspaceList | undefined, stacks: number | undefined): string {
  const inIt = [
    workspacesText(workspaces),
    stacks === undefined ? "its stacks" : counted(stacks, "stack"),
  ].join(", ");
  const managed =
    workspaces === undefined || workspaces.resources === 0
      ? ""
      : `, managing ${workspaces.complete ? "" : "at least "}${counted(workspaces.resources, "resource")}`;
  const isEmpty = workspaces?.total === 0 && stacks === 0;
  return isEmpty ? inIt : `${inIt}${managed}: the API refuses unless it is empty`;
}
