import { describe, expect, it } from "vitest";
import { named, operation, resource, type Typed } from "./documents.ts";

const RUN_IN = { relationships: { workspace: named("ws-1") } };
const run = (all: object = {}) => ({ json: { data: { attributes: all, ...RUN_IN } } });
const autoApply = (on: unknown) => ({ "/workspaces/ws-1": resource("ws-1", { "auto-apply": on }) });
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
