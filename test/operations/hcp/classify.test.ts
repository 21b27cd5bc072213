import { describe, expect, it } from "vitest";
import { type Documents, list, named, operation, resource, type Typed } from "./documents.ts";

const attributes = (all: object) => ({ json: { data: { attributes: all } } });
const RUN_IN = { relationships: { workspace: named("ws-1") } };
const run = (all: object = {}) => ({ json: { data: { attributes: all, ...RUN_IN } } });
const autoApply = (on: unknown) => ({ "/workspaces/ws-1": resource("ws-1", { "auto-apply": on }) });
const planned = (plan: object, ofRun: object = { "is-destroy": false }) => ({
  "/runs/run-1?include=plan": {
    data: { id: "run-1", attributes: ofRun, relationships: { plan: named("plan-1") } },
    included: [{ id: "plan-1", type: "plans", attributes: plan }],
  },
});
const FINISHED = { status: "finished", "resource-destructions": 0 };

describe("impact and class", () => {
  it.each<[string, string, string, string]>([
    ["GET /workspaces/ws-1", "read", "workspaces", "reversible"],
    ["GET /no/such/path", "read", "unknown", "reversible"],
    ["HEAD /workspaces/ws-1", "read", "workspaces", "reversible"],
    ["OPTIONS /nothing", "read", "unknown", "reversible"],
    ["GET /email-recipient-statuses/unsubscribe", "read", "unknown", "reversible"],
    ["DELETE /workspaces/ws-1", "destroy", "workspaces", "depends"],
    ["delete /workspaces/ws-1", "destroy", "workspaces", "depends"],
    ["DELETE /workspaces/ws-1.json", "destroy", "workspaces", "depends"],
    ["DELETE /organizations/acme", "destroy", "organizations", "irreversible"],
    [
      "DELETE /organizations/vars/authentication-token",
      "destroy",
      "organization-tokens",
      "irreversible",
    ],
    ["DELETE /authentication-tokens/at-1", "destroy", "authentication-tokens", "irreversible"],
    ["DELETE /run-triggers/rt-1", "destroy", "run-triggers", "reversible"],
    ["DELETE /stacks/st-1", "destroy", "stacks", "irreversible"],
    ["DELETE /nothing/here", "unknown", "unknown", "irreversible"],
    ["PURGE /workspaces/ws-1", "unknown", "unknown", "irreversible"],
    ["POST /workspaces/ws-1", "unknown", "unknown", "irreversible"],
    ["POST /workspaces/ws-1/actions/lock", "change", "unknown", "reversible"],
    ["POST /workspaces/ws-1/actions/safe-delete", "destroy", "workspaces", "depends"],
    ["POST /workspaces/ws-1/actions/safe-delete.json", "unknown", "unknown", "irreversible"],
    [
      "POST /organizations/acme/workspaces/dev/actions/safe-delete",
      "destroy",
      "workspaces",
      "depends",
    ],
    ["POST /workspaces/ws-1/actions/force-unlock", "destroy", "workspace-locks", "irreversible"],
    [
      "POST /plans/plan-1/actions/soft-delete-backing-data",
      "destroy",
      "backing-data",
      "reversible",
    ],
    ["POST /plans/plan-1/actions/restore-backing-data", "change", "unknown", "reversible"],
    [
      "POST /plans/plan-1/actions/permanently-delete-backing-data",
      "destroy",
      "permanent-deletions",
      "irreversible",
    ],
    [
      "POST /state-versions/sv-1/actions/permanently_delete_backing_data",
      "destroy",
      "permanent-deletions",
      "irreversible",
    ],
    [
      "PUT /recoverable-items/ri-1/actions/permanently-delete",
      "destroy",
      "permanent-deletions",
      "irreversible",
    ],
    ["PUT /recoverable-items/ri-1/actions/recover", "change", "unknown", "reversible"],
    [
      "POST /hyok-configurations/hyokc-1/actions/revoke",
      "destroy",
      "hyok-configurations",
      "irreversible",
    ],
    [
      "POST /hyok-customer-key-versions/kv-1/actions/revoke",
      "destroy",
      "hyok-customer-key-versions",
      "irreversible",
    ],
    ["POST /change-requests/cr-1/actions/archive", "destroy", "change-requests", "reversible"],
    [
      "POST /configuration-versions/cv-1/actions/archive",
      "destroy",
      "configuration-versions",
      "reversible",
    ],
    [
      "POST /organizations/acme/authentication-token",
      "destroy",
      "organization-tokens",
      "irreversible",
    ],
    ["POST /teams/team-1/authentication-token", "destroy", "team-tokens", "irreversible"],
    ["POST /teams/team-1/authentication-tokens", "change", "unknown", "reversible"],
    ["POST /workspaces/ws-1/state-versions", "destroy", "state-versions", "irreversible"],
    ["PATCH /workspaces/ws-1/state-versions", "destroy", "state-versions", "irreversible"],
    ["POST /workspace-transfers", "destroy", "workspace-transfers", "irreversible"],
    ["POST /workspace-transfers/wt-1/actions/cancel", "change", "unknown", "reversible"],
    ["POST /runs/run-1/actions/discard", "destroy", "runs", "depends"],
    ["POST /runs/run-1/actions/cancel", "destroy", "runs", "depends"],
    ["POST /runs/run-1/actions/force-cancel", "destroy", "runs", "depends"],
    ["POST /runs/run-1/actions/force-execute", "destroy", "runs", "depends"],
    ["DELETE /api/registry/private/v2/gpg-keys/acme/ABC", "destroy", "gpg-keys", "irreversible"],
  ])("K1 K2: %s is %s of %s, %s", async (line, impact, resourceClass, reversibility) => {
    expect(await operation(line)).toMatchObject({ impact, resourceClass, reversibility, items: 1 });
  });

  it.each([
    ["DELETE /workspaces/ws-1", "Delete workspace"],
    [
      "POST /plans/p-1/actions/permanently-delete-backing-data",
      "Permanently delete backing data of plan",
    ],
    ["POST /runs/run-1/actions/apply", "Apply run (destroys)"],
    ["POST /workspaces/ws-1/state-versions", "Upload state"],
    ["DELETE /nothing/here", "Send DELETE /nothing/here"],
  ])("%s reads %j", async (line, title) => {
    expect((await operation(line)).title).toBe(title);
  });
});

