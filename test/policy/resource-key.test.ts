import { describe, expect, it } from "vitest";
import type { HcpOperation } from "../../src/policy/operation.ts";
import { resourceKey } from "../../src/policy/resource-key.ts";
import { operation } from "../operations/hcp/documents.ts";

const ID = "ws-8ZkQexample00";
const NAMED = { "/organizations/acme/workspaces/payments-dev": { data: { id: ID } } };
const key = async (line: string, body?: unknown) =>
  resourceKey(await operation(line, body === undefined ? {} : { json: body }, NAMED));

describe("K1: one key for one resource", () => {
  it.each([
    `DELETE /workspaces/${ID}`,
    `POST /workspaces/${ID}/actions/safe-delete`,
    "DELETE /organizations/acme/workspaces/payments-dev",
    "POST /organizations/acme/workspaces/payments-dev/actions/safe-delete",
    `DELETE /workspaces/${ID}?force=true`,
  ])("%s", async (line) => {
    expect(await key(line)).toBe(await key(`DELETE /workspaces/${ID}`));
  });

  it("a variable by its own path and by its workspace's", async () => {
    expect(await key("DELETE /vars/var-1234567890")).toBe(
      await key(`DELETE /workspaces/${ID}/vars/var-1234567890`),
    );
  });

  it.each([
    "DELETE /workspaces/ws-9other0000000",
    `DELETE /workspaces/${ID}/vars/var-1234567890`,
    `DELETE /workspaces/${ID}/relationships/tags`,
    "DELETE /organizations/acme/workspaces/payments-prod",
  ])("another for %s", async (line) => {
    expect(await key(line)).not.toBe(await key(`DELETE /workspaces/${ID}`));
  });

  it("of a collection, each choice of members has its own", async () => {
    const line = `DELETE /workspaces/${ID}/relationships/remote-state-consumers`;
    const [one, other] = await Promise.all(
      ["ws-1", "ws-2"].map((id) => key(line, { data: [{ type: "workspaces", id }] })),
    );
    expect(one).not.toBe(other);
  });

  it("K2: of members neither their order nor what else is said of them", async () => {
    const line = `DELETE /workspaces/${ID}/relationships/remote-state-consumers`;
    const data = [
      { type: "workspaces", id: "ws-1" },
      { type: "workspaces", id: "ws-2", meta: { note: "x" } },
    ];
    expect(await key(line, { data })).toBe(await key(line, { data: data.toReversed() }));
  });

  it("K2: a destroy run of one workspace, whatever its message", async () => {
    const run = (message: string, workspace: string) => ({
      data: {
        type: "runs",
        attributes: { "is-destroy": true, message },
        relationships: { workspace: { data: { type: "workspaces", id: workspace } } },
      },
    });
    const one = await key("POST /runs", run("one", ID));
    expect(await key("POST /runs", run("two", ID))).toBe(one);
    expect(await key("POST /runs", run("one", "ws-9other0000000"))).not.toBe(one);
  });

  it("a module by an older route", async () => {
    expect(await key("POST /registry-modules/actions/delete/acme/vpc/aws")).toBe(
      await key("DELETE /organizations/acme/registry-modules/private/acme/vpc/aws"),
    );
  });

  it("the hostname is part of it", async () => {
    const made = await operation(`DELETE /workspaces/${ID}`);
    const there: HcpOperation = {
      ...made,
      target: { ...made.target, hostname: "tfe.example.com" },
    };
    expect(resourceKey(there)).not.toBe(resourceKey(made));
  });
});
