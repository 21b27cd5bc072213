// What a caller tells a session host of a deletion.

import type { OperationSummary } from "../../src/session/protocol/messages.ts";
import { RESOURCE_CLASSES, type ResourceClass } from "../../src/policy/resource-class.ts";

/** The summary of an honest delete of that class. */
export function operationOn(
  hostname: string,
  resourceClass: ResourceClass,
  items = 1,
  path = `/api/v2/${resourceClass}/x-1`,
): OperationSummary {
  const { reversibility } = RESOURCE_CLASSES[resourceClass];
  return {
    title: "Delete it",
    method: "DELETE",
    path,
    hostname,
    resourceClass,
    reversibility,
    resource: `${hostname} ${path}`,
    items,
  };
}
