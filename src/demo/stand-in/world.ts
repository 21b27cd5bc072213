// The stand-in's memory.
//
// W1 Deleting a resource deletes what it owns, and every relationship to what is gone.
// W2 A resource that is recreated under the same name has another identifier.

import { Identifiers } from "./identifiers.ts";
import type { Json, Ref, Related, Resource } from "./resource.ts";
import { refsIn, refTo, textOf } from "./resource.ts";

export interface NewResource {
  /** Given only where the API uses a name as the identifier (organizations). */
  readonly id?: string;
  readonly attributes?: Readonly<Record<string, Json>>;
  readonly relationships?: Readonly<Record<string, Related>>;
  readonly owners?: readonly Ref[];
}

/** Everything that exists on one stand-in. Tests read it to see what a request really did. */
export class World {
  readonly #tables = new Map<string, Map<string, Resource>>();
  readonly #identifiers = new Identifiers();
  readonly #now: () => number;
  /** `hold` leaves new runs planning, and cancelled ones too, until somebody finishes them. */
  plans: "finish" | "hold" = "finish";

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** RFC 3339 with milliseconds, as the API writes it. */
  timestamp(millisecondsAgo = 0): string {
    return new Date(this.#now() - millisecondsAgo).toISOString();
  }

  add(type: string, given: NewResource = {}): Resource {
    const resource: Resource = {
      type,
      id: given.id ?? this.#identifiers.next(type),
      attributes: { ...given.attributes },
      relationships: { ...given.relationships },
      owners: (given.owners ?? []).map(refTo),
    };
    this.#table(type).set(resource.id, resource);
    return resource;
  }

  get(type: string, id: string): Resource | undefined {
    return this.#tables.get(type)?.get(id);
  }

  has(ref: Ref): boolean {
    return this.get(ref.type, ref.id) !== undefined;
  }

  /** In the order in which they were made. */
  all(type: string): readonly Resource[] {
    return [...(this.#tables.get(type)?.values() ?? [])];
  }

  ownedBy(owner: Ref, type: string): readonly Resource[] {
    return this.all(type).filter((each) => isOwner(each, owner));
  }

  /** By name within one organization; by name alone where the type has none. */
  named(type: string, name: string, organization?: string): Resource | undefined {
    return this.all(type).find(
      (each) =>
        textOf(each, "name") === name &&
        (organization === undefined || organizationOf(each) === organization),
    );
  }

  /** W1 */
  remove(resource: Ref): void {
    this.#tables.get(resource.type)?.delete(resource.id);
    for (const table of this.#tables.values()) {
      for (const other of [...table.values()]) {
        if (isOwner(other, resource)) this.remove(other);
        else forget(other, resource);
      }
    }
  }

  rename(resource: Resource, name: string): void {
    resource.attributes.name = name;
  }

  /** W2: what it owned is gone, what was said of it stays. */
  recreate(resource: Resource): Resource {
    const { type, attributes, relationships, owners } = structuredClone(resource);
    this.remove(resource);
    return this.add(type, { attributes, relationships, owners });
  }

  #table(type: string): Map<string, Resource> {
    const found = this.#tables.get(type) ?? new Map<string, Resource>();
    this.#tables.set(type, found);
    return found;
  }
}

/** The organization that a resource belongs to; undefined for what has none of its own. */
export function organizationOf(resource: Resource): string | undefined {
  return refsIn(resource.relationships.organization)[0]?.id;
}

/** The resource behind a to-one relationship, where there is one. */
export function related(world: World, resource: Resource, name: string): Resource | undefined {
  const ref = refsIn(resource.relationships[name])[0];
  return ref === undefined ? undefined : world.get(ref.type, ref.id);
}

function isOwner(resource: Resource, owner: Ref): boolean {
  return resource.owners.some((each) => same(each, owner));
}

function forget(resource: Resource, gone: Ref): void {
  for (const [name, value] of Object.entries(resource.relationships)) {
    if (!refsIn(value).some((each) => same(each, gone))) continue;
    const rest = refsIn(value).filter((each) => !same(each, gone));
    resource.relationships[name] = Array.isArray(value) ? rest : null;
  }
}

function same(one: Ref, other: Ref): boolean {
  return one.type === other.type && one.id === other.id;
}
