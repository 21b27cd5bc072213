// The URL of one request below the API's address.
//
// U1 What goes out is, byte for byte, the path and query that were decided on. The URL parser
//    resolves dot segments and rewrites characters; a path that it would change is refused.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";

/** Where the API's paths begin; its documents name resources below it. */
export const API_ROOT = "/api/v2";

export type Query = readonly (readonly [name: string, value: string])[];

/**
 * @param path starts with `/api/`, percent-encoded
 * @throws Failure `path-not-canonical` or `query-not-canonical`
 */
export function apiUrl(baseUrl: URL, path: string, query: Query): URL {
  const broken = query.flat().find((text) => /\p{Surrogate}/u.test(text));
  if (broken !== undefined) throw notCanonical("query", broken);
  const url = new URL(baseUrl.origin);
  url.pathname = path;
  const search = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
  url.search = search;
  const exact = url.pathname === path && url.search === (search === "" ? "" : `?${search}`);
  if (exact && path.startsWith("/api/") && url.origin === baseUrl.origin) return url;
  throw notCanonical("path", path);
}

function notCanonical(part: "path" | "query", text: string): Failure {
  const message = `not a canonical API ${part}: ${JSON.stringify(text)}`;
  const fix = "write it without dot segments, and percent-encode what needs it";
  return new Failure(`${part}-not-canonical`, message, { exitCode: EXIT.usage, fix });
}

// encodeURIComponent leaves the quote alone, which the URL parser then encodes.
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("'", "%27");
}
