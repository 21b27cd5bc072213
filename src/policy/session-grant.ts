// What a session grant covers. The session host asks this from its own memory; `explain` asks it
// of a grant that does not exist yet.
//
// G1 A class that is granted by name covers any resource of that class, and no other class.
// G2 A wildcard covers a resource only if its class is known and this resource is reversible.
// G3 A class that is unknown is never covered; nor are those of commands, plans and clusters.
// G4 A grant is for one hostname, and for one organization where it names one.

import type { Operation, Reversibility } from "./operation.ts";
import {
  isResourceClass,
  isUngrantable,
  RESOURCE_CLASSES,
  type ResourceClass,
} from "./resource-class.ts";

/** What a person granted when the session was started. */
export interface SessionGrant {
  /** Lower case, with a port where it is not the default. */
  readonly hostname: string;
  readonly organization?: string;
  readonly classes: readonly ResourceClass[];
  /** `reversible` or `all` was among the classes. */
  readonly wildcard: boolean;
  /** How many deletions the session may do in all; undefined: no limit. */
  readonly maxDeletes?: number;
}

/** The part of an operation that decides whether a session grant covers it. */
export interface GrantQuery {
  readonly resourceClass: Operation["resourceClass"];
  readonly reversibility: Reversibility;
  readonly hostname: string;
  readonly organization?: string;
}

/** Facts that only a read of the target can bring. */
export type LookUpNeed = "reversibility" | "organization";

export type Coverage =
  | { readonly covered: "yes"; readonly by: "name" | "wildcard" }
  | { readonly covered: "look-up"; readonly needs: readonly LookUpNeed[] }
  | {
      readonly covered: "no";
      readonly reason:
        | "unknown-class"
        | "other-hostname"
        | "other-organization"
        | "class-not-granted"
        | "not-reversible";
    };

/** Says whether `grant` covers `query`, or which look-ups would tell. Total and pure. */
export function coverage(grant: SessionGrant, query: GrantQuery): Coverage {
  const { resourceClass } = query;
  if (resourceClass === "unknown") return { covered: "no", reason: "unknown-class" };
  if (isUngrantable(resourceClass)) return { covered: "no", reason: "class-not-granted" };
  if (!isResourceClass(resourceClass)) return { covered: "no", reason: "unknown-class" };
  if (query.hostname !== grant.hostname) return { covered: "no", reason: "other-hostname" };
  const needs: LookUpNeed[] = [];
  if (grant.organization !== undefined) {
    if (query.organization === undefined) needs.push("organization");
    else if (query.organization !== grant.organization)
      return { covered: "no", reason: "other-organization" };
  }
  const byName = grant.classes.includes(resourceClass);
  if (!byName) {
    if (!grant.wildcard) return { covered: "no", reason: "class-not-granted" };
    if (query.reversibility === "irreversible") return { covered: "no", reason: "not-reversible" };
    if (query.reversibility === "depends") needs.push("reversibility");
  }
  if (needs.length > 0) return { covered: "look-up", needs };
  return { covered: "yes", by: byName ? "name" : "wildcard" };
}

/** The part of an operation that a grant looks at. */
export function grantQuery(operation: Operation): GrantQuery {
  const { organization, hostname } = operation.target;
  return {
    resourceClass: operation.resourceClass,
    reversibility: operation.reversibility,
    hostname,
    ...(organization === undefined ? {} : { organization }),
  };
}

/** How one class stands under a grant, before any resource is known. */
export type ClassStanding = "allowed" | "depends" | "refused";

/** The standing of a class: what `explain --allow-delete` prints and `harness exec --dry-run` too. */
export function classStanding(
  grant: Pick<SessionGrant, "classes" | "wildcard">,
  resourceClass: ResourceClass,
): ClassStanding {
  if (grant.classes.includes(resourceClass)) return "allowed";
  if (!grant.wildcard) return "refused";
  const { reversibility } = RESOURCE_CLASSES[resourceClass] as { reversibility: Reversibility };
  if (reversibility === "irreversible") return "refused";
  return reversibility === "depends" ? "depends" : "allowed";
}

/**
 * Splits the classes that a session inside a session asks for into those that the outer one could
 * ever cover and the rest. The outer host decides each deletion again; this keeps promises honest.
 */
export function narrow(
  inner: readonly ResourceClass[],
  outer: Pick<SessionGrant, "classes" | "wildcard">,
): { readonly kept: ResourceClass[]; readonly dropped: ResourceClass[] } {
  const possible = (name: ResourceClass) => classStanding(outer, name) !== "refused";
  return { kept: inner.filter(possible), dropped: inner.filter((name) => !possible(name)) };
}
