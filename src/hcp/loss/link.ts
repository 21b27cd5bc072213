// Links: what is unlinked from what. Both ends stay.

import { at, idOf, nameOf, type Resource, ref } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { type Loss, row, targetText } from "./loss.ts";
import { nameBehind } from "./names.ts";
import { bodyAttribute, bodyItems } from "./request-body.ts";
import { classInfo } from "./typed-name.ts";
import { counted, listed } from "./wording.ts";
import { organizationOf, workspacePath } from "./workspace-facts.ts";

/** What is called for a moment: how the holders of links are read, and what one is. */
const HOLDERS: Readonly<Record<string, string>> = {
  "agent-pools": "agent pool",
  "cidr-range-lists": "CIDR range list",
  "oauth-clients": "OAuth client",
  "policy-sets": "policy set",
  projects: "project",
  "provider-sets": "provider set",
  teams: "team",
  varsets: "variable set",
  workspaces: "workspace",
};

const MOST_NAMES = 5;

/** Settings that stand for a link to everything in the organization. */
const EVERYTHING = ["global", "organization-scoped", "global-remote-state", "project-remote-state"];

/** The links that the body lists, or all that there are where it says what stays. */
export async function describeLink(look: Look): Promise<Loss> {
  const { path } = look.operation.target;
  const [, type = "", id = ""] = path.split("/");
  const holder = workspacePath({ path }) ?? `/${type}/${id}`;
  const singular = Object.hasOwn(HOLDERS, type) ? HOLDERS[type] : undefined;
  const [document, unlinks] = await Promise.all([
    singular === undefined && holder === `/${type}/${id}`
      ? undefined
      : look.document("what the links are of", holder),
    unlinksText(look),
  ]);
  const resource = document === "absent" ? undefined : document?.resource;
  return {
    name: nameOf(resource),
    kind: singular ?? "workspace",
    target: targetText(organizationOf(resource), nameOf(resource), idOf(resource)),
    absent: document === "absent",
    rows: [...row("unlinks", unlinks), ...row("also", classInfo(look.operation)?.because)],
  };
}

async function unlinksText(look: Look): Promise<string> {
  const { operation } = look;
  const what = linkedThings(operation.target.path);
  if (operation.resourceClass === "workspace-ssh-keys") return "the SSH key that it has now";
  if (EVERYTHING.some((name) => (bodyAttribute(operation, name) ?? true) !== true)) {
    return "all that it reaches now by reaching everything; what is linked by itself stays";
  }
  if (operation.request.method !== "DELETE") {
    const all = operation.items === 1 ? "one" : `up to ${operation.items}`;
    return `${all} of its ${what}: the body lists those that stay`;
  }
  const items = bodyItems(operation);
  if (items.length === 0) return `${what}: the body lists none`;
  const names = await Promise.all(items.slice(0, MOST_NAMES).map((item) => itemName(look, item)));
  const more = items.length - names.length;
  return `${items.length} of its ${what}: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** The last word of the path says what is linked: `remote state consumers`. */
function linkedThings(path: string): string {
  const last = /\/relationships\/([a-z-]+)$|\/(tag-(?:bindings|selectors))$/.exec(path);
  return (last?.[1] ?? last?.[2] ?? "links").replaceAll("-", " ");
}

async function itemName(look: Look, item: Resource): Promise<string> {
  const found = ref(item);
  if (found !== undefined) {
    const name = await nameBehind(look, found);
    return name === found.id ? name : `${name} (${found.id})`;
  }
  const [key, value] = [at(item, "attributes", "key"), at(item, "attributes", "value")];
  if (typeof key === "string") return typeof value === "string" ? `${key}=${value}` : key;
  const name = at(item, "attributes", "name");
  return typeof name === "string" ? name : "one that the body does not name";
}

/** Tags go by their entries in the body, across the whole organization. */
export async function describeOrganizationTags(look: Look): Promise<Loss> {
  const { id = "" } = look.operation.target;
  const items = bodyItems(look.operation);
  const path = `/organizations/${segment(id)}/tags?page[size]=100`;
  const tags = await look.page("the names of its tags", path);
  const names = items.map((item) => {
    const tag = tags?.items.find((each) => idOf(each) === idOf(item));
    return nameOf(tag) ?? idOf(item) ?? "one that the body does not name";
  });
  return {
    name: id,
    kind: "organization",
    target: `tags of ${id}`,
    rows: [
      ...row("loses", `${counted(items.length, "tag")}: ${listed(names)}`),
      ...row("also", "every workspace that has one loses it"),
    ],
  };
}
