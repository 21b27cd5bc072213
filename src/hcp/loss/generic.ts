// Every class without a describer of its own: whether the target exists, what it is called, what
// kind of thing it is, and whether it could be made again. Nothing is claimed beyond that.
//
// G1 A 404 says that the target does not exist only where the API documents that it can be read.

import type { HcpOperation } from "../../policy/operation.ts";
import { idOf, nameOf, numberOf, type Resource, textOf } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { type Loss, row, targetText } from "./loss.ts";
import { classInfo } from "./typed-name.ts";
import { counted, joined, relativeTime } from "./wording.ts";
import { organizationOf } from "./workspace-facts.ts";

/** Collections whose items are documented to be readable at the path that acts on them. */
const READABLE =
  /^\/(?:admin\/(?:opa|sentinel|terraform)-versions|agents|change-requests|cidr-range-lists|cidr-ranges|configuration-versions|hyok-configurations|hyok-customer-key-versions|no-code-modules|organization-memberships|plan-exports|policies|provider-sets|stacks|tasks|workspace-transfers|organizations\/[^/]+\/(?:explorer\/views|registry-providers\/[^/]+\/[^/]+|registry-modules\/[^/]+\/[^/]+\/[^/]+))\/[^/]+$/;

const RETENTION = /\/relationships\/data-retention-policy$/;

/** The target, its class, and how it stands with making it again. */
export async function describeGeneric(look: Look): Promise<Loss> {
  const { operation } = look;
  const resource = await readTarget(look);
  if (resource === "absent")
    return { absent: true, rows: classRows(operation), showsRequest: true };
  const name = nameOf(resource);
  const id = idOf(resource);
  return {
    name,
    target: targetText(organizationOf(resource), name, id),
    rows: [
      ...classRows(operation),
      ...row("items", operation.items > 1 ? `${operation.items} in one request` : undefined),
      ...row("about", resource && aboutText(resource, look.now)),
    ],
    showsRequest: true,
  };
}

/** `ssh-keys: irreversible, because a secret can never be read back` */
export function classRows(operation: HcpOperation) {
  const info = classInfo(operation);
  if (info === undefined) return [];
  const kind = info.reversibility === "depends" ? "" : `${info.reversibility}: `;
  return row("class", `${operation.resourceClass}; ${kind}${info.because}`);
}

async function readTarget(look: Look): Promise<Resource | "absent" | undefined> {
  const { path } = look.operation.target;
  if (path.startsWith("/api/")) {
    look.note("whether it exists: it is outside the API's version 2");
    return undefined;
  }
  if (!namesOne(look.operation)) return undefined;
  // G1
  const document = await (READABLE.test(path) || RETENTION.test(path)
    ? look.document("whether it exists", path)
    : look.related("whether it exists", path));
  return document === "absent" ? document : document?.resource;
}

/** Whether the path leads to one resource, not to a list or to something that is made. */
function namesOne({ target }: HcpOperation): boolean {
  if (RETENTION.test(target.path)) return true;
  return target.id !== undefined && target.path.endsWith(`/${segment(target.id)}`);
}

/** What most resources say of themselves; of a retention policy, how long it keeps. */
function aboutText(resource: Resource, now: Date): string | undefined {
  const created = relativeTime(textOf(resource, "created-at"), now);
  const updated = relativeTime(textOf(resource, "updated-at"), now);
  const days = numberOf(resource, "delete-older-than-n-days");
  return joined(
    [
      textOf(resource, "status")?.replaceAll("_", " "),
      days === undefined ? undefined : `deletes what is older than ${counted(days, "day")}`,
      created && `created ${created}`,
      updated && `updated ${updated}`,
    ],
    "; ",
  );
}
