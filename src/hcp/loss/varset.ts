// Deleting a variable set.
//
// V1 It is reversible only when every variable was seen and none is sensitive.

import { flagOf, idOf, nameOf, refsOf, type Resource } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { type Loss, row, targetText } from "./loss.ts";
import { namesBehind } from "./names.ts";
import { type VariableCount, variableCount, variablesText } from "./variable-count.ts";
import { counted, joined } from "./wording.ts";
import { organizationOf } from "./workspace-facts.ts";

/** Its variables, and the workspaces, projects and stacks that get them. */
export async function describeVarset(look: Look): Promise<Loss> {
  const path = `/varsets/${segment(look.operation.target.id ?? "")}`;
  const read = look.document("its name and who uses it", path);
  const [document, variables, readers] = await Promise.all([
    read,
    variableCount(look, "its variables", `${path}/relationships/vars`),
    read.then((found) => (found === "absent" ? undefined : readersOf(look, found?.resource))),
  ]);
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  return {
    name: nameOf(resource),
    target: targetText(organizationOf(resource), nameOf(resource), idOf(resource)),
    rows: [
      ...row("loses", variablesText(variables) ?? "no variables: it is empty"),
      ...row("readers", readers),
    ],
    reversible: isReversible(variables),
  };
}

/** V1 */
function isReversible(variables: VariableCount | undefined): boolean | undefined {
  if (variables === undefined) return undefined;
  if (variables.sensitive > 0) return false;
  return variables.complete ? true : undefined;
}

const USERS: readonly (readonly [relationship: string, singular: string])[] = [
  ["workspaces", "workspace"],
  ["projects", "project"],
  ["stacks", "stack"],
];

/** `2 workspaces: web-dev, batch-dev; 1 project: platform` */
async function readersOf(look: Look, resource: Resource | undefined): Promise<string | undefined> {
  if (resource === undefined) return undefined;
  if (flagOf(resource, "global") === true) return "every workspace of the organization";
  const lists = USERS.map(([name, singular]) => ({ singular, refs: refsOf(resource, name) }));
  const parts = await Promise.all(
    lists.map(async ({ singular, refs }) =>
      refs?.length
        ? `${counted(refs.length, singular)}: ${await namesBehind(look, refs)}`
        : undefined,
    ),
  );
  // Terraform Enterprise without stacks does not list them; workspaces and projects always are.
  const unlisted = lists.slice(0, 2).filter(({ refs }) => refs === undefined);
  for (const { singular } of unlisted) look.note(`${singular}s that use it: not listed by the API`);
  return joined(parts, "; ") ?? (unlisted.length > 0 ? undefined : "nothing uses it");
}
