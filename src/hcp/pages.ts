// A collection of many pages as one document.
//
// G1 A link to the next page is followed only on the API's own origin, below /api/.
// G2 It ends: with the last page, at `maxRecords`, or at a page that leads back or holds nothing.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { API_ROOT, type Query } from "./url.ts";

export interface AllPagesOptions {
  readonly query?: Query;
  /** 2000 when absent. */
  readonly maxRecords?: number;
  /** Told after each page. `total` is what the API says there is, when it says so. */
  readonly onProgress?: (progress: { records: number; total: number | undefined }) => void;
}

export interface AllPages {
  /** The first page's document with the data of all, without links to other pages. */
  readonly document: Readonly<Record<string, unknown>> & { readonly data: readonly unknown[] };
  /** Whether `maxRecords` cut it short. */
  readonly truncated: boolean;
}

export const MAX_RECORDS = 2000;
const PAGE_SIZE = "100";

type Document = Record<string, unknown>;
type Page = { readonly path: string; readonly query: Query };

/**
 * Gets page after page, a hundred records each unless the query says otherwise.
 *
 * @throws Failure `not-a-collection`, `foreign-page`, and whatever `get` throws
 */
export async function getAllPages(
  get: (path: string, query: Query) => Promise<unknown>,
  baseUrl: URL,
  path: string,
  options: AllPagesOptions = {},
): Promise<AllPages> {
  const { maxRecords = MAX_RECORDS, onProgress } = options;
  const merged = new Merge();
  const seen = new Set<string>();
  let page: Page | undefined = { path, query: withPageSize(options.query ?? []) };
  while (page !== undefined && merged.data.length < maxRecords) {
    const key = JSON.stringify(page);
    if (seen.has(key)) break;
    seen.add(key);
    const document = asDocument(await get(page.path, page.query), path);
    const added = merged.add(document);
    onProgress?.({ records: Math.min(merged.data.length, maxRecords), total: totalOf(document) });
    page = added === 0 ? undefined : nextPage(document, page, baseUrl);
  }
  return merged.finish(maxRecords, page !== undefined);
}

class Merge {
  readonly data: unknown[] = [];
  readonly #included = new Map<string, unknown>();
  #first: Document | undefined;

  /** Returns how many records the page held. */
  add(document: Document & { data: unknown[] }): number {
    this.#first ??= document;
    this.data.push(...document.data);
    for (const resource of Array.isArray(document.included) ? document.included : []) {
      const { type, id } = (resource ?? {}) as Document;
      this.#included.set(JSON.stringify([type, id]), resource);
    }
    return document.data.length;
  }

  finish(maxRecords: number, more: boolean): AllPages {
    const { links: _links, meta, ...rest } = this.#first ?? {};
    const truncated = more || this.data.length > maxRecords;
    const data = this.data.slice(0, maxRecords);
    const included = this.#included.size === 0 ? {} : { included: [...this.#included.values()] };
    const document = { ...rest, data, ...included, ...onePage(meta, data.length) };
    return { document, truncated };
  }
}

/** The first page's meta, whose pagination now speaks of the merged document. */
function onePage(meta: unknown, records: number): Document {
  if (typeof meta !== "object" || meta === null) return {};
  const { pagination } = meta as Document;
  if (typeof pagination !== "object" || pagination === null) return { meta };
  const whole = {
    ...pagination,
    "current-page": 1,
    "page-size": records,
    "prev-page": null,
    "next-page": null,
    "total-pages": 1,
  };
  return { meta: { ...meta, pagination: whole } };
}

function withPageSize(query: Query): Query {
  const isSet = query.some(([name]) => name === "page[size]");
  return isSet ? query : [...query, ["page[size]", PAGE_SIZE]];
}

function asDocument(value: unknown, path: string): Document & { data: unknown[] } {
  const data = (value as Document | null)?.data;
  if (Array.isArray(data)) return { ...(value as Document), data };
  throw new Failure("not-a-collection", `GET ${path} is not a list, so there are no pages to get`, {
    exitCode: EXIT.usage,
    fix: "leave out --all",
  });
}

function pagination(document: Document): Document {
  return ((document.meta as Document | undefined)?.pagination ?? {}) as Document;
}

function totalOf(document: Document): number | undefined {
  const total = pagination(document)["total-count"];
  return typeof total === "number" ? total : undefined;
}

function nextPage(document: Document, page: Page, baseUrl: URL): Page | undefined {
  const number = pagination(document)["next-page"];
  // Null says that this was the last page, whatever the links say.
  if (number === null) return undefined;
  if (typeof number === "number") {
    const others = page.query.filter(([name]) => name !== "page[number]");
    return { path: page.path, query: [...others, ["page[number]", String(number)]] };
  }
  const next = (document.links as Document | undefined)?.next;
  const href = typeof next === "string" ? next : (next as Document | null | undefined)?.href;
  return typeof href === "string" ? fromLink(href, baseUrl) : undefined;
}

function fromLink(href: string, baseUrl: URL): Page {
  const url = URL.canParse(href, baseUrl.href) ? new URL(href, baseUrl) : undefined;
  if (url?.origin === baseUrl.origin && url.pathname.startsWith(`${API_ROOT}/`)) {
    return { path: url.pathname.slice(API_ROOT.length), query: [...url.searchParams.entries()] };
  }
  throw new Failure("foreign-page", "the API's link to the next page leads away from the API", {
    exitCode: EXIT.network,
    fix: "check the address: holdfast doctor",
  });
}