type Case = [line: string, typed: Typed, documents: Documents, resourceClass: string];

describe("where the body or a look-up decides", () => {
  it.each<Case>([
    ["POST /runs", run({ "is-destroy": true }), autoApply(false), "destroy-runs"],
    ["POST /runs", run({ is_destroy: "yes" }), autoApply(false), "destroy-runs"],
    ["POST /runs", run({ isDestroy: 1 }), autoApply(false), "destroy-runs"],
    ["POST /runs", run({ "is-destroy": "false" }), autoApply(false), "destroy-runs"],
    ["POST /runs", { json: { ...run().json, is_destroy: true } }, autoApply(false), "destroy-runs"],
    [
      "POST /runs",
      run({ "is-destroy": true, "plan-only": true }),
      autoApply(false),
      "destroy-runs",
    ],
    ["POST /runs", run({ "auto-apply": true }), autoApply(false), "destroy-runs"],
    ["POST /runs", run({ "is-destroy": false, "plan-only": true }), {}, "change"],
    ["POST /runs", run({ "plan-only": "true" }), {}, "destroy-runs"],
    ["POST /runs", run({ "plan-only": true, plan_only: false }), {}, "destroy-runs"],
    ["POST /runs", run({ message: "hello" }), autoApply(false), "change"],
    ["POST /runs", run({ "replace-addrs": ["a.b"] }), autoApply(true), "destroy-runs"],
    ["POST /runs", run(), autoApply(true), "destroy-runs"],
    ["POST /runs", run(), autoApply("false"), "destroy-runs"],
    ["POST /runs", run(), { "/workspaces/ws-1": new Error("503") }, "destroy-runs"],
    [
      "POST /runs",
      run(),
      { "/workspaces/ws-1": resource("ws-2", { "auto-apply": false }) },
      "destroy-runs",
    ],
    ["POST /runs", run({ "workspace-id": "ws-2" }), autoApply(false), "destroy-runs"],
    ["POST /runs", {}, autoApply(false), "destroy-runs"],
    ["POST /runs/run-1/actions/apply", {}, planned(FINISHED), "change"],
    [
      "POST /runs/run-1/actions/apply",
      {},
      planned({ ...FINISHED, "resource-destructions": 1 }),
      "destroy-runs",
    ],
    [
      "POST /runs/run-1/actions/apply",
      {},
      planned({ ...FINISHED, "resource-replacements": 1 }),
      "destroy-runs",
    ],
    ["POST /runs/run-1/actions/apply", {}, planned({ status: "finished" }), "destroy-runs"],
    [
      "POST /runs/run-1/actions/apply",
      {},
      planned({ ...FINISHED, status: "running" }),
      "destroy-runs",
    ],
    [
      "POST /runs/run-1/actions/apply",
      {},
      planned(FINISHED, { "is-destroy": true }),
      "destroy-runs",
    ],
    ["POST /runs/run-1/actions/apply", {}, planned(FINISHED, {}), "destroy-runs"],
    ["POST /runs/run-1/actions/apply", {}, {}, "destroy-runs"],
    [
      "POST /workspaces/ws-1/configuration-versions",
      attributes({ "auto-queue-runs": false }),
      {},
      "change",
    ],
    [
      "POST /workspaces/ws-1/configuration-versions",
      attributes({ speculative: true }),
      {},
      "change",
    ],
    ["POST /workspaces/ws-1/configuration-versions", attributes({}), autoApply(false), "change"],
    [
      "POST /workspaces/ws-1/configuration-versions",
      attributes({}),
      autoApply(true),
      "destroy-runs",
    ],
    ["POST /workspaces/ws-1/configuration-versions", {}, {}, "destroy-runs"],
    ["POST /policy-checks/pc-1/actions/override", {}, {}, "destroy-runs"],
    ["PATCH /workspaces/ws-1", attributes({ name: "new" }), {}, "change"],
    ["PATCH /workspaces/ws-1", attributes({ "auto-destroy-at": null }), {}, "change"],
    [
      "PATCH /workspaces/ws-1",
      attributes({ "auto-destroy-at": "2030-01-01" }),
      {},
      "scheduled-destructions",
    ],
    ["PATCH /workspaces/ws-1", attributes({ autoDestroyAt: "" }), {}, "scheduled-destructions"],
    [
      "PATCH /organizations/acme/workspaces/dev",
      attributes({ auto_destroy_activity_duration: "1d" }),
      {},
      "scheduled-destructions",
    ],
    [
      "PATCH /workspaces/ws-1",
      attributes({ "inherits-project-auto-destroy": true }),
      {},
      "scheduled-destructions",
    ],
    [
      "POST /organizations/acme/workspaces",
      attributes({ "auto-destroy-at": "2030-01-01" }),
      {},
      "scheduled-destructions",
    ],
    [
      "PATCH /projects/prj-1",
      attributes({ "auto-destroy-activity-duration": "14d" }),
      {},
      "scheduled-destructions",
    ],
    ["POST /organizations/acme/projects", attributes({ name: "web" }), {}, "change"],
    [
      "PATCH /workspaces/ws-1/relationships/data-retention-policy",
      { json: { data: { type: "data-retention-policy-delete-olders" } } },
      {},
      "data-retention-policies",
    ],
    [
      "PATCH /workspaces/ws-1/relationships/data-retention-policy",
      { json: { data: { type: "data-retention-policy-dont-deletes" } } },
      {},
      "change",
    ],
    [
      "POST /organizations/acme/relationships/data-retention-policy",
      {},
      {},
      "data-retention-policies",
    ],
    ["PATCH /workspaces/ws-1/relationships/ssh-key", attributes({ id: "sshkey-1" }), {}, "change"],
    [
      "PATCH /workspaces/ws-1/relationships/ssh-key",
      attributes({ id: null }),
      {},
      "workspace-ssh-keys",
    ],
    [
      "PATCH /workspaces/ws-1/vars/var-1",
      attributes({ value: "new", sensitive: true }),
      {},
      "change",
    ],
    [
      "PUT /policies/pol-1/upload",
      { body: "main = rule { true }", headers: [["content-type", "application/octet-stream"]] },
      {},
      "change",
    ],
  ])("B1 A2: %s with %j: %#", async (line, typed, documents, expected) => {
    const { impact, resourceClass } = await operation(line, typed, documents);
    expect(expected === "change" ? impact : `${impact} ${resourceClass}`).toBe(
      expected === "change" ? "change" : `destroy ${expected}`,
    );
  });

  it("B2: a policy is overridden freely only when a person will still be asked to apply", async () => {
    const check = resource("pc-1", {}, { run: named("run-1") });
    const of = (all: object) =>
      operation(
        "POST /policy-checks/pc-1/actions/override",
        {},
        {
          "/policy-checks/pc-1": check,
          "/runs/run-1": resource("run-1", all),
        },
      );
    expect((await of({ "auto-apply": false, "is-destroy": false })).impact).toBe("change");
    expect((await of({ "auto-apply": true, "is-destroy": false })).impact).toBe("destroy");
    expect((await of({ "auto-apply": false, "is-destroy": true })).impact).toBe("destroy");
  });
});

