// One request as a route sees it, and the ways to read it. What is missing or misshapen is refused
// here, so that routes work with what they asked for.

import { invalidRequest, notFound } from "./answer.ts";
import type { Json, JsonObject, Ref, Resource } from "./resource.ts";
import type { World } from "./world.ts";

export interface Call {
  readonly world: World;
  /** `http://127.0.0.1:1234`: pagination links are absolute. */
  readonly origin: string;
  /** The path as sent, with its prefix, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
}

/** What the placeholder was filled with, decoded. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw notFound();
  return value;
}

/** The resource whose identifier fills the placeholder; "not found" when there is none. */
export function resourceIn(call: Call, type: string, placeholder = "id"): Resource {
  const found = call.world.get(type, param(call, placeholder));
  if (found === undefined) throw notFound();
  return found;
}

/** Names are looked for without regard to case only where the API says so; here they are exact. */
export function namedIn(call: Call, type: string, placeholder = "name"): Resource {
  const organization = resourceIn(call, "organizations", "organization");
  const found = call.world.named(type, param(call, placeholder), organization.id);
  if (found === undefined) throw notFound();
  return found;
}

/** Whether it is a JSON object, neither null nor a list. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `data` of a body that holds one resource. */
export function dataIn(call: Call): JsonObject {
  const data = isObject(call.body) ? call.body.data : undefined;
  if (!isObject(data)) throw invalidRequest("the body must be a JSON:API document with data");
  return data;
}

/** `data.attributes`; empty when the body has none. */
export function attributesIn(call: Call): JsonObject {
  const attributes = dataIn(call).attributes;
  return isObject(attributes) ? attributes : {};
}

/** A text attribute that the API cannot do without. */
export function requiredText(call: Call, attribute: string): string {
  const value = attributesIn(call)[attribute];
  if (typeof value !== "string" || value === "") {
    throw invalidRequest(`data.attributes.${attribute} is required`);
  }
  return value;
}

/** The identifier in a to-one relationship of the body; undefined when the body names none. */
export function relationIn(call: Call, name: string): Ref | undefined {
  const relationships = dataIn(call).relationships;
  const relation = isObject(relationships) ? relationships[name] : undefined;
  const data = isObject(relation) ? relation.data : undefined;
  return isObject(data) ? refFrom(data) : undefined;
}

/** The resource that a to-one relationship of the body names. */
export function relatedIn(call: Call, name: string, type: string): Resource {
  const ref = relationIn(call, name);
  if (ref === undefined) throw invalidRequest(`data.relationships.${name} is required`);
  const found = call.world.get(type, ref.id);
  if (found === undefined) throw notFound();
  return found;
}

/** `data` of a bulk body: one entry for each resource that it means. */
export function entriesIn(call: Call): readonly JsonObject[] {
  const data = isObject(call.body) ? call.body.data : undefined;
  if (!Array.isArray(data) || !data.every(isObject)) {
    throw invalidRequest("the body must be a JSON:API document whose data is a list");
  }
  return data;
}

/** The identifier in an entry; undefined when it lacks its type or its id. */
export function refFrom(entry: JsonObject): Ref | undefined {
  const { type, id } = entry;
  return typeof type === "string" && typeof id === "string" ? { type, id } : undefined;
}
