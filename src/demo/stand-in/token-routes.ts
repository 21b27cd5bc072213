// Tokens of organizations, teams, users and agent pools. They are shown without their secret; only
// the answer that makes one holds it.
//
// T1 An organization has one token, and so has a team on the older path: making one replaces it.

import { type Answer, NO_CONTENT, notFound } from "./answer.ts";
import { attributesIn, type Call, isObject, resourceIn } from "./call.ts";
import { deleteRoute, showRoute } from "./collection.ts";
import { one, page, show } from "./document.ts";
import { type Resource, refTo } from "./resource.ts";
import type { Route } from "./router.ts";

type Owner = (call: Call) => Resource;

const TYPE = "authentication-tokens";

const organization: Owner = (call) => resourceIn(call, "organizations", "organization");
const team: Owner = (call) => resourceIn(call, "teams");
const user: Owner = (call) => resourceIn(call, "users");
const agentPool: Owner = (call) => resourceIn(call, "agent-pools");

function makeToken(call: Call, owner: Resource, description?: string): Answer {
  const given = isObject(call.body) && isObject(call.body.data) ? attributesIn(call) : {};
  const token = call.world.add(TYPE, {
    attributes: {
      description: description ?? null,
      "expired-at": null,
      ...given,
      "last-used-at": null,
      "created-at": call.world.timestamp(),
    },
    relationships: { [owner.type === "organizations" ? "organization" : "owner"]: refTo(owner) },
    owners: [owner],
  });
  const shown = show(call.world, token);
  const secret = `stand-in.atlasv1.${token.id}`;
  const attributes = isObject(shown.attributes) ? shown.attributes : {};
  return {
    status: 201,
    body: { data: { ...shown, attributes: { ...attributes, token: secret } } },
  };
}

/** T1: a token that was made on the newer path has a description and stays. */
function singleRoutes(template: string, owner: Owner): readonly Route[] {
  const current = (call: Call): Resource | undefined =>
    call.world.ownedBy(owner(call), TYPE).find((each) => each.attributes.description === null);
  return [
    {
      method: "GET",
      template,
      handle: (call) => one(call, current(call) ?? missing()),
    },
    {
      method: "POST",
      template,
      handle: (call) => {
        const old = current(call);
        if (old !== undefined) call.world.remove(old);
        return makeToken(call, owner(call));
      },
    },
    {
      method: "DELETE",
      template,
      handle: (call) => {
        call.world.remove(current(call) ?? missing());
        return NO_CONTENT;
      },
    },
  ];
}

function missing(): never {
  throw notFound();
}

function manyRoutes(template: string, owner: Owner): readonly Route[] {
  return [
    {
      method: "GET",
      template,
      handle: (call) => page(call, call.world.ownedBy(owner(call), TYPE)),
    },
    { method: "POST", template, handle: (call) => makeToken(call, owner(call), "from the API") },
  ];
}

function teamTokens(call: Call): readonly Resource[] {
  const teams = call.world.ownedBy(organization(call), "teams");
  return teams.flatMap((each) => call.world.ownedBy(each, TYPE));
}

function deleteTeamTokens(call: Call): Answer {
  for (const each of teamTokens(call)) call.world.remove(each);
  return NO_CONTENT;
}

export const TOKEN_ROUTES: readonly Route[] = [
  ...singleRoutes("/organizations/{organization}/authentication-token", organization),
  ...singleRoutes("/teams/{id}/authentication-token", team),
  ...manyRoutes("/teams/{id}/authentication-tokens", team),
  ...manyRoutes("/users/{id}/authentication-tokens", user),
  ...manyRoutes("/agent-pools/{id}/authentication-tokens", agentPool),
  {
    method: "GET",
    template: "/organizations/{organization}/team-tokens",
    handle: (call) => page(call, teamTokens(call)),
  },
  {
    method: "DELETE",
    template: "/organizations/{organization}/team-tokens",
    handle: deleteTeamTokens,
  },
  showRoute("/authentication-tokens/{id}", TYPE),
  deleteRoute("/authentication-tokens/{id}", TYPE),
];
