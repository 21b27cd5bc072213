// Tokens and keys: what they belong to, and when they were last used.
//
// S1 No secret is part of a card, whatever the API answers with.

import { at, type Document, idOf, nameOf, refOf, type Resource, textOf } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { ABSENT_TEXT, type Loss, row } from "./loss.ts";
import { nameBehind } from "./names.ts";
import { counted, joined, relativeTime } from "./wording.ts";

const GONE = "it cannot be recreated: everything that uses it stops working";

/** One token, by its own id. */
export async function describeToken(look: Look): Promise<Loss> {
  const { path, id } = look.operation.target;
  const document = await look.document("what it belongs to and when it was used", path);
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  return {
    name: textOf(resource, "description") ?? nameOf(resource),
    target: joined([idOf(resource) ?? id, resource && (await ownerText(look, resource))], " of "),
    rows: [...row("loses", GONE), ...usedRows(document, look.now)],
  };
}

/** The token of an organization or of a team; minting one replaces it. */
export async function describeSoleToken(look: Look): Promise<Loss> {
  const { path, id = "" } = look.operation.target;
  const owner = path.startsWith("/teams/") ? "team" : "organization";
  if (path.endsWith("/team-tokens")) return describeTeamTokens(look);
  const [document, name] = await Promise.all([
    look.document("when it was used", path),
    owner === "team" ? nameBehind(look, { type: "teams", id }) : id,
  ]);
  const mints = look.operation.request.method === "POST";
  const isThere = document !== "absent";
  return {
    name,
    kind: owner,
    target: `the token of ${owner} ${name === id ? id : `${name} (${id})`}`,
    rows: [
      ...row("loses", lossText(isThere, mints)),
      ...(document === "absent" ? [] : usedRows(document, look.now)),
    ],
  };
}

function lossText(isThere: boolean, mints: boolean): string {
  if (!isThere && mints)
    return "no token that this one may see is there to replace (the API answers 404)";
  if (!isThere) return `the token ${ABSENT_TEXT}`;
  return mints ? "the token that it replaces: what uses it stops working" : GONE;
}

async function describeTeamTokens(look: Look): Promise<Loss> {
  const { path, id = "" } = look.operation.target;
  const count = await look.count("the tokens of its teams", path);
  const tokens = count === undefined ? "every team token" : counted(count, "team token");
  return {
    name: id,
    kind: "organization",
    target: `every team token of ${id}`,
    rows: row("loses", `${tokens}: none can be recreated, what uses them stops working`),
  };
}

/** A metrics token: the API shows it in its list only. */
export async function describeMetricsToken(look: Look): Promise<Loss> {
  const { id, organization = "" } = look.operation.target;
  const path = `/organizations/${segment(organization)}/metrics-tokens?page[size]=100`;
  const page = await look.page("when it was used", path);
  const resource = page?.items.find((each) => idOf(each) === id);
  if (page !== undefined && resource === undefined) {
    look.note("when it was used: it is not among the metrics tokens that the API lists");
  }
  return {
    name: nameOf(resource) ?? textOf(resource, "description"),
    target: `${id} of ${organization}`,
    rows: [...row("loses", GONE), ...usedRows(resource && { resource, included: [] }, look.now)],
  };
}

/** A key by which workspaces or the registry trust something. */
export async function describeKey(look: Look): Promise<Loss> {
  const { path, id } = look.operation.target;
  if (path.startsWith("/api/")) {
    look.note("whether it exists, and what uses it: it is outside the API's version 2");
    return { rows: row("loses", GONE), target: path, showsRequest: true };
  }
  const document = await look.document("its name", path);
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  look.note("what uses it: the API does not list that");
  const known = joined([nameOf(resource), idOf(resource) ?? id], ", ");
  return {
    name: nameOf(resource),
    target: joined([known, refOf(resource, "organization")?.id], " of "),
    rows: [...row("loses", GONE), ...usedRows(document, look.now)],
  };
}

/** `created 30 days ago; never used` */
export function usedRows(document: Document | undefined, now: Date) {
  const resource = document?.resource;
  const created = relativeTime(textOf(resource, "created-at"), now);
  const used = relativeTime(textOf(resource, "last-used-at"), now);
  const expires = relativeTime(textOf(resource, "expired-at"), now);
  const neverUsed = at(resource, "attributes", "last-used-at") === null;
  const text = joined(
    [
      created && `created ${created}`,
      used === undefined ? (neverUsed ? "never used" : undefined) : `last used ${used}`,
      expires && `expires ${expires}`,
    ],
    "; ",
  );
  return row("used", text);
}

const OWNERS = ["team", "organization", "user", "agent-pool", "owner", "oauth-client"];

async function ownerText(look: Look, resource: Resource): Promise<string | undefined> {
  for (const relationship of OWNERS) {
    const owner = refOf(resource, relationship);
    if (owner === undefined) continue;
    const singular = owner.type.replaceAll("-", " ").replace(/s$/, "").replace("oauth", "OAuth");
    const name = await nameBehind(look, owner);
    return `${singular} ${name === owner.id ? name : `${name} (${owner.id})`}`;
  }
  return undefined;
}
