// Reading JSON:API documents in look-ups. What is missing or has another shape is an error here, and
// whoever asked then takes the strict side.

import { at, isObject } from "./json.ts";
import { type LookUps, UnexpectedAnswer } from "./look-ups.ts";

/** One resource of a document. */
export type Resource = Readonly<Record<string, unknown>>;

const MOST_PAGES = 50;
const PAGE_SIZE = 100;

/** The resource at the path. Throws UnexpectedAnswer when there is none. */
export async function resourceAt(lookUps: LookUps, path: string): Promise<Resource> {
  const data = at(await lookUps.get(path), "data");
  if (!isObject(data)) throw new UnexpectedAnswer(`${path} could not be read`);
  return data;
}

/** Every resource of a list, all pages. Throws UnexpectedAnswer when a page is not as it should be. */
export async function listAt(lookUps: LookUps, path: string): Promise<Resource[]> {
  const found: Resource[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const document = await lookUps.get(pagePath(path, page));
    const data = at(document, "data");
    if (!Array.isArray(data) || !data.every(isObject)) {
      throw new UnexpectedAnswer(`${path} could not be listed`);
    }
    found.push(...data);
    if (!hasNextPage(document, path, page)) return found;
  }
  throw new UnexpectedAnswer(`${path} has more than ${MOST_PAGES * PAGE_SIZE} entries`);
}

/** How many resources a list has. Throws as `listAt` does. */
export async function countOf(lookUps: LookUps, path: string): Promise<number> {
  return (await listAt(lookUps, path)).length;
}

function pagePath(path: string, page: number): string {
  return `${path}?page%5Bsize%5D=${PAGE_SIZE}&page%5Bnumber%5D=${page}`;
}

function hasNextPage(document: unknown, path: string, page: number): boolean {
  const pagination = at(document, "meta", "pagination");
  // Some lists, such as the variables of a workspace, have no pages; others only link to the next.
  const next = isObject(pagination) ? at(pagination, "next-page") : at(document, "links", "next");
  if (next === null || next === undefined) return false;
  if (typeof next === "string" || next === page + 1) return true;
  throw new UnexpectedAnswer(`${path} has pages in an unexpected order`);
}
