// The names behind identifiers: a person knows `payments-dev`, the API's links hold `ws-8ZkQ`.

import { nameOf, type Ref } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { listed } from "./wording.ts";

/** How many are looked up by name; the rest is counted. */
const MOST_NAMES = 5;

/** Types whose resources are read at `/type/id`. */
const READABLE: ReadonlySet<string> = new Set([
  "agent-pools",
  "oauth-clients",
  "policies",
  "projects",
  "stacks",
  "tasks",
  "teams",
  "varsets",
  "workspaces",
]);

/** `web-dev, batch-dev and 3 more`; where a name cannot be looked up, the id. */
export async function namesBehind(
  look: Look,
  refs: readonly Ref[],
  total = refs.length,
): Promise<string> {
  const names = await Promise.all(refs.slice(0, MOST_NAMES).map((ref) => nameBehind(look, ref)));
  return listed(names, total);
}

/** The name of the resource, or its id where there is none to be had. */
export async function nameBehind(look: Look, ref: Ref): Promise<string> {
  if (!READABLE.has(ref.type)) return ref.id;
  const document = await look.related(`the name of ${ref.id}`, `/${ref.type}/${segment(ref.id)}`);
  return nameOf(document?.resource) ?? ref.id;
}
