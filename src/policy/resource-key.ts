// What an operation acts on, in one line: for stores and session hosts to compare, not to read.
//
// K1 The key is the same for every request that acts on one resource, whatever the request and
//    whichever of its names it uses: a person's no is about the resource, not about a spelling.
// K2 Of a body only what names resources counts, in any order. Nothing else in it makes another key.

import { createHash } from "node:crypto";
import type { HcpOperation, KubectlOperation, Operation, TerraformOperation } from "./operation.ts";
import { isDestruction } from "./planned-change.ts";

/** An id that the API gives to one resource only, whichever path names it: `ws-8ZkQ…`, `var-…`. */
const GLOBAL_ID = /^[a-z]+-[A-Za-z0-9]{6,}$/;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The key (K1). A command's is its words and its directory, whatever environment it gets. */
export function resourceKey(operation: Operation): string {
  const { hostname, id } = operation.target;
  if (operation.kind === "command") {
    const { executable, args, cwd } = operation.command;
    return `${hostname} ${sha256(JSON.stringify([executable, args, cwd]))}`;
  }
  if (operation.kind === "terraform") return `${hostname} ${planKey(operation)}`;
  if (operation.kind === "kubectl") return `${hostname} ${objectsKey(operation)}`;
  const path = withoutAlias(operation.target.path);
  const isOneResource = id !== undefined && path.endsWith(`/${encodeURIComponent(id)}`);
  if (isOneResource && GLOBAL_ID.test(id)) return `${hostname} ${id}`;
  const named = isOneResource ? [] : namedInBody(operation);
  return named.length === 0
    ? `${hostname} ${path}`
    : `${hostname} ${path} ${sha256(named.join(" "))}`;
}

/** What a plan would destroy, or else change, where it is applied: planning again gives the same key. */
function planKey({ terraform }: TerraformOperation): string {
  const { action, directory, workspace, plan, options } = terraform;
  const changes = plan?.changes ?? [];
  const destroyed = changes.filter(isDestruction);
  const what = (destroyed.length > 0 ? destroyed : changes).map((each) => [
    each.action,
    each.address,
  ]);
  const asked = plan === undefined ? [options.destroy, options.targets, options.replace] : [];
  return sha256(JSON.stringify([action, directory, workspace, asked, what.sort()]));
}

/** The objects, whatever is done to them; for a command in a pod, the command too. */
function objectsKey({ kubectl }: KubectlOperation): string {
  const { context, objects, command = [] } = kubectl;
  const named = objects.map((each) => [each.class, each.namespace ?? "", each.name]).sort();
  return sha256(JSON.stringify([context, named, command]));
}

/** An older route of the API to the same module. */
function withoutAlias(path: string): string {
  return path.replace(
    /^\/registry-modules\/actions\/delete\/([^/]+)\/(.+)$/,
    "/organizations/$1/registry-modules/private/$1/$2",
  );
}

/** The resources that a body names, sorted: the members of a link, or what a new thing is made for. */
function namedInBody({ request }: HcpOperation): string[] {
  const data = dataOf(request.body);
  const members = (Array.isArray(data) ? data : relatedTo(data)).flatMap(nameOf);
  return [...new Set(members)].sort();
}

function dataOf(body: string | undefined): unknown {
  try {
    return (JSON.parse(body ?? "null") as { readonly data?: unknown } | null)?.data;
  } catch {
    return undefined;
  }
}

function relatedTo(data: unknown): unknown[] {
  const { relationships } = (data ?? {}) as { readonly relationships?: unknown };
  if (typeof relationships !== "object" || relationships === null) return [];
  return Object.values(relationships).flatMap((each) => {
    const related = (each as { readonly data?: unknown } | null)?.data;
    return Array.isArray(related) ? related : [related];
  });
}

function nameOf(each: unknown): string[] {
  if (typeof each !== "object" || each === null) return [];
  const { type, id, attributes } = each as Record<string, unknown>;
  if (typeof id === "string") return [JSON.stringify([type, id])];
  // Tags are named, not numbered.
  const name = (attributes as { readonly name?: unknown } | undefined)?.name;
  return typeof name === "string" ? [JSON.stringify([type, name])] : [];
}
