// PATH and -p: which placeholders there are, what fills each, and the path that comes of it.

import { distinctPairs, type Pair, queryPairs } from "./pairs.ts";
import {
  idOfName,
  kindOf,
  looksLikeId,
  type NamedKind,
  organizationNeeded,
  parameterStem,
  type ReadPort,
} from "./parameters.ts";
import {
  checkParameter,
  fillPlaceholders,
  type Placeholder,
  placeholdersOf,
  unfilledFailure,
} from "./placeholders.ts";
import { quoted, usageFailure } from "./usage-failure.ts";

/** PATH, read and checked; nothing was looked up yet. */
export interface PathPlan {
  /** Without the query; placeholders unfilled. */
  readonly template: string;
  /** Decoded: what stood behind the `?`. */
  readonly query: readonly Pair[];
  readonly placeholders: readonly Placeholder[];
  /** What -p gives, by key; every value is fit to fill a segment. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** What filling may ask of the world outside; each only where it is needed. */
export interface PathContext {
  /** The organization of the environment or of a local cloud block. */
  readonly organization: () => Promise<string | undefined>;
  /** The workspace of a local cloud block, by name. */
  readonly workspace: () => Promise<string | undefined>;
  /** For names that become IDs. */
  readonly read: ReadPort;
}

/**
 * Reads PATH and -p.
 * @throws Failure (exit 1) that names PATH or -p.
 */
export function planPath(path: string, params: readonly string[]): PathPlan {
  if (path === "" || /[\s#\p{Cc}\p{Cs}]/u.test(path))
    throw usageFailure(
      `PATH ${quoted(path)}: empty, or holds a space, a # or a control character`,
      "write it like /workspaces/{workspace}; percent-encode what is special",
    );
  const [template = "", ...search] = path.split("?");
  const query = queryPairs(search.join("?"));
  const placeholders = placeholdersOf(template);
  const parameters = distinctPairs("-p", params);
  for (const [key, value] of parameters) checkParameter(`-p ${key}=`, value);
  refuseUnused(placeholders, parameters);
  return { template, query, placeholders, parameters };
}

function refuseUnused(
  placeholders: readonly Placeholder[],
  parameters: ReadonlyMap<string, string>,
): void {
  const looksUp = placeholders.some((placeholder) => kindOf(placeholder) !== undefined);
  for (const key of parameters.keys()) {
    const stem = parameterStem(key);
    if (stem === "organization" && looksUp) continue;
    if (placeholders.some((one) => one.key === key)) continue;
    const alias = placeholders.find((one) => parameterStem(one.key) === stem);
    if (alias !== undefined && !parameters.has(alias.key)) continue;
    throw usageFailure(`-p ${key}: PATH has no {${key}}`, "correct the name, or leave it out");
  }
}

/**
 * What fills each placeholder, by key: from -p, else from the settings. Names are still names.
 * @throws Failure (exit 1) that names what stays unfilled.
 */
export async function parameterValues(
  plan: PathPlan,
  context: PathContext,
): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const { key } of plan.placeholders) {
    const value = parameterFor(key, plan.parameters) ?? (await setting(key, context));
    if (value !== undefined) values.set(key, value);
  }
  const unfilled = plan.placeholders.map(({ key }) => key).filter((key) => !values.has(key));
  if (unfilled.length > 0) throw unfilledFailure(unfilled);
  return values;
}

/**
 * The path with every placeholder filled: names become IDs where the path takes IDs.
 * @throws Failure: exit 2 for an unknown name, 1 for an ambiguous one or an unknown organization;
 * whatever the look-up throws.
 */
export async function fillPath(
  plan: PathPlan,
  values: ReadonlyMap<string, string>,
  context: PathContext,
): Promise<string> {
  const resolved = new Map(values);
  for (const placeholder of plan.placeholders) {
    const value = values.get(placeholder.key) ?? "";
    const kind = kindOf(placeholder);
    if (kind !== undefined && !looksLikeId(kind, value))
      resolved.set(placeholder.key, await lookUp(kind, value, plan, context));
  }
  return fillPlaceholders(plan.template, resolved);
}

function parameterFor(key: string, parameters: ReadonlyMap<string, string>): string | undefined {
  const exact = parameters.get(key);
  if (exact !== undefined) return exact;
  for (const [other, value] of parameters)
    if (parameterStem(other) === parameterStem(key)) return value;
  return undefined;
}

async function setting(key: string, context: PathContext): Promise<string | undefined> {
  const stem = parameterStem(key);
  if (stem !== "organization" && stem !== "workspace") return undefined;
  const value = stem === "organization" ? await context.organization() : await context.workspace();
  return value === undefined ? undefined : checkParameter(`the configured ${stem}`, value);
}

async function lookUp(
  kind: NamedKind,
  name: string,
  plan: PathPlan,
  context: PathContext,
): Promise<string> {
  const organization =
    parameterFor("organization", plan.parameters) ??
    organizationIn(plan.template) ??
    (await setting("organization", context));
  if (organization === undefined) throw organizationNeeded(kind, name);
  return idOfName(context.read, kind, organization, name);
}

/** An organization that the path names literally: names are looked up there. */
function organizationIn(template: string): string | undefined {
  const segment = /(?:^|\/)organizations\/([^/{}]+)/.exec(template)?.[1];
  if (segment === undefined) return undefined;
  try {
    return checkParameter("PATH", decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}
