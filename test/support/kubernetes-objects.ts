// The objects of the stand-in of a cluster, and what requests do to them.

import { KINDS, versionOf } from "./kubernetes-kinds.ts";
import type { Asked, PlaceInApi } from "./kubernetes.ts";

// biome-ignore lint/suspicious/noExplicitAny: whatever JSON is sent
export type Json = any;

export interface StoredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [more: string]: Json;
}

interface Answer {
  readonly status: number;
  readonly body: Json;
}

export interface Objects {
  put(object: StoredObject): void;
  find(kind: string, name: string, namespace?: string): StoredObject | undefined;
  names(): string[];
  answer(asked: Asked, place: PlaceInApi): Answer;
}

const failure = (status: number, reason: string, message: string): Answer => ({
  status,
  body: { kind: "Status", apiVersion: "v1", status: "Failure", message, reason, code: status },
});

/** None at first. */
export function createObjects(): Objects {
  const all = new Map<string, StoredObject>();
  const keyOf = (kind: string, name: string, namespace = "") => `${kind}/${namespace}/${name}`;

  const put = (object: StoredObject) => {
    const { kind, metadata } = object;
    const isNamespaced = KINDS.find((each) => each.kind === kind)?.namespaced ?? true;
    const namespace = isNamespaced ? (metadata.namespace ?? "default") : undefined;
    const uid = `uid-${kind}-${metadata.name}`;
    const creationTimestamp = "2026-01-01T00:00:00Z";
    const given = { ...metadata, ...(namespace === undefined ? {} : { namespace }) };
    const whole = {
      ...object,
      metadata: { uid, creationTimestamp, ...given, resourceVersion: "1" },
    };
    all.set(keyOf(kind, metadata.name, namespace), whole);
  };

  function answer(asked: Asked, place: PlaceInApi): Answer {
    const { kind, namespace, name, subresource } = place;
    const isDry = asked.query.get("dryRun") === "All";
    if (asked.method === "POST") {
      const made = JSON.parse(asked.body) as StoredObject;
      const object = {
        ...made,
        metadata: { ...made.metadata, ...(namespace ? { namespace } : {}) },
      };
      if (!isDry) put(object);
      return { status: 201, body: object };
    }
    if (name === undefined) return { status: 200, body: list(asked, place) };
    const key = keyOf(kind.kind, name, namespace);
    const found = all.get(key);
    if (found === undefined) return failure(404, "NotFound", `${kind.plural} "${name}" not found`);
    if (subresource === "scale") return scale(found, asked);
    if (asked.method === "DELETE") {
      all.delete(key);
      return { status: 200, body: { kind: "Status", apiVersion: "v1", status: "Success" } };
    }
    if (asked.method === "PATCH" || asked.method === "PUT") {
      const given = JSON.parse(asked.body) as Json;
      const next = asked.method === "PUT" ? given : merged(found, given);
      if (!isDry) put(next);
      return { status: 200, body: next };
    }
    return { status: 200, body: found };
  }

  function list({ query }: Asked, { kind, namespace }: PlaceInApi): Json {
    const wanted = query.get("labelSelector");
    const isWanted = ({ metadata: { labels = {} } }: StoredObject) =>
      wanted === null ||
      wanted.split(",").every((each) => {
        const [label = "", value] = each.split("=");
        return labels[label] === value;
      });
    const items = [...all.values()].filter(
      (each) =>
        each.kind === kind.kind &&
        (namespace === undefined || each.metadata.namespace === namespace) &&
        isWanted(each),
    );
    return {
      kind: `${kind.kind}List`,
      apiVersion: versionOf(kind),
      metadata: { resourceVersion: "1" },
      items,
    };
  }

  function scale(found: StoredObject, asked: Asked): Answer {
    const { name, namespace } = found.metadata;
    if (asked.method !== "GET") {
      const { spec } = JSON.parse(asked.body) as Json;
      put({ ...found, spec: { ...found.spec, replicas: spec?.replicas ?? 0 } });
    }
    const { replicas } = all.get(keyOf(found.kind, name, namespace))?.spec ?? {};
    const body = {
      kind: "Scale",
      apiVersion: "autoscaling/v1",
      metadata: found.metadata,
      spec: { replicas },
      status: { replicas, selector: "" },
    };
    return { status: 200, body };
  }

  return {
    put,
    find: (kind, name, namespace) => {
      const isNamespaced = KINDS.find((each) => each.kind === kind)?.namespaced ?? true;
      return all.get(keyOf(kind, name, isNamespaced ? (namespace ?? "default") : undefined));
    },
    names: () => [...all.keys()].map((each) => each.replace("//", "/")).sort(),
    answer,
  };
}

/** A merge patch (RFC 7396): near enough to what kubectl sends for the kinds that it knows. */
function merged(target: Json, patch: Json): Json {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result = typeof target === "object" && target !== null ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith("$")) continue;
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}
