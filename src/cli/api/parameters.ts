// Names of workspaces, teams, projects and varsets become IDs, because the API's paths take IDs.
//
// N1 What has the exact shape of an ID passes through unread: `ws-` and 16 letters or digits. A
//    workspace may be called ws-foo; that is a name.
// N2 Only an exact match counts. Two matches are an error that lists both, never a choice.

import { commandLine } from "../../policy/command-line.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { visible } from "../../system/terminal-text.ts";
import { attributesOf, type Resource, resourcesOf } from "./json-api.ts";
import type { Pair } from "./pairs.ts";
import type { Placeholder } from "./placeholders.ts";
import { quoted, usageFailure } from "./usage-failure.ts";

/** Reads one document below the API root; undefined when it does not exist. */
export interface ReadPort {
  get(path: string, query?: readonly Pair[]): Promise<unknown>;
}

/** What has both a name and an ID. */
export type NamedKind = "workspace" | "team" | "project" | "varset";

interface NamedKindInfo {
  readonly id: RegExp;
  /** The collection's segment in paths. */
  readonly collection: string;
  /** Candidates for a name, found in the organization; names in them are still to be compared. */
  readonly candidates: (read: ReadPort, organization: string, name: string) => Promise<Resource[]>;
}

/** Most pages of a listing that are read in search of one name: 10,000 records. */
const MOST_PAGES = 100;

const KINDS: Readonly<Record<NamedKind, NamedKindInfo>> = {
  workspace: {
    id: /^ws-[A-Za-z0-9]{16}$/,
    collection: "workspaces",
    candidates: async (read, organization, name) =>
      resourcesOf(await read.get(`${organization}/workspaces/${encodeURIComponent(name)}`)),
  },
  team: {
    id: /^team-[A-Za-z0-9]{16}$/,
    collection: "teams",
    candidates: (read, organization, name) => pages(read, `${organization}/teams`, byNames(name)),
  },
  project: {
    id: /^prj-[A-Za-z0-9]{16}$/,
    collection: "projects",
    candidates: (read, organization, name) =>
      pages(read, `${organization}/projects`, byNames(name)),
  },
  varset: {
    id: /^varset-[A-Za-z0-9]{16}$/,
    collection: "varsets",
    candidates: (read, organization, name) => pages(read, `${organization}/varsets`, ["q", name]),
  },
};

const byNames = (name: string): Pair => ["filter[names]", name];

/** `workspace_id` and `workspace_name` mean the same parameter as `workspace`. */
export function parameterStem(key: string): string {
  return key.replace(/_(id|name)$/, "");
}

/**
 * The kind of thing whose ID belongs in a placeholder; undefined where the path takes any value as
 * it is, as `/organizations/{organization}/workspaces/{workspace}` takes a name.
 */
export function kindOf({ key, before }: Placeholder): NamedKind | undefined {
  const collection = before.at(-1);
  if (key.endsWith("_name")) return undefined;
  if (collection === "workspaces" && before.at(-3) === "organizations") return undefined;
  const stem = parameterStem(key);
  for (const [kind, info] of Object.entries(KINDS) as [NamedKind, NamedKindInfo][])
    if (stem === kind || (key === "id" && collection === info.collection)) return kind;
  return undefined;
}

/** Whether the value has the exact shape of an ID of this kind (N1). */
export function looksLikeId(kind: NamedKind, value: string): boolean {
  return KINDS[kind].id.test(value);
}

/**
 * The ID of the one `kind` in `organization` that is called exactly `name`.
 * @throws Failure: exit 2 when there is none, 1 when there are several, 5 when the answer makes no
 * sense; whatever `read` throws.
 */
export async function idOfName(
  read: ReadPort,
  kind: NamedKind,
  organization: string,
  name: string,
): Promise<string> {
  const root = `/organizations/${encodeURIComponent(organization)}`;
  const found = await KINDS[kind].candidates(read, root, name);
  const ids = new Set(
    found.filter((resource) => attributesOf(resource).name === name).map(({ id }) => id),
  );
  const [id, ...others] = ids;
  if (id === undefined) throw notFound(kind, organization, name);
  if (others.length > 0) throw severalFound(kind, name, [id, ...others]);
  if (!/^[A-Za-z0-9_-]+$/.test(id)) throw nonsense(`the id of ${kind} ${quoted(name)} is no id`);
  return id;
}

async function pages(read: ReadPort, path: string, search: Pair): Promise<Resource[]> {
  const found: Resource[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const paging: Pair[] = [
      ["page[size]", "100"],
      ["page[number]", String(page)],
    ];
    const document = await read.get(path, [search, ...paging]);
    found.push(...resourcesOf(document));
    if (!hasNextPage(document, page)) return found;
  }
  throw nonsense(`the listing ${path} does not end`);
}

function hasNextPage(document: unknown, page: number): boolean {
  const next = (document as { meta?: { pagination?: { "next-page"?: unknown } } } | undefined)?.meta
    ?.pagination?.["next-page"];
  return typeof next === "number" && next > page;
}

function notFound(kind: NamedKind, organization: string, name: string): Failure {
  return new Failure(
    "not-found",
    visible(`-p ${kind}=${name}: no ${kind} of that name in organization ${organization}`),
    {
      exitCode: EXIT.notFound,
      fix: visible(`check the spelling: ${listing(kind, organization)}`),
    },
  );
}

function listing(kind: NamedKind, organization: string): string {
  const path = `/organizations/${encodeURIComponent(organization)}/${KINDS[kind].collection}`;
  return commandLine(["holdfast", "api", path]);
}

function severalFound(kind: NamedKind, name: string, ids: readonly string[]): Failure {
  return usageFailure(
    `-p ${kind}=${name}: ${ids.length} of them have that name: ${ids.join(", ")}`,
    `give the ID: -p ${kind}=${ids[0]}`,
  );
}

function nonsense(what: string): Failure {
  return new Failure("api-nonsense", visible(`the API's answer makes no sense: ${what}`), {
    exitCode: EXIT.apiFailing,
    fix: "try again; check the address with holdfast doctor",
  });
}

/** The failure when a name is to be looked up and no organization is known. */
export function organizationNeeded(kind: NamedKind, name: string): Failure {
  return usageFailure(
    `-p ${kind}=${name}: the organization to look the name up in is not known`,
    `add -p organization=NAME, set TF_CLOUD_ORGANIZATION, or give the ID`,
  );
}
