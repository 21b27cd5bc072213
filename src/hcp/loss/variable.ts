// Deleting one variable: of a workspace, of a variable set, of a policy set, of a module's tests.
//
// V1 Its value is never part of a card, sensitive or not.

import { flagOf, idOf, nameOf, type Ref, refOf, textOf } from "./json-api.ts";
import { describeLink } from "./link.ts";
import type { Look } from "./look.ts";
import { type Loss, row } from "./loss.ts";
import { nameBehind } from "./names.ts";
import { joined } from "./wording.ts";

const OWNERS: readonly (readonly [segment: string, singular: string])[] = [
  ["workspaces", "workspace"],
  ["varsets", "variable set"],
  ["policy-sets", "policy set"],
];

/** Key, category, whether it is sensitive, and what it belongs to. */
export async function describeVariable(look: Look): Promise<Loss> {
  const { id, path } = look.operation.target;
  // The path of a list of variables, or of what holds them: the body replaces them all.
  if (!/\/(?:vars|parameters)\/[^/]+$/.test(path)) return describeLink(look);
  const known = ownerIn(path);
  const named = known && ownerText(look, known);
  const what = "its key and whether it is sensitive";
  // Only below its owner is reading it documented: elsewhere a 404 proves nothing.
  const document = await (known ? look.document(what, path) : look.related(what, path));
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  const found = refOf(resource, "configurable") ?? refOf(resource, "varset");
  const owner = (await named) ?? (found && (await ownerText(look, found)));
  const sensitive = flagOf(resource, "sensitive");
  const name = nameOf(resource);
  const identity =
    name === undefined ? (idOf(resource) ?? id) : `${name} (${idOf(resource) ?? id})`;
  return {
    name,
    kind: "variable",
    target: joined([identity, owner], " of "),
    rows: [
      ...row("loses", sensitiveText(sensitive)),
      ...row("also", joined([categoryText(textOf(resource, "category")), hclText(resource)])),
    ],
    reversible: sensitive === undefined ? undefined : !sensitive,
  };
}

function ownerIn(path: string): Ref | undefined {
  const [, type = "", id = ""] = path.split("/");
  const isKnown = OWNERS.some(([known]) => known === type);
  return isKnown && /^[\w-]+$/.test(id) ? { type, id } : undefined;
}

async function ownerText(look: Look, ref: Ref): Promise<string> {
  const singular = OWNERS.find(([type]) => type === ref.type)?.[1] ?? ref.type;
  const name = await nameBehind(look, ref);
  return name === ref.id ? `${singular} ${name}` : `${singular} ${name} (${ref.id})`;
}

function sensitiveText(sensitive: boolean | undefined): string {
  if (sensitive === undefined) return "its value";
  return sensitive ? "a sensitive value: it cannot be read back" : "its value, which is readable";
}

function categoryText(category: string | undefined): string | undefined {
  if (category === undefined) return undefined;
  return category === "env" ? "environment variable" : `${category} variable`;
}

function hclText(resource: Parameters<typeof flagOf>[0]): string | undefined {
  return flagOf(resource, "hcl") === true ? "its value is HCL" : undefined;
}
