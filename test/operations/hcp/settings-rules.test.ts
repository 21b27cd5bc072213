// Updates that switch something on or off: what they do depends on how it is set now.

import { describe, expect, it } from "vitest";
import { type Documents, list, named, operation, resource } from "./documents.ts";

const attributes = (all: object) => ({ json: { data: { attributes: all } } });
const intoProject = (id: unknown, more: object = {}) => ({
  json: { data: { ...more, relationships: { project: { data: { id } } } } },
});
const is = (path: string, all: object): Documents => ({
  [path]: resource(path.split("/")[2] ?? "", all),
});
const workspace = (all: object) => is("/workspaces/ws-1", all);
const project = (all: object) => is("/projects/prj-1", all);
const NEVER = { "auto-destroy-activity-duration": null };
const LATER = { "auto-destroy-activity-duration": "14d" };
const MOVED = { json: { data: [{ id: "ws-1" }, { id: "ws-2" }] } };

type Case = [line: string, typed: object, documents: Documents, expected: string];

const expectVerdicts = (title: string, cases: readonly Case[]) =>
  it.each(cases)(`${title}: %s with %j: %#`, async (line, typed, documents, expected) => {
    const { impact, resourceClass } = await operation(line, typed, documents);
    expect(impact === "destroy" ? resourceClass : impact).toBe(expected);
  });

describe("runs that nobody is asked about", () => {
  const WS = "PATCH /workspaces/ws-1";
  const off = workspace({ "auto-apply": false });
  const on = workspace({ "auto-apply": true });
  expectVerdicts("B3", [
    [WS, attributes({ "auto-apply": true }), off, "destroy-runs"],
    [WS, attributes({ autoApply: "true" }), off, "destroy-runs"],
    [WS, attributes({ auto_apply: 1 }), on, "destroy-runs"],
    [WS, attributes({ "auto-apply": true }), {}, "destroy-runs"],
    [WS, attributes({ "auto-apply": true }), is("/workspaces/ws-1", {}), "destroy-runs"],
    [
      WS,
      attributes({ "auto-apply": true }),
      { "/workspaces/ws-1": new Error("503") },
      "destroy-runs",
    ],
    [
      WS,
      attributes({ "auto-apply": true }),
      { "/workspaces/ws-1": resource("ws-2", { "auto-apply": true }) },
      "destroy-runs",
    ],
    [WS, attributes({ "auto-apply": true, name: "same" }), on, "change"],
    [WS, attributes({ "auto-apply": false }), on, "change"],
    [WS, attributes({ "auto-apply-run-trigger": true }), on, "destroy-runs"],
    [WS, { json: { auto_apply: true, data: {} } }, on, "destroy-runs"],
    [WS, attributes({ "vcs-repo": { branch: "empty" } }), on, "destroy-runs"],
    [WS, attributes({ "working-directory": "empty" }), on, "destroy-runs"],
    [WS, attributes({ "vcs-repo": { branch: "empty" } }), off, "change"],
    [WS, attributes({ "vcs-repo": null }), on, "change"],
    ["PATCH /projects/prj-1", attributes({ "auto-apply": true }), project({}), "destroy-runs"],
    [
      "PATCH /organizations/acme/workspaces/dev",
      attributes({ "auto-apply": true }),
      {},
      "destroy-runs",
    ],
    ["POST /organizations/acme/workspaces", attributes({ "auto-apply": true }), {}, "change"],
  ]);
});

describe("coming under a project's automatic destruction", () => {
  const MOVE = "POST /projects/prj-1/relationships/workspaces";
  const WS = "PATCH /workspaces/ws-1";
  expectVerdicts("B4", [
    [MOVE, MOVED, project(LATER), "scheduled-destructions"],
    [MOVE, MOVED, project({}), "scheduled-destructions"],
    [MOVE, MOVED, {}, "scheduled-destructions"],
    [MOVE, MOVED, project(NEVER), "change"],
    [WS, intoProject("prj-1"), project(LATER), "scheduled-destructions"],
    [WS, intoProject("prj-1"), {}, "scheduled-destructions"],
    [WS, intoProject(7), project(NEVER), "scheduled-destructions"],
    [WS, intoProject("prj-1", { project_id: "x" }), project(NEVER), "scheduled-destructions"],
    [WS, intoProject("prj-1"), project(NEVER), "change"],
  ]);

  it("K5: each workspace that is moved counts", async () => {
    expect((await operation(MOVE, MOVED, project(LATER))).items).toBe(2);
    expect((await operation(MOVE, {}, project(LATER))).impact).toBe("unknown");
  });
});

