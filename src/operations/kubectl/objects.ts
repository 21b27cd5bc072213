// The objects of a manifest.
//
// B1 Every document counts, and every item of every list, however deep: what has `items` is a list to
//    kubectl, whatever it calls itself.
// B2 An object says what it is (apiVersion, kind) and how it is called. What the cluster would find a
//    name for (`generateName`) is another object each time, and is refused.
// B3 All of them are in the one namespace that the call is for, or in none.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { KubernetesObject } from "../../policy/operation.ts";
import { type Danger, dangerOf } from "./dangers.ts";
import { listIn, objectIn, textIn } from "./json.ts";
import { type FoundKind, kindOfObject } from "./kinds.ts";
import { type Json, type JsonObject, readDocuments } from "./manifest.ts";
import { checkedName } from "./names.ts";

export interface ManifestObject {
  readonly object: KubernetesObject;
  /** As in the manifest: `Deployment`. */
  readonly kind: string;
  /** All of it. */
  readonly body: JsonObject;
  /** What applying it may do beyond a change. */
  readonly danger?: Danger;
}

const MOST_OBJECTS = 200;
const MOST_LISTS = 8;

/**
 * The objects of a manifest's text, lists flattened, in its order.
 *
 * @throws Failure `unreadable-yaml`, `unusable-manifest`, `unusable-name`
 */
export function objectsIn(text: string, namespace: string): readonly ManifestObject[] {
  const bodies = readDocuments(text, "the manifest").flatMap((each) => flattened(each, 0));
  if (bodies.length === 0)
    throw unusable("it holds no object", "give the manifest's content itself: no path, no URL");
  if (bodies.length > MOST_OBJECTS)
    throw unusable(`it holds more than ${MOST_OBJECTS} objects`, "apply it in parts");
  const objects = bodies.map((each) => objectOf(each, namespace));
  refuseTwice(objects);
  return objects;
}

function flattened(document: Json, depth: number): JsonObject[] {
  const body = objectIn(document);
  if (body === undefined)
    throw unusable(
      "a document of it is no object",
      "give the manifest's content itself: no path, no URL",
    );
  if (!("items" in body)) return [body];
  const items = listIn(body.items);
  const kind = textIn(body.kind) ?? "";
  if (items === undefined || !kind.endsWith("List"))
    throw unusable(`${kind || "an object"} holds items and is no list`, "write a List of objects");
  if (depth === MOST_LISTS) throw unusable("its lists are nested too deeply", "flatten them");
  return items.flatMap((each) => flattened(each, depth + 1));
}

function objectOf(body: JsonObject, namespace: string): ManifestObject {
  const apiVersion = textIn(body.apiVersion);
  const kind = textIn(body.kind);
  if (apiVersion === undefined || !/^([a-z0-9.-]+\/)?v[a-z0-9]+$/.test(apiVersion))
    throw unusable(`${kind ?? "an object"} has no usable apiVersion`, "write one: apps/v1");
  if (kind === undefined || !/^[A-Z][A-Za-z0-9]*$/.test(kind))
    throw unusable("an object of it has no usable kind", "write one: Deployment");
  const metadata = objectIn(body.metadata) ?? {};
  if ("generateName" in metadata)
    throw unusable(
      `${kind}: generateName makes another object each time`,
      "give it a name: metadata.name",
    );
  const name = textIn(metadata.name);
  if (name === undefined) throw unusable(`${kind} has no name`, "give it one: metadata.name");
  const found = kindOfObject(apiVersion, kind);
  checkedName(name, found.kind);
  const where = namespaceOf(`${kind} ${name}`, metadata, found, namespace);
  const object = {
    class: found.class,
    name,
    ...(where === undefined ? {} : { namespace: where }),
  };
  const danger = dangerOf({ ...object, body });
  return { object, kind, body, ...(danger === undefined ? {} : { danger }) };
}

/** Where the object is (B3); undefined for what has none. */
function namespaceOf(
  what: string,
  metadata: JsonObject,
  { kind }: FoundKind,
  namespace: string,
): string | undefined {
  const own = metadata.namespace;
  if (own === undefined || own === null || own === "")
    return kind?.namespaced === false ? undefined : namespace;
  if (kind?.namespaced === false)
    throw unusable(`${what} is in no namespace`, "leave out its metadata.namespace");
  if (own === namespace) return namespace;
  throw unusable(
    `${what} says that it is in namespace ${JSON.stringify(own)}, and the call is for ${JSON.stringify(namespace)}`,
    "apply what is in another namespace by a call of its own, with that namespace",
  );
}

/** The last of two would win: a person would have read both. */
function refuseTwice(objects: readonly ManifestObject[]): void {
  const seen = new Set<string>();
  for (const { object, kind, body } of objects) {
    const group = object.class === "unknown" ? (body.apiVersion ?? null) : null;
    const key = JSON.stringify([object.class, kind, group, object.name, object.namespace ?? null]);
    if (seen.has(key)) throw unusable(`${kind} ${object.name} is in it twice`, "leave one out");
    seen.add(key);
  }
}

function unusable(why: string, fix: string): Failure {
  return new Failure("unusable-manifest", `the manifest: ${why}`, { exitCode: EXIT.usage, fix });
}
