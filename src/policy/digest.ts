// The identity of an operation: what an approval is bound to, and what --json shows.
//
// D1 Every field that changes what will run changes the digest; nothing that an agent says about
//    the operation does.

import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Operation } from "./operation.ts";

/** SHA-256 over the RFC 8785 form of the operation's semantic fields, as `sha256:` + 64 hex digits. */
export function operationDigest(operation: Operation): string {
  const { kind, resourceClass, target, request } = operation;
  const body =
    request.body === undefined ? null : createHash("sha256").update(request.body).digest("hex");
  const canonical = canonicalize({
    version: 1,
    kind,
    resourceClass,
    hostname: target.hostname,
    organization: target.organization ?? null,
    resource: target.path,
    request: { ...request, body },
  });
  return `sha256:${createHash("sha256")
    .update(canonical ?? "")
    .digest("hex")}`;
}
