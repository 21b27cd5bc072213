// Operations as operations/ would make them, without a request behind them.

import type { HcpOperation } from "../../src/policy/operation.ts";
import { RESOURCE_CLASSES, type ResourceClass } from "../../src/policy/resource-class.ts";

/** A deletion of that class on `hostname`. */
export function deletion(
  resourceClass: ResourceClass | "unknown",
  hostname: string,
  more: Partial<HcpOperation> = {},
): HcpOperation {
  const isUnknown = resourceClass === "unknown";
  return {
    kind: "hcp",
    title: "Delete it",
    impact: isUnknown ? "unknown" : "destroy",
    resourceClass,
    reversibility: isUnknown ? "irreversible" : RESOURCE_CLASSES[resourceClass].reversibility,
    items: 1,
    target: { hostname, path: `/${resourceClass}/x-1`, id: "x-1" },
    request: { method: "DELETE", path: `/api/v2/${resourceClass}/x-1`, query: [], headers: {} },
    ...more,
  };
}
