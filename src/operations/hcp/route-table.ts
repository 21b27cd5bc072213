// Which operation of HCP Terraform's API a request is. The table decides the class.
//
// T1 A class follows from a template, never from a position in the path: an organization called
//    `vars` does not make its token a variable.
// T2 Literal segments are compared exactly; a literal beats a placeholder, and a placeholder takes
//    over where the literal's branch has no such method or no such end.
// T3 A placeholder takes exactly one segment, which is never empty.
// The tree is built on first use and compares segments: a nested delete pays for its start.

import type { ResourceClass } from "../../policy/resource-class.ts";
import type { Route, RouteRow } from "./route.ts";
import { ACCESS } from "./routes/access.ts";
import { ADMINISTRATION } from "./routes/administration.ts";
import { ORGANIZATION_READS } from "./routes/organization-reads.ts";
import { ORGANIZATIONS } from "./routes/organizations.ts";
import { POLICIES } from "./routes/policies.ts";
import { PROJECTS } from "./routes/projects.ts";
import { READS } from "./routes/reads.ts";
import { REGISTRY } from "./routes/registry.ts";
import { RUNS } from "./routes/runs.ts";
import { SECURITY } from "./routes/security.ts";
import { STATE } from "./routes/state.ts";
import { VARIABLES } from "./routes/variables.ts";
import { WORKSPACES } from "./routes/workspaces.ts";

const ROWS: readonly (readonly RouteRow[])[] = [
  ACCESS,
  ADMINISTRATION,
  ORGANIZATIONS,
  POLICIES,
  PROJECTS,
  REGISTRY,
  RUNS,
  SECURITY,
  STATE,
  VARIABLES,
  WORKSPACES,
];

/** Every operation that is known. Templates are below /api/v2, or start with /api/. */
export const ROUTES: readonly Route[] = [
  ...ROWS.flat().map(([method, template, name, options]) => ({
    method,
    template,
    name,
    ...options,
  })),
  ...readRoutes(ORGANIZATION_READS),
  ...readRoutes(READS),
];

/** A route, and what the path fills its placeholders with: decoded, in the order of the path. */
export interface RouteMatch {
  readonly route: Route;
  readonly values: readonly (readonly [placeholder: string, value: string])[];
}

/**
 * The route of a request, or undefined when no template matches. The path is below /api/v2 or
 * starts with /api/; it is percent-encoded and has no query. The method is upper case.
 */
export function matchRoute(method: string, path: string): RouteMatch | undefined {
  tree ??= grow();
  const segments = decodedSegments(path);
  const route = segments && find(tree, segments, 0, method);
  if (!segments || !route) return undefined;
  const names = templateSegments(route.template);
  const values = names.flatMap((name, index) => {
    const value = segments[index];
    return name.startsWith("{") && value !== undefined ? [[name.slice(1, -1), value] as const] : [];
  });
  return { route, values };
}

/**
 * The class of what the route is about: of what it always destroys, else that of the DELETE with the
 * same template, where there is one. Reading or renaming a workspace is about `workspaces`.
 */
export function classOfRoute(route: Route): ResourceClass | undefined {
  if (route.class && route.rule === undefined) return route.class;
  return ROUTES.find((other) => other.method === "DELETE" && other.template === route.template)
    ?.class;
}

/** Every route that may destroy things of this class, whatever its body has to say for it. */
export function routesOfClass(resourceClass: ResourceClass): readonly Route[] {
  return ROUTES.filter(
    (route) =>
      route.class === resourceClass ||
      route.also?.some((also) => also.class === resourceClass) ||
      Object.values(route.links ?? {}).some(([linkClass]) => linkClass === resourceClass),
  );
}

interface Node {
  readonly literals: Map<string, Node>;
  placeholder?: Node;
  readonly routes: Map<string, Route>;
}

let tree: Node | undefined;

function grow(): Node {
  const root = leaf();
  for (const route of ROUTES) {
    let node = root;
    for (const segment of templateSegments(route.template)) node = child(node, segment);
    node.routes.set(route.method, route);
  }
  return root;
}

function leaf(): Node {
  return { literals: new Map(), routes: new Map() };
}

function child(node: Node, segment: string): Node {
  if (segment.startsWith("{")) {
    node.placeholder ??= leaf();
    return node.placeholder;
  }
  const known = node.literals.get(segment);
  if (known) return known;
  const made = leaf();
  node.literals.set(segment, made);
  return made;
}

function find(
  node: Node,
  path: readonly string[],
  from: number,
  method: string,
): Route | undefined {
  const segment = path[from];
  if (segment === undefined) return node.routes.get(method);
  const literal = node.literals.get(segment);
  const exact = literal && find(literal, path, from + 1, method);
  if (exact || !node.placeholder || segment === "") return exact;
  return find(node.placeholder, path, from + 1, method);
}

function templateSegments(template: string): string[] {
  return (template.startsWith("/api/") ? template : `/api/v2${template}`).split("/").slice(1);
}

function decodedSegments(path: string): string[] | undefined {
  try {
    return templateSegments(path).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function readRoutes(lines: string): Route[] {
  return lines
    .trim()
    .split("\n")
    .map((line) => {
      const [template = "", name = ""] = line.split(" ");
      return { method: "GET", template, name };
    });
}
