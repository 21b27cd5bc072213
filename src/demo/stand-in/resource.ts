// What the stand-in's world is made of: JSON:API resources, and nothing else.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** A JSON:API resource identifier. */
export interface Ref {
  readonly type: string;
  readonly id: string;
}

export type Related = Ref | readonly Ref[] | null;

/** One resource as it is stored. What the API derives (counts, permissions) is added when shown. */
export interface Resource {
  readonly type: string;
  readonly id: string;
  attributes: Record<string, Json>;
  relationships: Record<string, Related>;
  /** Deleting any of these deletes this resource too. */
  readonly owners: readonly Ref[];
}

/** The identifier of a resource, and nothing more of it. */
export function refTo(resource: Ref): Ref {
  return { type: resource.type, id: resource.id };
}

/** All identifiers of a relationship, whether it is to one, to many or to none. */
export function refsIn(related: Related | undefined): readonly Ref[] {
  if (related === undefined || related === null) return [];
  return "id" in related ? [related as Ref] : (related as readonly Ref[]);
}

/** The attribute as text; the empty string when it is absent or not text. */
export function textOf(resource: Resource, attribute: string): string {
  const value = resource.attributes[attribute];
  return typeof value === "string" ? value : "";
}
