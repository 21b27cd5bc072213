// Updates that replace a to-many relationship as a whole: members that the body leaves out are gone.
//
// L1 A PATCH or PUT with a list under `relationships` removes links. Their class comes from the
//    route's row; a relationship that the row does not name is unknown.
// L2 Every member that the relationship has now counts as one removal, because only the API knows
//    which of them the new list keeps. What cannot be counted is unknown.

import type { ResourceClass } from "../../policy/resource-class.ts";
import { plainName } from "./attributes.ts";
import { countOf } from "./documents.ts";
import { at, isObject, occurrences } from "./json.ts";
import type { LookUps } from "./look-ups.ts";
import type { LinkRow } from "./route.ts";
import type { RouteMatch } from "./route-table.ts";

export interface ReplacedLinks {
  readonly resourceClass: ResourceClass;
  /** At least 1. */
  readonly items: number;
}

/** What the body replaces; undefined when nothing, "unknown" when the table cannot tell. */
export async function replacedLinks(
  match: RouteMatch,
  body: unknown,
  lookUps: LookUps,
): Promise<ReplacedLinks | "unknown" | undefined> {
  const { method, links, class: own, rule } = match.route;
  // A row that destroys without a rule says itself what the request removes.
  const updates = method === "PATCH" || method === "PUT" || links !== undefined;
  if (!updates || (own !== undefined && rule === undefined)) return undefined;
  const names = listedRelationships(body);
  if (names.length === 0) return undefined;
  const rows = names.map((name) => rowOf(links, name));
  const [first] = rows;
  if (!first || rows.some((row) => row?.[0] !== first[0])) return "unknown";
  let items = 0;
  for (const [index, name] of names.entries()) {
    const size = await currentSize(match, name, rows[index]?.[1], lookUps);
    if (size === undefined) return "unknown";
    items += size;
  }
  return { resourceClass: first[0], items };
}

/** The members that the list at the template has now, at least 1; undefined when unreadable. */
export async function sizeOf(
  match: RouteMatch,
  template: string,
  lookUps: LookUps,
): Promise<number | undefined> {
  const filled = match.values.reduce(
    (path, [name, value]) => path.replace(`{${name}}`, encodeURIComponent(value)),
    template,
  );
  try {
    return Math.max(1, await countOf(lookUps, filled));
  } catch {
    return undefined;
  }
}

/** The names of the relationships that hold a list, wherever `relationships` stands. */
function listedRelationships(body: unknown): string[] {
  const blocks = occurrences(body, (name) => plainName(name) === "relationships");
  const names = blocks.flatMap(({ value }) =>
    isObject(value) ? Object.entries(value).filter(([, link]) => holdsList(link)) : [],
  );
  return [...new Set(names.map(([name]) => name))];
}

function holdsList(link: unknown): boolean {
  return Array.isArray(link) || (isObject(link) && Object.values(link).some(Array.isArray));
}

function rowOf(links: Readonly<Record<string, LinkRow>> | undefined, name: string) {
  return Object.entries(links ?? {}).find(([known]) => plainName(known) === plainName(name))?.[1];
}

async function currentSize(
  match: RouteMatch,
  name: string,
  list: string | undefined,
  lookUps: LookUps,
): Promise<number | undefined> {
  if (list !== undefined) return sizeOf(match, list, lookUps);
  const path = match.values.reduce(
    (filled, [placeholder, value]) => filled.replace(`{${placeholder}}`, encodeURIComponent(value)),
    match.route.template,
  );
  try {
    const document = await lookUps.get(path);
    const members = at(document, "data", "relationships", documentedName(match, name), "data");
    return Array.isArray(members) ? Math.max(1, members.length) : undefined;
  } catch {
    return undefined;
  }
}

function documentedName(match: RouteMatch, name: string): string {
  const known = Object.keys(match.route.links ?? {});
  return known.find((candidate) => plainName(candidate) === plainName(name)) ?? name;
}
