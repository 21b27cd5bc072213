// What only look-ups can tell about an operation: whether this very resource could be recreated,
// and which organization it belongs to.
//
// V1 A look-up that fails, is denied, or answers in another shape leaves it irreversible, and the
//    reason says so.
// V2 What a class says is final, unless it says "depends".

import { isHarmless, type HcpOperation } from "../../policy/operation.ts";
import { RESOURCE_CLASSES } from "../../policy/resource-class.ts";
import { resourceAt } from "./documents.ts";
import { at } from "./json.ts";
import type { LookUps } from "./look-ups.ts";
import { OBSTACLES } from "./obstacles.ts";

export interface ResolvedReversibility {
  readonly reversibility: "reversible" | "irreversible";
  /** One clause, no full stop. */
  readonly because: string;
}

/** Whether what this operation destroys could be recreated. Never throws. */
export async function resolveReversibility(
  operation: HcpOperation,
  lookUps: LookUps,
): Promise<ResolvedReversibility> {
  if (isHarmless(operation)) return reversible("nothing is destroyed");
  if (operation.impact === "unknown" || operation.resourceClass === "unknown") {
    return irreversible("what it does is not known");
  }
  const { reversibility, because } = RESOURCE_CLASSES[operation.resourceClass];
  if (reversibility !== "depends") return { reversibility, because };
  const findObstacle = OBSTACLES[operation.resourceClass];
  if (!findObstacle) return irreversible("nothing can tell whether it could be recreated");
  try {
    const obstacle = await findObstacle(operation, lookUps);
    return obstacle === undefined
      ? reversible("a look-up found nothing that could not be recreated")
      : irreversible(obstacle);
  } catch (error) {
    const why = error instanceof Error ? error.message : "the answer is not understood";
    return irreversible(`a look-up failed: ${why}`);
  }
}

/**
 * The organization that the operation acts in: from the path, or from the resource that the path
 * starts with and what it belongs to. Undefined when neither tells. Never throws.
 */
export async function resolveOrganization(
  operation: HcpOperation,
  lookUps: LookUps,
): Promise<string | undefined> {
  if (operation.target.organization !== undefined) return operation.target.organization;
  const [, collection, id] = operation.target.path.split("/");
  const named = id === undefined ? workspaceInBody(operation) : `/${collection}/${id}`;
  try {
    return named === undefined ? undefined : await organizationOf(named, lookUps, 3);
  } catch {
    return undefined;
  }
}

/** Follows what the resource belongs to, at most `steps` times. */
async function organizationOf(
  path: string,
  lookUps: LookUps,
  steps: number,
): Promise<string | undefined> {
  const resource = await resourceAt(lookUps, path);
  const owner = (name: string) => at(resource, "relationships", name, "data", "id");
  const organization = owner("organization");
  if (typeof organization === "string") return organization;
  if (steps === 0) return undefined;
  for (const [name, collection] of OWNERS) {
    const id = owner(name);
    if (typeof id !== "string") continue;
    return organizationOf(`/${collection}/${encodeURIComponent(id)}`, lookUps, steps - 1);
  }
  return undefined;
}

const OWNERS = [
  ["workspace", "workspaces"],
  ["project", "projects"],
  ["team", "teams"],
  ["run", "runs"],
  ["configurable", "workspaces"],
  ["subscribable", "workspaces"],
] as const;

function workspaceInBody(operation: HcpOperation): string | undefined {
  const { body } = operation.request;
  if (body === undefined) return undefined;
  try {
    const id = at(JSON.parse(body), "data", "relationships", "workspace", "data", "id");
    return typeof id === "string" ? `/workspaces/${encodeURIComponent(id)}` : undefined;
  } catch {
    return undefined;
  }
}

function reversible(because: string): ResolvedReversibility {
  return { reversibility: "reversible", because };
}

function irreversible(because: string): ResolvedReversibility {
  return { reversibility: "irreversible", because };
}
