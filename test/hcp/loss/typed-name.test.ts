import { describe, expect, it } from "vitest";
import { typedNameOf } from "../../../src/hcp/loss/typed-name.ts";
import { operation } from "../../operations/hcp/documents.ts";

describe("the name that a person types", () => {
  it.each([
    ["payments-dev", "payments-dev"],
    ["y", "ws-8ZkQ"],
    ["Yes", "ws-8ZkQ"],
    ["ok", "ws-8ZkQ"],
    ["日本", "ws-8ZkQ"],
    ["pay\u200bments", "ws-8ZkQ"],
    ["pay\u00a0ments", "ws-8ZkQ"],
    ["pay  ments", "ws-8ZkQ"],
    [" payments", "ws-8ZkQ"],
    ["x".repeat(101), "ws-8ZkQ"],
    ["Prod Team", "Prod Team"],
    [undefined, "ws-8ZkQ"],
  ])("N2 N3: for one that is called %j it is %j", async (name, typed) => {
    const made = await operation("DELETE /workspaces/ws-8ZkQ");
    expect(typedNameOf(made, { name, rows: [], reversible: false })).toBe(typed);
  });

  it("N3: where the id is trivial too, the whole path", async () => {
    const made = await operation("DELETE /organizations/y");
    expect(typedNameOf(made, { name: "y", rows: [] })).toBe("/organizations/y");
  });
});
