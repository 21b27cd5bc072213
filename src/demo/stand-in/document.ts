// JSON:API documents from stored resources.

import { type Answer, Refusal } from "./answer.ts";
import type { Call } from "./call.ts";
import { derive } from "./derived.ts";
import { paginate } from "./pagination.ts";
import type { Json, JsonObject, Related, Resource } from "./resource.ts";
import { refsIn, refTo, textOf } from "./resource.ts";
import { organizationOf, type World } from "./world.ts";

/** Relationships that the API only links to. */
const LINKED_ONLY: Readonly<Record<string, readonly string[]>> = {
  workspaces: ["remote-state-consumers", "tags"],
};

/** Attributes that are written and never shown. */
const HIDDEN: Readonly<Record<string, readonly string[]>> = { "ssh-keys": ["value"] };

/** What `include` may name; a type that is not listed takes the names of its relationships. */
const INCLUDABLE: Readonly<Record<string, readonly string[]>> = {
  workspaces:
    "organization project current-run current-run.plan current-run.configuration-version current-configuration-version current-state-version locked-by outputs readme agent-pool effective-tag-bindings".split(
      " ",
    ),
  runs: "plan apply created-by cost-estimate configuration-version workspace".split(" "),
  teams: ["users", "organization-memberships"],
  varsets: ["vars", "workspaces", "projects"],
  "state-versions": ["created-by", "run", "run.created-by", "run.configuration-version", "outputs"],
};

const INVALID_INCLUDE = "Invalid include parameter";

/** Answers with one resource. */
export function one(call: Call, resource: Resource, status = 200): Answer {
  const included = includedFor(call, [resource]);
  return { status, body: { data: show(call.world, resource), ...included } };
}

/** Answers with one page of a list. `counts`: the numbers some lists add of what there is at all. */
export function page(call: Call, matching: readonly Resource[], total?: number): Answer {
  const { items, links, pagination } = paginate(call, matching);
  const counts = { "status-counts": { total: total ?? 0, matching: matching.length } };
  return {
    status: 200,
    body: {
      data: items.map((each) => show(call.world, each)),
      links,
      meta: { ...(total === undefined ? {} : counts), pagination },
      ...includedFor(call, items),
    },
  };
}

/** Answers with a whole list: variables and tag bindings are not paginated and have no meta. */
export function whole(call: Call, resources: readonly Resource[]): Answer {
  return { status: 200, body: { data: resources.map((each) => show(call.world, each)) } };
}

/** The resource as the API shows it. */
export function show(world: World, resource: Resource): JsonObject {
  const derived = derive(world, resource);
  const relationships = { ...resource.relationships, ...derived.relationships };
  return {
    id: resource.id,
    type: resource.type,
    attributes: withoutHidden(resource.type, { ...resource.attributes, ...derived.attributes }),
    relationships: Object.fromEntries(
      Object.entries(relationships).map(([name, value]) => [name, relation(resource, name, value)]),
    ),
    links: { self: selfLink(resource) },
  };
}

function withoutHidden(type: string, attributes: JsonObject): JsonObject {
  const hidden = HIDDEN[type];
  return hidden === undefined
    ? attributes
    : Object.fromEntries(Object.entries(attributes).filter(([name]) => !hidden.includes(name)));
}

function relation(resource: Resource, name: string, value: Related): JsonObject {
  if (LINKED_ONLY[resource.type]?.includes(name) === true) {
    const path = `/api/v2/${resource.type}/${resource.id}/relationships/${name}`;
    return { links: { related: path } };
  }
  const data: Json =
    value === null
      ? null
      : "id" in value
        ? { ...refTo(value) }
        : refsIn(value).map((ref) => ({ ...ref }));
  return { data };
}

function selfLink(resource: Resource): string {
  const organization = organizationOf(resource);
  return resource.type === "workspaces" && organization !== undefined
    ? `/api/v2/organizations/${organization}/workspaces/${encodeURIComponent(textOf(resource, "name"))}`
    : `/api/v2/${resource.type}/${resource.id}`;
}

function includedFor(call: Call, resources: readonly Resource[]): { included?: Json } {
  const wanted = call.query.get("include");
  if (wanted === null || wanted === "") return {};
  const found = new Map<string, Resource>();
  for (const name of wanted.split(",")) {
    const path = name.trim().replaceAll("_", "-");
    for (const each of resources) follow(call.world, each, path, found);
  }
  return { included: [...found.values()].map((each) => show(call.world, each)) };
}

function follow(
  world: World,
  resource: Resource,
  path: string,
  found: Map<string, Resource>,
): void {
  const relationships = { ...resource.relationships, ...derive(world, resource).relationships };
  const allowed = INCLUDABLE[resource.type] ?? Object.keys(relationships);
  if (!allowed.includes(path)) throw new Refusal(400, INVALID_INCLUDE, path);
  const [name = "", ...rest] = path.split(".");
  for (const ref of refsIn(relationships[name])) {
    const target = world.get(ref.type, ref.id);
    if (target === undefined) continue;
    found.set(`${ref.type} ${ref.id}`, target);
    if (rest.length > 0) follow(world, target, rest.join("."), found);
  }
}
