// Flat tags, which an organization owns and workspaces carry, and key-value tag bindings.

import { type Answer, invalidRequest, NO_CONTENT } from "./answer.ts";
import { type Call, entriesIn, isObject, refFrom, resourceIn } from "./call.ts";
import { byName, IN_ORGANIZATION, linked, listRoute } from "./collection.ts";
import { page, whole } from "./document.ts";
import { type JsonObject, type Resource, refsIn, refTo, textOf } from "./resource.ts";
import type { Route } from "./router.ts";
import { organizationOf, related } from "./world.ts";

const TAGS = "/workspaces/{id}/relationships/tags";

function listTags(call: Call): Answer {
  return page(call, byName(call, linked(call, resourceIn(call, "workspaces"), "tags")));
}

function addTags(call: Call): Answer {
  const workspace = resourceIn(call, "workspaces");
  const given = entriesIn(call).map((entry) => tagFor(call, workspace, entry));
  const now = refsIn(workspace.relationships.tags);
  const added = given.filter((tag) => !now.some((each) => each.id === tag.id));
  workspace.relationships.tags = [...now, ...added.map(refTo)];
  return NO_CONTENT;
}

function removeTags(call: Call): Answer {
  const workspace = resourceIn(call, "workspaces");
  const given = entriesIn(call);
  const rest = linked(call, workspace, "tags").filter(
    (tag) => !given.some((entry) => entry.id === tag.id || nameIn(entry) === textOf(tag, "name")),
  );
  workspace.relationships.tags = rest.map(refTo);
  return NO_CONTENT;
}

/** A tag may be named by its identifier or by its name; a new name makes a new tag. */
function tagFor(call: Call, workspace: Resource, entry: JsonObject): Resource {
  const ref = refFrom(entry);
  const known = ref === undefined ? undefined : call.world.get("tags", ref.id);
  if (known !== undefined) return known;
  const name = nameIn(entry);
  const organization = call.world.get("organizations", organizationOf(workspace) ?? "");
  if (name === undefined || organization === undefined) throw invalidRequest("a tag needs a name");
  return (
    call.world.named("tags", name, organization.id) ??
    call.world.add("tags", {
      attributes: { name, "created-at": call.world.timestamp() },
      relationships: { organization: refTo(organization) },
      owners: [organization],
    })
  );
}

function nameIn(entry: JsonObject): string | undefined {
  const attributes = entry.attributes;
  const name = isObject(attributes) ? attributes.name : undefined;
  return typeof name === "string" ? name : undefined;
}

function deleteTags(call: Call): Answer {
  for (const entry of entriesIn(call)) {
    const ref = refFrom(entry);
    if (ref?.type !== "tags") throw invalidRequest("each entry must be of type tags");
    call.world.remove(ref);
  }
  return NO_CONTENT;
}

function bindingRoutes(type: "workspaces" | "projects"): readonly Route[] {
  const owned = (call: Call) => call.world.ownedBy(resourceIn(call, type), "tag-bindings");
  const list = (call: Call) => whole(call, owned(call));
  const put = (replace: boolean) => (call: Call) => {
    const owner = resourceIn(call, type);
    const given = entriesIn(call).map(bindingIn);
    for (const each of owned(call)) {
      const again = given.some(({ key }) => key === each.attributes.key);
      if (replace || again) call.world.remove(each);
    }
    for (const attributes of given) call.world.add("tag-bindings", { attributes, owners: [owner] });
    return list(call);
  };
  const paths = [`/${type}/{id}/tag-bindings`, `/${type}/{id}/relationships/tag-bindings`];
  return paths.flatMap((template) => [
    { method: "GET", template, handle: list },
    { method: "POST", template, handle: put(false) },
    // The plain path adds and updates; the relationship is replaced as a whole.
    { method: "PATCH", template, handle: put(template.includes("/relationships/")) },
  ]);
}

function bindingIn(entry: JsonObject): { readonly key: string; readonly value: string } {
  const attributes = isObject(entry.attributes) ? entry.attributes : {};
  const { key, value } = attributes;
  if (typeof key !== "string" || key === "") throw invalidRequest("a tag binding needs a key");
  return { key, value: typeof value === "string" ? value : "" };
}

function effective(call: Call): Answer {
  const workspace = resourceIn(call, "workspaces");
  const project = related(call.world, workspace, "project");
  const inherited = project === undefined ? [] : call.world.ownedBy(project, "tag-bindings");
  return whole(call, [...call.world.ownedBy(workspace, "tag-bindings"), ...inherited]);
}

export const TAG_ROUTES: readonly Route[] = [
  { method: "GET", template: TAGS, handle: listTags },
  { method: "POST", template: TAGS, handle: addTags },
  { method: "DELETE", template: TAGS, handle: removeTags },
  listRoute("/organizations/{organization}/tags", "tags", IN_ORGANIZATION),
  { method: "DELETE", template: "/organizations/{organization}/tags", handle: deleteTags },
  ...bindingRoutes("workspaces"),
  ...bindingRoutes("projects"),
  { method: "GET", template: "/workspaces/{id}/effective-tag-bindings", handle: effective },
];
