import { describe, expect, it } from "vitest";
import { type Documents, list, operation, resource, type Typed } from "./documents.ts";

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
