// What the request's own body says. It is what somebody asks for, never what was looked up.

import type { HcpOperation } from "../../policy/operation.ts";
import { at, objects, type Ref, ref, type Resource } from "./json-api.ts";

/** The body as JSON; undefined where there is none, or none that is JSON. */
export function bodyOf({ request }: HcpOperation): unknown {
  if (request.body === undefined) return undefined;
  try {
    return JSON.parse(request.body);
  } catch {
    return undefined;
  }
}

/** The attributes that the body sets, by name. */
export function bodyAttribute(operation: HcpOperation, name: string): unknown {
  return at(bodyOf(operation), "data", "attributes", name);
}

/** What a to-one relationship of the body leads to. */
export function bodyRef(operation: HcpOperation, relationship: string): Ref | undefined {
  return ref(at(bodyOf(operation), "data", "relationships", relationship, "data"));
}

/** The entries of a body that is a list. */
export function bodyItems(operation: HcpOperation): readonly Resource[] {
  return objects(at(bodyOf(operation), "data"));
}
