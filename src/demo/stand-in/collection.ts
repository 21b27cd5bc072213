// The routes that most resources have in common, so that each area's table holds only what is its
// own.

import { type Answer, invalidRequest, NO_CONTENT, notFound, Refusal } from "./answer.ts";
import { attributesIn, type Call, entriesIn, refFrom, requiredText, resourceIn } from "./call.ts";
import { one, page } from "./document.ts";
import type { Related, Resource } from "./resource.ts";
import { refsIn, refTo, textOf } from "./resource.ts";
import type { Route } from "./router.ts";

/** Where a list hangs: the placeholder in its path, and the type that it stands for. */
export interface Parent {
  readonly placeholder: string;
  readonly type: string;
  /** What the child calls its parent, when it shows it. */
  readonly relationship: string;
}

export const IN_ORGANIZATION: Parent = {
  placeholder: "organization",
  type: "organizations",
  relationship: "organization",
};

/** GET of the one that the path names by `{id}`. */
export function showRoute(template: string, type: string): Route {
  return { method: "GET", template, handle: (call) => one(call, resourceIn(call, type)) };
}

/** PATCH: the attributes of the body replace those of the same name. */
export function changeRoute(template: string, type: string): Route {
  return {
    method: "PATCH",
    template,
    handle: (call) => {
      const resource = resourceIn(call, type);
      Object.assign(resource.attributes, attributesIn(call));
      return one(call, resource);
    },
  };
}

/** DELETE, answered with 204. */
export function deleteRoute(template: string, type: string): Route {
  return { method: "DELETE", template, handle: (call) => removed(call, resourceIn(call, type)) };
}

/** Show, change and delete under one path. */
export function itemRoutes(template: string, type: string): readonly Route[] {
  return [showRoute(template, type), changeRoute(template, type), deleteRoute(template, type)];
}

/** A paginated list of what one parent owns; `q` and `filter[names]` narrow it by name. */
export function listRoute(template: string, type: string, parent: Parent): Route {
  return {
    method: "GET",
    template,
    handle: (call) => {
      const owner = resourceIn(call, parent.type, parent.placeholder);
      return page(call, byName(call, call.world.ownedBy(owner, type)));
    },
  };
}

/** Makes a resource below a parent. `required` attributes must be text. */
export function createRoute(
  template: string,
  type: string,
  parent: Parent,
  required: readonly string[] = [],
): Route {
  return {
    method: "POST",
    template,
    handle: (call) => {
      const owner = resourceIn(call, parent.type, parent.placeholder);
      for (const attribute of required) requiredText(call, attribute);
      return one(call, made(call, type, owner, parent.relationship), 201);
    },
  };
}

/** Makes a resource with the attributes of the body, owned by `owner`. */
export function made(call: Call, type: string, owner: Resource, relationship: string): Resource {
  return call.world.add(type, {
    attributes: { ...attributesIn(call), "created-at": call.world.timestamp() },
    relationships: { [relationship]: refTo(owner) },
    owners: [owner],
  });
}

/** Deletes the resource and answers 204. */
export function removed(call: Call, resource: Resource): Answer {
  call.world.remove(resource);
  return NO_CONTENT;
}

/** Reads, adds, replaces and removes the links of a to-many relationship, by identifier. */
export function linkRoutes(
  path: string,
  type: string,
  name: string,
  target: string,
): readonly Route[] {
  const template = `${path}/relationships/${name}`;
  const change = (
    next: (now: readonly string[], given: readonly string[]) => readonly string[],
  ) => {
    return (call: Call): Answer => {
      const resource = resourceIn(call, type);
      const ids = next(idsOf(resource.relationships[name]), idsIn(call, target));
      resource.relationships[name] = [...new Set(ids)].map((id) => ({ type: target, id }));
      return NO_CONTENT;
    };
  };
  return [
    {
      method: "GET",
      template,
      handle: (call) => page(call, linked(call, resourceIn(call, type), name)),
    },
    { method: "POST", template, handle: change((now, given) => [...now, ...given]) },
    { method: "PATCH", template, handle: change((_now, given) => given) },
    {
      method: "DELETE",
      template,
      handle: change((now, given) => now.filter((id) => !given.includes(id))),
    },
  ];
}

/** The resources behind a to-many relationship. */
export function linked(call: Call, resource: Resource, name: string): readonly Resource[] {
  return refsIn(resource.relationships[name])
    .map((ref) => call.world.get(ref.type, ref.id))
    .filter((each) => each !== undefined);
}

function idsOf(related: Related | undefined): readonly string[] {
  return refsIn(related).map((ref) => ref.id);
}

function idsIn(call: Call, target: string): readonly string[] {
  return entriesIn(call).map((entry) => {
    const ref = refFrom(entry);
    if (ref?.type !== target) throw invalidRequest(`each entry must be of type ${target}`);
    if (!call.world.has(ref)) throw notFound();
    return ref.id;
  });
}

/** `filter[names]` wins over `q`, as documented for projects and teams; neither minds case. */
export function byName(call: Call, resources: readonly Resource[]): readonly Resource[] {
  const names = call.query.get("filter[names]")?.toLowerCase().split(",");
  const part = call.query.get("q")?.toLowerCase();
  return resources.filter((each) => {
    const name = textOf(each, "name").toLowerCase();
    if (names !== undefined) return names.includes(name);
    return part === undefined || name.includes(part);
  });
}

/** A query parameter that a list cannot do without. */
export function requiredQuery(call: Call, name: string): string {
  const value = call.query.get(name);
  if (value === null || value === "") throw new Refusal(422, "missing parameter", name);
  return value;
}
