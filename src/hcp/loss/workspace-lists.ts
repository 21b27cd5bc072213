// The workspaces of an organization or of a project, and how many resources they manage together.
//
// L1 A sum over what was not all read says so: "at least".

import { idOf, nameOf, numberOf, type Page, type Resource } from "./json-api.ts";
import type { Look } from "./look.ts";
import { counted, listed } from "./wording.ts";

export interface WorkspaceList {
  readonly total: number | undefined;
  readonly names: readonly string[];
  readonly resources: number;
  /** Whether every workspace was seen, and said how many resources it manages. */
  readonly complete: boolean;
}

const PAGE_SIZE = 100;
const MOST_PAGES = 5;

/** Reads up to five hundred workspaces; the pages after the first side by side. */
export async function workspaceList(look: Look, path: string): Promise<WorkspaceList | undefined> {
  const at = (page: number) => `${path}${path.includes("?") ? "&" : "?"}${pageQuery(page)}`;
  const first = await look.page("its workspaces", at(1));
  if (first === undefined) return undefined;
  const numbers = Array.from({ length: MOST_PAGES - 1 }, (_, index) => index + 2).filter(
    (page) => page <= (first.pages ?? 1),
  );
  const others = await Promise.all(
    numbers.map((page) => look.page(`page ${page} of its workspaces`, at(page))),
  );
  return summed([first, ...others.filter((page) => page !== undefined)]);
}

/** `42 resources: they keep running, unmanaged`; undefined when there surely are none. */
export function orphansOf(list: WorkspaceList | undefined): string | undefined {
  if (list === undefined) return undefined;
  const { resources, complete } = list;
  if (resources === 0) return complete ? undefined : "resources of its workspaces, if any";
  const number = counted(resources, "resource");
  return `${complete ? "" : "at least "}${number}: they keep running, unmanaged`;
}

/** `3 workspaces (web-dev, batch-dev and 1 more)` */
export function workspacesText(list: WorkspaceList | undefined): string {
  if (list === undefined) return "its workspaces";
  const total = list.total ?? list.names.length;
  if (total === 0) return counted(total, "workspace");
  const number = `${list.total === undefined ? "at least " : ""}${counted(total, "workspace")}`;
  return `${number} (${listed(list.names, total)})`;
}

function summed(pages: readonly Page[]): WorkspaceList {
  const items: readonly Resource[] = pages.flatMap((page) => page.items);
  const counts = items.map((each) => numberOf(each, "resource-count"));
  const total = pages[0]?.total;
  return {
    total,
    names: items.map((each) => nameOf(each) ?? idOf(each) ?? "one without a name"),
    resources: counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    complete: total === items.length && counts.every((count) => count !== undefined),
  };
}

function pageQuery(page: number): string {
  return `page[size]=${PAGE_SIZE}&page[number]=${page}`;
}
