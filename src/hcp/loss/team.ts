// Deleting a team.
//
// T1 It is reversible only when it surely has no token and no notifications.

import { type Document, idOf, nameOf, numberOf, type Page, refOf, refsOf } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { type Loss, row, targetText } from "./loss.ts";
import { counted, joined } from "./wording.ts";
import { organizationOf } from "./workspace-facts.ts";

/** Its members, its tokens, and what its members may do through it. */
export async function describeTeam(look: Look): Promise<Loss> {
  const path = `/teams/${segment(look.operation.target.id ?? "")}`;
  const read = look.document("its name and members", path);
  const [document, own, tokens, notifications] = await Promise.all([
    read,
    look.document("its token", `${path}/authentication-token`),
    read.then((team) => tokenCount(look, team)),
    look.count("its notifications", `${path}/notification-configurations`),
  ]);
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  const hasOwn = own === undefined ? undefined : own !== "absent";
  look.note("its access to workspaces and projects: the API lists it for each of them only");
  const loses = [
    membersText(document),
    tokenText(hasOwn, tokens),
    notifications ? counted(notifications, "notification") : undefined,
    "the access it gives",
  ];
  return {
    name: nameOf(resource),
    target: targetText(organizationOf(resource), nameOf(resource), idOf(resource)),
    rows: row("loses", joined(loses)),
    reversible: isReversible(hasOwn, tokens, notifications),
  };
}

/** Tokens are listed for the whole organization; undefined when not all of them were seen. */
async function tokenCount(
  look: Look,
  team: Document | "absent" | undefined,
): Promise<number | undefined> {
  const id = team === "absent" ? undefined : idOf(team?.resource);
  const organization = team === "absent" ? undefined : organizationOf(team?.resource);
  if (id === undefined || organization === undefined) return undefined;
  const path = `/organizations/${segment(organization)}/team-tokens?page[size]=100`;
  const page = await look.page("its other tokens", path);
  const own = page?.items.filter((each) => ownerOf(each) === id).length ?? 0;
  return own > 0 || seesAll(page) ? own : undefined;
}

function ownerOf(token: Page["items"][number]): string | undefined {
  return (refOf(token, "team") ?? refOf(token, "owner"))?.id;
}

function seesAll(page: Page | undefined): boolean {
  return page !== undefined && page.total === page.items.length;
}

function membersText(document: Document | undefined): string {
  const users = refsOf(document?.resource, "users")?.length;
  const members = numberOf(document?.resource, "users-count") ?? users;
  return members === undefined ? "its members" : counted(members, "member");
}

function tokenText(hasOwn: boolean | undefined, tokens: number | undefined): string | undefined {
  const number = Math.max(tokens ?? 0, hasOwn === true ? 1 : 0);
  if (number > 0) return `${counted(number, "token")} (what uses a token of it stops working)`;
  return hasOwn === undefined || tokens === undefined ? "its tokens, if any" : undefined;
}

/** T1: undefined when a look-up is missing. */
function isReversible(
  hasOwn: boolean | undefined,
  tokens: number | undefined,
  notifications: number | undefined,
): boolean | undefined {
  if (hasOwn === true || (tokens ?? 0) > 0 || (notifications ?? 0) > 0) return false;
  return hasOwn === false && tokens === 0 && notifications === 0 ? true : undefined;
}
