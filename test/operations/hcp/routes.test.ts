import { describe, expect, it } from "vitest";
import { titleOf } from "../../../src/operations/hcp/title.ts";
import {
  classOfRoute,
  matchRoute,
  ROUTES,
  routesOfClass,
} from "../../../src/operations/hcp/route-table.ts";
import { isResourceClass, RESOURCE_CLASSES } from "../../../src/policy/resource-class.ts";

const CLASSES = Object.keys(RESOURCE_CLASSES).filter(isResourceClass);
/** Every placeholder filled with a value that could be a literal elsewhere in the table. */
const fill = (template: string) => template.replace(/\{[a-z_]+\}/g, "vars");

describe("the route table", () => {
  it("holds the 375 operations of the API's own list, and the documented ones that it lacks", () => {
    expect(ROUTES.length).toBeGreaterThanOrEqual(375 + 69 + 46);
    expect(ROUTES.filter(({ method }) => method === "DELETE").length).toBeGreaterThanOrEqual(
      54 + 20,
    );
  });

  it("lists each method and template once, and each operation of a class once", () => {
    const shapes = ROUTES.map(
      ({ method, template }) => `${method} ${template.replace(/\{\w+\}/g, "{}")}`,
    );
    expect(shapes.filter((shape, index) => shapes.indexOf(shape) !== index)).toEqual([]);
  });

  it.each(ROUTES.map((route) => [`${route.method} ${route.template}`, route] as const))(
    "%s is well formed and finds itself",
    (_, route) => {
      expect(route.template).toMatch(/^(?:\/(?:[a-z0-9_-]+|\{[a-z_]+\}))+$/);
      expect(route.name).toMatch(/^[a-z][A-Za-z]+$/);
      expect(route.title ?? titleOf(route.name)).toMatch(/^[A-Z]/);
      expect(matchRoute(route.method, fill(route.template))?.route).toBe(route);
    },
  );

  it("T1: every DELETE has a class", () => {
    const bare = ROUTES.filter(
      ({ method, class: own }) => method === "DELETE" && own === undefined,
    );
    expect(bare).toEqual([]);
  });

  it("a rule, a bulk body and a replaced list stand only where a class does", () => {
    const odd = ROUTES.filter(
      (route) =>
        (route.rule ?? route.bulk ?? route.replaces) !== undefined && route.class === undefined,
    );
    expect(odd).toEqual([]);
    expect(ROUTES.filter(({ method, class: own }) => method === "GET" && own)).toEqual([]);
  });

  it("I1: a request by name has one by id, which does the same", () => {
    const named = ROUTES.filter(({ byId }) => byId !== undefined);
    expect(named.length).toBe(3);
    for (const route of named) {
      const found = matchRoute(route.method, fill(route.byId ?? ""))?.route;
      expect([found?.class, found?.rule, found?.also]).toEqual([
        route.class,
        route.rule,
        route.also,
      ]);
    }
    const lacking = ROUTES.filter(
      ({ method, template, byId }) =>
        method !== "GET" && template.includes("{workspace_name}") && byId === undefined,
    );
    expect(lacking).toEqual([]);
  });

  it.each(CLASSES)("%s is the class of some request", (name) => {
    expect(routesOfClass(name).length).toBeGreaterThan(0);
  });

  it.each(
    ROUTES.filter(
      ({ method, template }) =>
        method === "DELETE" && /\/relationships\/(?!vars\/|data-|remote-)/.test(template),
    ),
  )("C3: $template has the class of the link, and counts its items", (route) => {
    const linked = route.template.split("/").at(-1);
    expect(route.class).not.toBe(linked);
    expect(route.bulk).toBe(true);
  });
});

describe("matching", () => {
  it.each([
    ["DELETE", "/organizations/vars/authentication-token", "organization-tokens"],
    ["DELETE", "/organizations/vars/team-tokens", "team-tokens"],
    ["DELETE", "/organizations/workspaces/provider-sets", "provider-sets"],
    ["DELETE", "/organizations/workspaces", "organizations"],
    ["DELETE", "/teams/vars/authentication-token", "team-tokens"],
    ["DELETE", "/policy-sets/vars/tag-selectors", "policy-set-tag-selectors"],
    ["DELETE", "/varsets/vs-1/relationships/workspaces", "varset-workspaces"],
    ["DELETE", "/workspaces/relationships", "workspaces"],
    ["DELETE", "/tasks/integrations", "tasks"],
    ["DELETE", "/workspaces/ws-1.json", "workspaces"],
    ["DELETE", "/api/registry/private/v2/gpg-keys/acme/ABC", "gpg-keys"],
    ["DELETE", "/api/v2/workspaces/ws-1", "workspaces"],
    ["DELETE", "/w%6Frkspaces/ws-1", "workspaces"],
    ["POST", "/registry-modules/actions/delete/acme/vpc", "registry-modules"],
    ["POST", "/registry-modules/actions/delete/acme/vpc/aws/1.0.0", "registry-module-versions"],
    ["GET", "/workspaces/ws-1", "workspaces"],
  ])("T1: %s %s is about %s", (method, path, resourceClass) => {
    const match = matchRoute(method, path);
    expect(match && classOfRoute(match.route)).toBe(resourceClass);
  });

  it.each([
    ["GET", "/tasks/integrations", "listTaskIntegrations"],
    ["GET", "/tasks/task-1", "getTask"],
    ["GET", "/organizations/acme/registry-modules/validation", "validateRegistryModuleNames"],
    ["POST", "/organizations/acme/hyok-configurations/test", "testUnpersistedHyokConfiguration"],
    ["GET", "/email-recipient-statuses/unsubscribe", "unsubscribeEmailRecipient"],
  ])("T2: %s %s is %s", (method, path, name) => {
    expect(matchRoute(method, path)?.route.name).toBe(name);
  });

  it.each([
    ["DELETE", "/Workspaces/ws-1"],
    ["delete", "/workspaces/ws-1"],
    ["DELETE", "/workspaces"],
    ["DELETE", "/workspaces/"],
    ["DELETE", "/workspaces//vars/var-1"],
    ["DELETE", "/workspaces/ws-1/vars/var-1/more"],
    ["DELETE", "/workspaces/%"],
    ["DELETE", "/api/v2/api/registry/private/v2/gpg-keys/acme/ABC"],
    ["DELETE", "/api/v3/workspaces/ws-1"],
    ["POST", "/runs/run-1/actions/apply.json"],
    ["POST", "/runs.json"],
    ["DELETE", "/__proto__/constructor"],
    ["DELETE", ""],
  ])("T3: %s %j matches nothing", (method, path) => {
    expect(matchRoute(method, path)).toBeUndefined();
  });

  it("T3: placeholders hold one decoded segment each", () => {
    expect(matchRoute("DELETE", "/organizations/acme/workspaces/a%20b")?.values).toEqual([
      ["organization_name", "acme"],
      ["workspace_name", "a b"],
    ]);
  });
});

describe("titles", () => {
  it.each([
    ["deleteWorkspace", "Delete workspace"],
    ["updateOAuthClient", "Update OAuth client"],
    ["deleteHyokConfiguration", "Delete HYOK configuration"],
    ["getRegistryModuleByID", "Get registry module by ID"],
    ["listVarsetVars", "List variable set variables"],
  ])("%s reads %j", (name, title) => expect(titleOf(name)).toBe(title));
});
