import { describe, expect, it } from "vitest";
import { operation } from "./documents.ts";

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
