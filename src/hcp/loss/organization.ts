// Deleting an organization: everything in it goes with it.

import { idOf, nameOf } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { type Loss, row, targetText } from "./loss.ts";
import { counted, joined } from "./wording.ts";
import { orphansOf, workspaceList, workspacesText } from "./workspace-lists.ts";

/** What an organization holds besides workspaces: the list's path below it, and one of them. */
const CONTENTS: readonly (readonly [path: string, singular: string, plural?: string])[] = [
  ["projects", "project"],
  ["teams", "team"],
  ["organization-memberships", "member"],
  ["varsets", "variable set"],
  ["policy-sets", "policy set"],
  ["policies", "policy", "policies"],
  ["registry-modules", "registry module"],
  ["registry-providers", "registry provider"],
  ["agent-pools", "agent pool"],
  ["oauth-clients", "OAuth client"],
  ["ssh-keys", "SSH key"],
  ["tasks", "run task"],
];

/** Everything in it, counted. */
export async function describeOrganization(look: Look): Promise<Loss> {
  const { target } = look.operation;
  const path = `/organizations/${segment(target.id ?? target.organization ?? "")}`;
  const [document, workspaces, counts] = await Promise.all([
    look.document("its name", path),
    workspaceList(look, `${path}/workspaces`),
    Promise.all(CONTENTS.map((content) => countContent(look, path, content))),
  ]);
  if (document === "absent") return { absent: true, rows: [] };
  const name = nameOf(document?.resource) ?? idOf(document?.resource) ?? target.id;
  const contents = joined([workspacesText(workspaces), ...counts]);
  return {
    name,
    target: targetText(undefined, name, idOf(document?.resource)),
    rows: [
      ...row("loses", `everything in it: ${contents}`),
      ...row("orphans", orphansOf(workspaces)),
      ...row("also", "all state, variables, run history, tokens and settings go with it"),
    ],
  };
}

async function countContent(
  look: Look,
  path: string,
  [list, singular, plural]: (typeof CONTENTS)[number],
): Promise<string | undefined> {
  const what = plural ?? `${singular}s`;
  const count = await look.count(`its ${what}`, `${path}/${list}`);
  return count === undefined || count === 0 ? undefined : counted(count, singular, what);
}
