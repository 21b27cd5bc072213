// Workspaces: finding, making, changing and deleting them, by identifier and by name.
//
// S1 Safe delete refuses, with a conflict, what is locked and what manages resources; plain delete
//    asks nothing.

import { type Answer, conflict, invalidAttribute, NO_CONTENT } from "./answer.ts";
import {
  attributesIn,
  type Call,
  namedIn,
  relatedIn,
  relationIn,
  requiredText,
  resourceIn,
} from "./call.ts";
import { removed } from "./collection.ts";
import { derive } from "./derived.ts";
import { one, page } from "./document.ts";
import { type Resource, refsIn, refTo, textOf } from "./resource.ts";
import type { Route } from "./router.ts";
import { latestRun } from "./run-states.ts";
import { organizationOf, related } from "./world.ts";

const LIST = "/organizations/{organization}/workspaces";

function listWorkspaces(call: Call): Answer {
  const organization = resourceIn(call, "organizations", "organization");
  const all = call.world.ownedBy(organization, "workspaces");
  const matching = all.filter((each) => matches(call, each));
  const sort = call.query.get("sort");
  if (sort === "name" || sort === "-name") {
    matching.sort((a, b) => textOf(a, "name").localeCompare(textOf(b, "name")));
    if (sort === "-name") matching.reverse();
  }
  return page(call, matching, all.length);
}

function matches(call: Call, workspace: Resource): boolean {
  const query = (name: string) => call.query.get(name) ?? undefined;
  const name = textOf(workspace, "name").toLowerCase();
  const part = query("search[name]")?.toLowerCase();
  const pattern = query("search[wildcard-name]")?.toLowerCase();
  const project = query("filter[project][id]");
  const status = query("filter[current-run][status]");
  const tags = refsIn(workspace.relationships.tags).map((ref) => {
    const tag = call.world.get("tags", ref.id);
    return tag === undefined ? "" : textOf(tag, "name");
  });
  const run = latestRun(call.world, workspace);
  return (
    (part === undefined || name.includes(part)) &&
    (pattern === undefined || wildcard(pattern).test(name)) &&
    (project === undefined || refsIn(workspace.relationships.project)[0]?.id === project) &&
    (status === undefined ||
      (run !== undefined && status.split(",").includes(textOf(run, "status")))) &&
    (query("search[tags]")?.split(",") ?? []).every((tag) => tags.includes(tag)) &&
    !(query("search[exclude-tags]")?.split(",") ?? []).some((tag) => tags.includes(tag))
  );
}

function wildcard(pattern: string): RegExp {
  const literal = pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("\\*", ".*")}$`, "s");
}

function createWorkspace(call: Call): Answer {
  const organization = resourceIn(call, "organizations", "organization");
  requireName(call, organization.id, requiredText(call, "name"));
  const project = projectIn(call) ?? related(call.world, organization, "default-project");
  const now = call.world.timestamp();
  const workspace = call.world.add("workspaces", {
    attributes: {
      "auto-apply": false,
      "auto-destroy-at": null,
      description: null,
      "execution-mode": "remote",
      "global-remote-state": false,
      ...attributesIn(call),
      locked: false,
      "created-at": now,
      "updated-at": now,
      "latest-change-at": now,
    },
    relationships: {
      organization: refTo(organization),
      project: project === undefined ? null : refTo(project),
      "remote-state-consumers": [],
      tags: [],
    },
    owners: [organization],
  });
  return one(call, workspace, 201);
}

function changeWorkspace(call: Call, workspace: Resource): Answer {
  const { locked: _locked, ...attributes } = attributesIn(call);
  const organization = organizationOf(workspace);
  const name = attributes.name;
  if (typeof name === "string" && organization !== undefined) {
    requireName(call, organization, name, workspace);
  }
  const project = projectIn(call);
  if (project !== undefined) workspace.relationships.project = refTo(project);
  Object.assign(workspace.attributes, attributes, { "updated-at": call.world.timestamp() });
  return one(call, workspace);
}

function projectIn(call: Call): Resource | undefined {
  return relationIn(call, "project") && relatedIn(call, "project", "projects");
}

function requireName(call: Call, organization: string, name: string, self?: Resource): void {
  if (!/^[\w-]{1,90}$/.test(name)) throw invalidAttribute("name", "Name is invalid");
  const holder = call.world.named("workspaces", name, organization);
  if (holder !== undefined && holder !== self) {
    throw invalidAttribute("name", "Name has already been taken");
  }
}

/** S1 */
function safeDelete(call: Call, workspace: Resource): Answer {
  const attributes = derive(call.world, workspace).attributes;
  if (attributes?.locked === true) {
    throw conflict("The workspace is locked; unlock it before it can be safely deleted.");
  }
  if (attributes?.["resource-count"] !== 0) {
    throw conflict("The workspace cannot be safely deleted: it is still managing resources.");
  }
  call.world.remove(workspace);
  return NO_CONTENT;
}

/** Each of these exists twice and behaves the same: by identifier, and by name. */
const BOTH_WAYS: readonly (readonly [
  method: string,
  suffix: string,
  act: (call: Call, workspace: Resource) => Answer,
])[] = [
  ["GET", "", one],
  ["PATCH", "", changeWorkspace],
  ["DELETE", "", removed],
  ["POST", "/actions/safe-delete", safeDelete],
];

export const WORKSPACE_ROUTES: readonly Route[] = [
  { method: "GET", template: LIST, handle: listWorkspaces },
  { method: "POST", template: LIST, handle: createWorkspace },
  ...BOTH_WAYS.flatMap(([method, suffix, act]): Route[] => [
    {
      method,
      template: `/workspaces/{id}${suffix}`,
      handle: (call) => act(call, resourceIn(call, "workspaces")),
    },
    {
      method,
      template: `${LIST}/{name}${suffix}`,
      handle: (call) => act(call, namedIn(call, "workspaces")),
    },
  ]),
];
