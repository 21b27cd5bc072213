import { describe, expect, it } from "vitest";
import { type Documents, named, operation, resource, type Typed } from "./documents.ts";

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

type Case = [line: string, typed: Typed, documents: Documents, resourceClass: string];

describe("where the body or a look-up decides", () => {
  it.each<Case>([
    ["POST /runs", run({ "is-destroy": true }), autoApply(false), "destroy-runs"],
    ["POST /runs", run({ is_destroy: "yes" }), autoApply(false), "destroy-runs"],
    ["POST /runs", run({ isDestroy: 1 }), autoApply(false), "destroy-runs"],
    ["POST /runs", run({ "\uff49s-destroy": true }), autoApply(false), "destroy-runs"],
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
