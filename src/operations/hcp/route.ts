// What one row of the route table says.

import type { ResourceClass } from "../../policy/resource-class.ts";
import type { RuleName } from "./rules.ts";

/** Something else that the same request destroys when its rule says so. */
export interface AlsoRow {
  readonly class: ResourceClass;
  readonly rule: RuleName;
  /** In the imperative. */
  readonly title: string;
}

/** A relationship that a PATCH body may replace as a whole: its class, and where it is listed. */
export type LinkRow = readonly [linkClass: ResourceClass, list?: string];

export interface RouteOptions {
  /** What the request destroys. With a `rule`: what it destroys when the rule says so. */
  readonly class?: ResourceClass;
  /** Decides from the body, and from look-ups, whether this very request destroys. */
  readonly rule?: RuleName;
  /** What else it may destroy. */
  readonly also?: readonly AlsoRow[];
  /** In the imperative; of a request that destroys. The operation's name says it where absent. */
  readonly title?: string;
  /** The body lists what goes: each entry of `data` is one deletion. */
  readonly bulk?: true;
  /** The body lists what stays: each member that the list at this template has now may go. */
  readonly replaces?: string;
  /** To-many relationships that the body may replace, by name. */
  readonly links?: Readonly<Record<string, LinkRow>>;
  /** The path names a workspace; the same request with its id. */
  readonly byId?: string;
  /** The body is a file, not JSON. */
  readonly body?: "raw";
}

/** Template: below /api/v2, or from /api/ where the request lives elsewhere. */
export type RouteRow = readonly [
  method: string,
  template: string,
  name: string,
  options?: RouteOptions,
];

export interface Route extends RouteOptions {
  readonly method: string;
  readonly template: string;
  /** The API's own name for the operation: `deleteWorkspace`. */
  readonly name: string;
}