describe("bulk bodies and replaced links", () => {
  const entries = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `x-${index}` }));
  const consumers = "/workspaces/ws-1/relationships/remote-state-consumers";
  const replaced = (name: string, count: number) => ({
    json: { data: { relationships: { [name]: { data: entries(count) } } } },
  });
  const varset = (count: number) => ({
    "/varsets/vs-1": resource("vs-1", {}, { workspaces: { data: entries(count) } }),
  });

  it.each<[string, Typed, Documents, string, number]>([
    [
      "DELETE /varsets/vs-1/relationships/workspaces",
      { json: { data: entries(3) } },
      {},
      "varset-workspaces",
      3,
    ],
    [
      "DELETE /varsets/vs-1/relationships/workspaces",
      { json: { data: [] } },
      {},
      "varset-workspaces",
      1,
    ],
    [
      "DELETE /teams/team-1/relationships/users",
      { json: { data: entries(2) } },
      {},
      "team-memberships",
      2,
    ],
    ["DELETE /organizations/acme/tags", { json: { data: entries(5) } }, {}, "organization-tags", 5],
    [
      "DELETE /workspaces/ws-1/tag-bindings",
      { json: { data: entries(2) } },
      {},
      "workspace-tags",
      2,
    ],
    [
      `PATCH ${consumers}`,
      { json: { data: [] } },
      { [consumers]: list({}, {}, {}) },
      "remote-state-consumers",
      3,
    ],
    ["PATCH /varsets/vs-1", replaced("workspaces", 0), varset(4), "varset-workspaces", 4],
    ["POST /varsets/vs-1", replaced("Workspaces", 1), varset(2), "varset-workspaces", 2],
    [
      "PATCH /workspaces/ws-1",
      replaced("tag_bindings", 0),
      { "/workspaces/ws-1/tag-bindings": list({}, {}) },
      "workspace-tags",
      2,
    ],
    [
      "PATCH /workspaces/ws-1/relationships/vars",
      { json: { data: [] } },
      { "/workspaces/ws-1/vars": list({}) },
      "vars",
      1,
    ],
  ])("K5 L1 L2: %s with %j: %#", async (line, typed, documents, resourceClass, items) => {
    expect(await operation(line, typed, documents)).toMatchObject({
      impact: "destroy",
      resourceClass,
      items,
    });
  });

  it.each<[string, Typed, Documents]>([
    ["DELETE /varsets/vs-1/relationships/workspaces", {}, {}],
    ["DELETE /varsets/vs-1/relationships/workspaces", { json: [1] }, {}],
    ["DELETE /varsets/vs-1/relationships/workspaces", { json: { data: { id: "ws-1" } } }, {}],
    ["DELETE /organizations/acme/team-tokens", {}, {}],
    [`PATCH ${consumers}`, { json: { data: [] } }, {}],
    [`PATCH ${consumers}`, { json: { data: [] } }, { [consumers]: new Error("500") }],
    ["PATCH /varsets/vs-1", replaced("workspaces", 0), {}],
    ["PATCH /teams/team-1", replaced("users", 1), {}],
    [
      "PATCH /varsets/vs-1",
      { json: { data: { relationships: { workspaces: { data: [] }, projects: { data: [] } } } } },
      varset(1),
    ],
    [
      "PATCH /workspaces/ws-1",
      {
        json: {
          data: {
            attributes: { "auto-destroy-at": "x" },
            relationships: { "tag-bindings": { data: [] } },
          },
        },
      },
      { "/workspaces/ws-1/tag-bindings": list({}) },
    ],
  ])("K5 K6 L1: %s with %j cannot be told: %#", async (line, typed, documents) => {
    expect(await operation(line, typed, documents)).toMatchObject({
      impact: "unknown",
      resourceClass: "unknown",
    });
  });

  it("L1: creating something with links removes none", async () => {
    expect(
      (await operation("POST /organizations/acme/varsets", replaced("workspaces", 2))).impact,
    ).toBe("change");
    expect(
      (
        await operation("POST /varsets/vs-1/relationships/workspaces", {
          json: { data: entries(1) },
        })
      ).impact,
    ).toBe("change");
  });
});