describe("a setting that reaches everything", () => {
  const reaches = (line: string, name: string, expected: string): Case[] => {
    const path = line.split(" ")[1] ?? "";
    return [
      [line, attributes({ [name]: false }), is(path, { [name]: true }), expected],
      [line, attributes({ [name]: false }), {}, expected],
      [
        line,
        attributes({ [name.replaceAll("-", "_")]: null }),
        is(path, { [name]: true }),
        expected,
      ],
      [line, attributes({ [name]: false }), is(path, { [name]: false }), "change"],
      [line, attributes({ [name]: true }), is(path, { [name]: false }), "change"],
      [line, attributes({ name: "new" }), is(path, { [name]: true }), "change"],
    ];
  };
  expectVerdicts("B5", [
    ...reaches("PATCH /varsets/vs-1", "global", "varset-workspaces"),
    ...reaches("POST /varsets/vs-1", "global", "varset-workspaces"),
    ...reaches("PATCH /policy-sets/ps-1", "global", "policy-set-workspaces"),
    ...reaches("PATCH /provider-sets/ps-1", "global", "provider-set-workspaces"),
    ...reaches("PATCH /agent-pools/ap-1", "organization-scoped", "agent-pool-workspaces"),
    ...reaches("PATCH /oauth-clients/oc-1", "organization-scoped", "oauth-client-projects"),
    ...reaches("PATCH /workspaces/ws-1", "global-remote-state", "remote-state-consumers"),
  ]);

  it("K6: with links of its own kind it counts once more; with another kind nobody can tell", async () => {
    const varset = { data: { id: "vs-1", relationships: { workspaces: { data: [{}, {}] } } } };
    const body = (relationship: string) => ({
      json: {
        data: { attributes: { global: false }, relationships: { [relationship]: { data: [] } } },
      },
    });
    const documents = { "/varsets/vs-1": varset, "/varsets/vs-1/relationships/vars": list({}) };
    expect(await operation("PATCH /varsets/vs-1", body("workspaces"), documents)).toMatchObject({
      resourceClass: "varset-workspaces",
      items: 3,
    });
    expect(await operation("PATCH /varsets/vs-1", body("vars"), documents)).toMatchObject({
      impact: "unknown",
    });
    const two = attributes({ "auto-apply": true, "auto-destroy-at": "2030-01-01" });
    expect((await operation("PATCH /workspaces/ws-1", two)).impact).toBe("unknown");
  });
});

describe("by name", () => {
  const DEV = "/organizations/acme/workspaces/dev";
  const documents = { [DEV]: named("ws-8ZkQ") };

  it.each([
    [`DELETE ${DEV}`, "/workspaces/ws-8ZkQ", "/api/v2/workspaces/ws-8ZkQ"],
    [`PATCH ${DEV}`, "/workspaces/ws-8ZkQ", "/api/v2/workspaces/ws-8ZkQ"],
    [
      `POST ${DEV}/actions/safe-delete`,
      "/workspaces/ws-8ZkQ",
      "/api/v2/workspaces/ws-8ZkQ/actions/safe-delete",
    ],
  ])("I1: %s is made by id", async (line, target, request) => {
    const made = await operation(line, {}, documents);
    expect(made.target).toMatchObject({ path: target, id: "ws-8ZkQ", organization: "acme" });
    expect(made.request.path).toBe(request);
  });

  it.each([[{}], [{ [DEV]: named("../x") }], [{ [DEV]: {} }], [{ [DEV]: new Error("500") }]])(
    "I1: an id that is not told leaves the request as it was typed: %j",
    async (unhelpful) => {
      const made = await operation(`DELETE ${DEV}`, {}, unhelpful);
      expect(made).toMatchObject({ impact: "destroy", target: { path: DEV, id: "dev" } });
    },
  );

  it("a read stays as it was typed", async () => {
    expect((await operation(`GET ${DEV}`, {}, documents)).target.path).toBe(DEV);
  });
});
