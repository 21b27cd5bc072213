// Teams, their members, and what they may do in workspaces and projects.

import { type Answer, invalidRequest, NO_CONTENT, notFound } from "./answer.ts";
import { attributesIn, type Call, entriesIn, relatedIn, requiredText, resourceIn } from "./call.ts";
import {
  byName,
  createRoute,
  itemRoutes,
  linkRoutes,
  listRoute,
  requiredQuery,
} from "./collection.ts";
import { one, page } from "./document.ts";
import { type Ref, refsIn, refTo } from "./resource.ts";
import type { Route } from "./router.ts";

const LIST = "/organizations/{organization}/teams";
const MEMBERS = "/teams/{id}/relationships/users";
const SUBSCRIBER = { placeholder: "id", type: "teams", relationship: "subscribable" };

function listTeams(call: Call): Answer {
  const organization = resourceIn(call, "organizations", "organization");
  return page(call, byName(call, call.world.ownedBy(organization, "teams")));
}

function createTeam(call: Call): Answer {
  const organization = resourceIn(call, "organizations", "organization");
  requiredText(call, "name");
  const team = call.world.add("teams", {
    attributes: { visibility: "secret", "organization-access": {}, ...attributesIn(call) },
    relationships: { organization: refTo(organization), users: [], "organization-memberships": [] },
    owners: [organization],
  });
  return one(call, team, 201);
}

/** Members are named by user name here, not by identifier. */
function changeMembers(next: (now: readonly Ref[], given: readonly Ref[]) => readonly Ref[]) {
  return (call: Call): Answer => {
    const team = resourceIn(call, "teams");
    const given = entriesIn(call).map((entry) => {
      if (entry.type !== "users") throw invalidRequest("each entry must be of type users");
      const user = call.world.all("users").find((each) => each.attributes.username === entry.id);
      if (user === undefined) throw notFound();
      return refTo(user);
    });
    team.relationships.users = next(refsIn(team.relationships.users), given);
    return NO_CONTENT;
  };
}

function without(now: readonly Ref[], given: readonly Ref[]): readonly Ref[] {
  return now.filter((each) => !given.some((gone) => gone.id === each.id));
}

/** Access of a team to one workspace or to one project: a resource of its own. */
function accessRoutes(type: "team-workspaces" | "team-projects"): readonly Route[] {
  const target = type === "team-workspaces" ? "workspaces" : "projects";
  const name = type === "team-workspaces" ? "workspace" : "project";
  return [
    {
      method: "GET",
      template: `/${type}`,
      handle: (call) => {
        const owner = call.world.get(target, requiredQuery(call, `filter[${name}][id]`));
        if (owner === undefined) throw notFound();
        return page(call, call.world.ownedBy(owner, type));
      },
    },
    {
      method: "POST",
      template: `/${type}`,
      handle: (call) => {
        const team = relatedIn(call, "team", "teams");
        const owner = relatedIn(call, name, target);
        const access = call.world.add(type, {
          attributes: { access: "read", ...attributesIn(call) },
          relationships: { team: refTo(team), [name]: refTo(owner) },
          owners: [owner, team],
        });
        return one(call, access, 201);
      },
    },
    ...itemRoutes(`/${type}/{id}`, type),
  ];
}

export const TEAM_ROUTES: readonly Route[] = [
  { method: "GET", template: LIST, handle: listTeams },
  { method: "POST", template: LIST, handle: createTeam },
  ...itemRoutes("/teams/{id}", "teams"),
  {
    method: "POST",
    template: MEMBERS,
    handle: changeMembers((now, given) => [...without(now, given), ...given]),
  },
  { method: "DELETE", template: MEMBERS, handle: changeMembers(without) },
  ...linkRoutes("/teams/{id}", "teams", "organization-memberships", "organization-memberships"),
  listRoute("/teams/{id}/notification-configurations", "notification-configurations", SUBSCRIBER),
  createRoute("/teams/{id}/notification-configurations", "notification-configurations", SUBSCRIBER),
  ...accessRoutes("team-workspaces"),
  ...accessRoutes("team-projects"),
];
