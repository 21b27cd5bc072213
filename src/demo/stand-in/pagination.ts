// Pages as the API makes them: twenty by default, a hundred at most, absolute links.

import type { Call } from "./call.ts";
import type { JsonObject, Resource } from "./resource.ts";

const DEFAULT_SIZE = 20;
const LARGEST_SIZE = 100;

export interface Page {
  readonly items: readonly Resource[];
  readonly links: JsonObject;
  readonly pagination: JsonObject;
}

/** The page that the query asks for; an empty one beyond the end. */
export function paginate(call: Call, resources: readonly Resource[]): Page {
  const size = Math.min(positive(call.query.get("page[size]"), DEFAULT_SIZE), LARGEST_SIZE);
  const number = positive(call.query.get("page[number]"), 1);
  const pages = Math.max(1, Math.ceil(resources.length / size));
  const previous = number > 1 ? number - 1 : null;
  const next = number < pages ? number + 1 : null;
  const link = (to: number | null) => (to === null ? null : linkTo(call, to, size));
  return {
    items: resources.slice((number - 1) * size, number * size),
    links: {
      self: link(number),
      first: link(1),
      prev: link(previous),
      next: link(next),
      last: link(pages),
    },
    pagination: {
      "current-page": number,
      "page-size": size,
      "prev-page": previous,
      "next-page": next,
      "total-pages": pages,
      "total-count": resources.length,
    },
  };
}

function linkTo(call: Call, number: number, size: number): string {
  const query = new URLSearchParams(call.query);
  query.set("page[number]", String(number));
  query.set("page[size]", String(size));
  return `${call.origin}${call.path}?${query.toString()}`;
}

function positive(text: string | null, fallback: number): number {
  const value = text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return value > 0 ? value : fallback;
}
