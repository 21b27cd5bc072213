// A table of routes, and the one place that reads paths.

import type { Answer } from "./answer.ts";
import { Refusal } from "./answer.ts";
import type { Call } from "./call.ts";

export type Handler = (call: Call) => Answer;

export interface Route {
  readonly method: string;
  /** Below the API root: `/workspaces/{id}/vars`. */
  readonly template: string;
  readonly handle: Handler;
}

export interface Matched {
  readonly handle: Handler;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request. The first match wins. */
export class Router {
  readonly #routes: readonly { readonly route: Route; readonly segments: readonly string[] }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, segments: route.template.split("/") }));
  }

  /** `path` is below the API root and still percent-encoded. */
  find(method: string, path: string): Matched | undefined {
    const segments = path.split("/").map(decoded);
    for (const { route, segments: template } of this.#routes) {
      if (route.method !== method) continue;
      const params = fill(template, segments);
      if (params !== undefined) return { handle: route.handle, params };
    }
    return undefined;
  }
}

function fill(
  template: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, wanted] of template.entries()) {
    const given = segments[index] ?? "";
    if (wanted.startsWith("{")) {
      if (given === "") return undefined;
      params[wanted.slice(1, -1)] = given;
    } else if (wanted !== given) {
      return undefined;
    }
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, "bad request", "the path is not percent-encoded UTF-8");
  }
}
