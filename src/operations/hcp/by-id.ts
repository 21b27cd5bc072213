// Requests that name their target are made by its id.
//
// I1 A name can be given to another workspace after it was looked up, or while a person reads the
//    question; an id cannot. What is decided on, shown and sent is the workspace that had the name.

import { at } from "./json.ts";
import type { LookUps } from "./look-ups.ts";
import type { RouteMatch } from "./route-table.ts";
import { silently } from "./settings.ts";

/** The same request's path by id; undefined where it has none, or the look-up does not tell. */
export async function pathById(
  { route, values }: RouteMatch,
  lookUps: LookUps,
): Promise<string | undefined> {
  if (route.byId === undefined) return undefined;
  const [organization, name] = values.map(([, value]) => encodeURIComponent(value));
  const path = `/organizations/${organization}/workspaces/${name}`;
  const id = at(await silently(() => lookUps.get(path)), "data", "id");
  if (typeof id !== "string" || !/^ws-[A-Za-z0-9]+$/.test(id)) return undefined;
  return `/api/v2${route.byId.replace("{workspace_id}", id)}`;
}