describe("bodies and queries that cannot be trusted", () => {
  const form: [string, string] = ["Content-Type", "application/x-www-form-urlencoded"];
  it.each<[string, Typed]>([
    ["POST /runs", { body: "is-destroy=true", headers: [form] }],
    ["POST /workspaces/ws-1/actions/lock", { body: "_method=delete", headers: [form] }],
    ["PATCH /workspaces/ws-1", { body: "{}", headers: [["content-type", "text/plain"]] }],
    [
      "PATCH /workspaces/ws-1",
      { body: "{}", headers: [["content-type", "application/json; charset=utf-16"]] },
    ],
    ["PATCH /workspaces/ws-1", { json: [{ data: {} }] }],
    ["PATCH /workspaces/ws-1", { json: "text" }],
    ["POST /workspaces/ws-1/actions/lock?data[attributes][is-destroy]=true", {}],
    ["PATCH /workspaces/ws-1", { query: [["auto-destroy-at", "2030-01-01"]] }],
    ["POST /runs", { ...run({ "plan-only": true }), query: [["is_destroy", "true"]] }],
    ["DELETE /workspaces/ws-1?data[][id]=x", {}],
  ])("K3 K4: %s with %j is unknown: %#", async (line, typed) => {
    expect(await operation(line, typed, autoApply(false))).toMatchObject({
      impact: "unknown",
      resourceClass: "unknown",
    });
  });

  it("K3: documented parameters change nothing", async () => {
    const token = "/organizations/acme/authentication-token?token=audit-trails";
    expect((await operation(`DELETE ${token}`)).resourceClass).toBe("organization-tokens");
    expect((await operation("PATCH /workspaces/ws-1?include=project", { json: {} })).impact).toBe(
      "change",
    );
  });

  it("D1: what is sent is our own parse: the last of two names, and no exotic blanks", async () => {
    const body =
      '{"data":{"attributes":{"is-destroy":true,"plan-only":true,\r\n"is-destroy":false}}}';
    const made = await operation("POST /runs", { body });
    expect(made.request.body).toBe('{"data":{"attributes":{"is-destroy":false,"plan-only":true}}}');
    expect(made.impact).toBe("change");
  });

  it("J1: __proto__ is a name like any other", async () => {
    const body =
      '{"__proto__":{"data":{"attributes":{"plan-only":true}}},"data":{"__proto__":{"is-destroy":true}}}';
    const made = await operation("POST /runs", { body }, autoApply(false));
    expect(made).toMatchObject({ impact: "destroy", resourceClass: "destroy-runs" });
    expect(made.request.body).toBe(body);
    const inherits = '{"data":{"attributes":{"__proto__":{"plan-only":true}}}}';
    expect((await operation("POST /runs", { body: inherits })).impact).toBe("destroy");
  });
});

