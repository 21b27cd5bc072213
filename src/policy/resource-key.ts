// What an operation acts on, in one line: for stores and session hosts to compare, not to read.
//
// K1 The key is the same for every request that acts on one resource, whatever the request and
//    whichever of its names it uses: a person's no is about the resource, not about a spelling.

import { createHash } from "node:crypto";
import type { Operation } from "./operation.ts";

/** An id that the API gives to one resource only, whichever path names it: `ws-8ZkQ…`, `var-…`. */
const GLOBAL_ID = /^[a-z]+-[A-Za-z0-9]{6,}$/;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The key (K1). A command's is its words and its directory, whatever environment it gets. */
export function resourceKey(operation: Operation): string {
  const { hostname, id, path } = operation.target;
  if (operation.kind === "command") {
    const { executable, args, cwd } = operation.command;
    return `${hostname} ${sha256(JSON.stringify([executable, args, cwd]))}`;
  }
  const isOneResource = id !== undefined && path.endsWith(`/${id}`);
  if (isOneResource && GLOBAL_ID.test(id)) return `${hostname} ${id}`;
  const { body } = operation.request;
  // A collection is not one resource: which of its members are meant stands in the body.
  if (!isOneResource && body !== undefined) return `${hostname} ${path} ${sha256(body)}`;
  return `${hostname} ${path}`;
}
