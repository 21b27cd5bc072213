// What a resource is set to now. Every answer here is "surely", or nothing: a look-up that fails, is
// denied, or is about another resource tells nothing.

import { at } from "./json.ts";
import type { LookUps } from "./look-ups.ts";

const ID = /^[A-Za-z0-9_-]+$/;

/** The document at the collection's path and a plain id, when it is about that very resource. */
export async function documentOf(
  lookUps: LookUps,
  collection: string,
  id: string | undefined,
  query = "",
): Promise<unknown> {
  if (id === undefined || !ID.test(id)) return undefined;
  const document = await silently(() => lookUps.get(`${collection}${id}${query}`));
  return at(document, "data", "id") === id ? document : undefined;
}

/** Whether the resource at `/collection/id` surely has this value in this attribute. */
export async function isSetTo(
  lookUps: LookUps,
  path: string,
  name: string,
  value: boolean | null,
): Promise<boolean> {
  const [, collection, id, ...more] = path.split("/");
  if (more.length > 0) return false;
  const document = await documentOf(lookUps, `/${collection}/`, id);
  return at(document, "data", "attributes", name) === value;
}

/** What the look-up answers; undefined when it fails. */
export async function silently(look: () => Promise<unknown>): Promise<unknown> {
  try {
    return await look();
  } catch {
    return undefined;
  }
}