describe("target and request", () => {
  it.each<[string, object]>([
    ["DELETE /workspaces/ws-1", { path: "/workspaces/ws-1", id: "ws-1" }],
    ["DELETE workspaces/ws-1", { path: "/workspaces/ws-1", id: "ws-1" }],
    ["DELETE /api/v2/workspaces/ws-1", { path: "/workspaces/ws-1", id: "ws-1" }],
    [
      "DELETE https://APP.terraform.io:443/api/v2/workspaces/ws-1",
      { path: "/workspaces/ws-1", id: "ws-1" },
    ],
    ["POST /workspaces/ws-1/actions/safe-delete", { path: "/workspaces/ws-1", id: "ws-1" }],
    ["POST /stacks/st-1/force-delete", { path: "/stacks/st-1", id: "st-1" }],
    [
      "DELETE /organizations/acme/workspaces/dev",
      { path: "/organizations/acme/workspaces/dev", id: "dev", organization: "acme" },
    ],
    ["POST /runs", { path: "/runs" }],
    [
      "GET /organizations/ac%20me",
      { path: "/organizations/ac%20me", id: "ac me", organization: "ac me" },
    ],
    [
      "GET /organizations/zürich",
      { path: "/organizations/z%C3%BCrich", id: "zürich", organization: "zürich" },
    ],
    [
      "DELETE /api/registry/private/v2/gpg-keys/acme/A1",
      { path: "/api/registry/private/v2/gpg-keys/acme/A1", id: "A1" },
    ],
  ])("%s acts on %j", async (line, target) => {
    expect((await operation(line)).target).toEqual({ hostname: "app.terraform.io", ...target });
  });

  it("O2: the request is complete and canonical", async () => {
    const made = await operation("patch /work%73paces/ws-1?include=a%20b", {
      json: { data: {} },
      headers: [["X-Request-Id", " 7 "]],
    });
    expect(made.request).toEqual({
      method: "PATCH",
      path: "/api/v2/workspaces/ws-1",
      query: [["include", "a b"]],
      headers: { "x-request-id": "7", "content-type": "application/vnd.api+json" },
      body: '{"data":{}}',
    });
  });

  it("P1: a port is part of the hostname", async () => {
    const base = new URL("http://127.0.0.1:8123");
    expect((await operation("GET /ping", {}, {}, base)).target.hostname).toBe("127.0.0.1:8123");
  });
});
