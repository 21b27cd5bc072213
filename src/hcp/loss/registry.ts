// The private registry: modules, providers, and their versions.

import { at, nameOf, objects, type Resource, textOf } from "./json-api.ts";
import type { Look } from "./look.ts";
import { type Loss, row } from "./loss.ts";
import { classInfo } from "./typed-name.ts";
import { counted, listed } from "./wording.ts";

const ACTION = /^\/registry-modules\/actions\/delete\/([^/]+)\/([^/]+)\/([^/]+)(?:\/[^/]+)?$/;
const MODULE = /^\/organizations\/[^/]+\/registry-modules\/[^/]+\/[^/]+\/[^/]+\/[^/]+/;
const PROVIDER = /^\/organizations\/[^/]+\/registry-providers\/[^/]+\/[^/]+\/[^/]+/;

/** A module or a provider, or one version of it: what is published there. */
export async function describeRegistry(look: Look): Promise<Loss> {
  const { path, id } = look.operation.target;
  const entry = entryPath(path);
  if (entry === undefined) look.note("its providers and versions: the path does not name them");
  const [document, published] = await Promise.all([
    entry === undefined ? undefined : look.document("what is published", entry),
    PROVIDER.test(path) && entry !== undefined ? providerVersions(look, entry) : undefined,
  ]);
  if (document === "absent") return { absent: true, target: path, rows: [] };
  const versions = published ?? (document && moduleVersions(look, path, document.resource));
  const isWhole = /-(?:modules|providers)$/.test(look.operation.resourceClass);
  const one = `${classInfo(look.operation)?.singular ?? "version"} ${id ?? ""}, for good`;
  return {
    name: isWhole ? (nameOf(document?.resource) ?? id) : id,
    target: path,
    rows: [
      ...row("loses", isWhole ? (versions ?? "all its versions") : one),
      ...row("also", isWhole || versions === undefined ? undefined : `there are ${versions}`),
      ...row("readers", "whoever uses it can no longer fetch it"),
    ],
    showsRequest: true,
  };
}

/** The module with its provider, or the provider; undefined where the path names neither. */
function entryPath(path: string): string | undefined {
  const action = ACTION.exec(path);
  if (action === null) return (MODULE.exec(path) ?? PROVIDER.exec(path))?.[0];
  const [, organization = "", name = "", provider = ""] = action;
  const modules = `/organizations/${organization}/registry-modules`;
  return `${modules}/private/${organization}/${name}/${provider}`;
}

async function providerVersions(look: Look, entry: string): Promise<string | undefined> {
  const page = await look.page("its versions", `${entry}/versions?page[size]=5`);
  const versions = page?.items.map((each) => textOf(each, "version") ?? "one without a number");
  return versions && versionsText(versions, page?.total);
}

/** A module shows its versions itself. */
function moduleVersions(look: Look, path: string, resource: Resource): string | undefined {
  if (PROVIDER.test(path)) return undefined;
  const statuses = at(resource, "attributes", "version-statuses");
  if (!Array.isArray(statuses)) {
    look.note("its versions: the API's answer does not list them");
    return undefined;
  }
  const versions = objects(statuses).map((each) => at(each, "version"));
  return versionsText(versions.filter((each) => typeof each === "string"));
}

function versionsText(versions: readonly string[], total = versions.length): string {
  return total === 0 ? "no versions" : `${counted(total, "version")}: ${listed(versions, total)}`;
}
