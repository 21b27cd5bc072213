// What is about to be done, fully resolved. A surface makes one through operations/, the gate
// decides on it, and the very same object is what an executor sends: nothing derives it again.

import type { ResourceClass } from "./resource-class.ts";

/** What the operation does to what it touches. `unknown` is treated as `destroy`. */
export type Impact = "read" | "change" | "destroy" | "unknown";

/**
 * Whether what is destroyed could be recreated from what was readable before. `depends` means that
 * only a look-up of this very resource can tell; until then it counts as irreversible.
 */
export type Reversibility = "reversible" | "irreversible" | "depends";

/** Where the operation acts: the hostname (with a port where one was given) and the resource. */
export interface Target {
  readonly hostname: string;
  /** Known only when the path names it or a look-up found it. */
  readonly organization?: string;
  /** The resource's path below the API root, canonical: `/workspaces/ws-8ZkQ`. */
  readonly path: string;
  /** What the path's last placeholder was filled with: an id or a name. Undefined for a collection. */
  readonly id?: string;
}

/** One HTTP request to HCP Terraform, exactly as it will be sent, less the credentials. */
export interface HcpRequest {
  /** Upper case. */
  readonly method: string;
  /** Starts with `/api/`, percent-encoded, canonical. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Lower-case names. Never holds credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes to send as UTF-8 text; JSON bodies are serialised again from our own parse. */
  readonly body?: string;
}

/** One request to act. It may be harmless. */
export interface Operation {
  readonly kind: "hcp";
  /** The API's own name for it (`deleteWorkspace`); undefined when no template matches the path. */
  readonly name?: string;
  /** What a person reads, in the imperative: `Delete workspace`. */
  readonly title: string;
  readonly impact: Impact;
  readonly resourceClass: ResourceClass | "unknown";
  readonly reversibility: Reversibility;
  /** How many deletions it stands for, at least 1: the entries of a bulk body. */
  readonly items: number;
  readonly target: Target;
  readonly request: HcpRequest;
}

const API_ROOT = "/api/v2";

/** A request's path as people type it: below the API root where it is there. */
export function typedPath(path: string): string {
  return path.startsWith(`${API_ROOT}/`) ? path.slice(API_ROOT.length) : path;
}

/** Whether the gate lets it through without any grant: reads and non-destructive changes. */
export function isHarmless(operation: Pick<Operation, "impact">): boolean {
  return operation.impact === "read" || operation.impact === "change";
}
