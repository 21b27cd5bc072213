import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type StandIn, startStandIn } from "../../src/demo/stand-in/server.ts";
import { document, entries, send } from "./stand-in-client.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startStandIn();
});
afterEach(() => standIn.close());

const ACME = "/organizations/acme";
const id = (type: string, name: string) => standIn.state.named(type, name, "acme")?.id ?? "";
const first = (type: string) => standIn.state.all(type)[0]?.id ?? "";

describe("teams", () => {
  it.each([
    ["", ["owners", "platform-engineers", "readers"]],
    ["?filter%5Bnames%5D=readers,owners", ["owners", "readers"]],
    ["?q=engineer", ["platform-engineers"]],
  ])("list%s", async (query, names) => {
    const { many } = await send(standIn, "GET", `${ACME}/teams${query}`);
    expect(many.map(({ attributes }) => attributes.name)).toEqual(names);
  });

  it("are shown with their members when asked", async () => {
    const path = `/teams/${id("teams", "platform-engineers")}?include=users`;
    const { one, included } = await send(standIn, "GET", path);
    expect(one.attributes["users-count"]).toBe(2);
    expect(included.map(({ attributes }) => attributes.username)).toEqual(["casey", "robin"]);
  });

  it("members come and go by user name", async () => {
    const path = `/teams/${id("teams", "platform-engineers")}/relationships/users`;
    const body = entries("users", ["robin"]);
    const count = () => standIn.state.get("teams", id("teams", "platform-engineers"));
    expect((await send(standIn, "DELETE", path, { body })).status).toBe(204);
    expect(count()?.relationships.users).toHaveLength(1);
    expect((await send(standIn, "POST", path, { body })).status).toBe(204);
    expect(count()?.relationships.users).toHaveLength(2);
    const unknown = { body: entries("users", ["nobody"]) };
    expect((await send(standIn, "POST", path, unknown)).status).toBe(404);
  });

  it("W1: a deleted team takes its token and its access along", async () => {
    const path = `/teams/${id("teams", "platform-engineers")}`;
    expect((await send(standIn, "DELETE", path)).status).toBe(204);
    expect(standIn.state.all("team-workspaces")).toEqual([]);
    expect(standIn.state.all("team-projects")).toEqual([]);
    expect((await send(standIn, "GET", `${ACME}/team-tokens`)).many).toEqual([]);
  });

  it.each([
    ["team-workspaces", "workspace", "workspaces", "payments-dev"],
    ["team-projects", "project", "projects", "platform"],
  ])("%s are listed by %s, and removed", async (type, filter, target, name) => {
    const path = `/${type}?filter%5B${filter}%5D%5Bid%5D=${id(target, name)}`;
    const { many } = await send(standIn, "GET", path);
    expect(many).toHaveLength(1);
    expect((await send(standIn, "GET", `/${type}`)).status).toBe(422);
    expect((await send(standIn, "DELETE", `/${type}/${many[0]?.id}`)).status).toBe(204);
    expect((await send(standIn, "GET", path)).many).toEqual([]);
  });
});

describe("tokens", () => {
  it("T1: making a team's token replaces it; its secret is shown once", async () => {
    const path = `/teams/${id("teams", "platform-engineers")}/authentication-token`;
    const old = await send(standIn, "GET", path);
    expect(old.one.attributes.token).toBeNull();
    const made = await send(standIn, "POST", path);
    expect(made.status).toBe(201);
    expect(String(made.one.attributes.token)).toContain("atlasv1");
    expect((await send(standIn, "GET", `/authentication-tokens/${old.one.id}`)).status).toBe(404);
    expect((await send(standIn, "GET", path)).one.attributes.token).toBeNull();
    expect((await send(standIn, "DELETE", path)).status).toBe(204);
    expect((await send(standIn, "DELETE", path)).status).toBe(404);
  });

  it("T1: so does making the organization's", async () => {
    const path = `${ACME}/authentication-token`;
    expect((await send(standIn, "GET", path)).status).toBe(404);
    const one = await send(standIn, "POST", path);
    const two = await send(standIn, "POST", path);
    expect(two.one.id).not.toBe(one.one.id);
    expect((await send(standIn, "GET", path)).one.id).toBe(two.one.id);
  });

  it("the newer path adds to a team's tokens; all of them go at once", async () => {
    const path = `/teams/${id("teams", "readers")}/authentication-tokens`;
    const body = document("authentication-tokens", { description: "ci" });
    expect((await send(standIn, "POST", path, { body })).status).toBe(201);
    expect((await send(standIn, "GET", `${ACME}/team-tokens`)).many).toHaveLength(2);
    expect((await send(standIn, "DELETE", `${ACME}/team-tokens`)).status).toBe(204);
    expect((await send(standIn, "GET", `${ACME}/team-tokens`)).many).toEqual([]);
  });

  it("an agent pool's are listed without secrets and deleted one by one", async () => {
    const path = `/agent-pools/${first("agent-pools")}/authentication-tokens`;
    const { many } = await send(standIn, "GET", path);
    expect(many.map(({ attributes }) => attributes.token)).toEqual([null, null]);
    expect((await send(standIn, "DELETE", `/authentication-tokens/${many[0]?.id}`)).status).toBe(
      204,
    );
    expect((await send(standIn, "GET", path)).many).toHaveLength(1);
  });
});

describe("what an organization keeps", () => {
  it.each([
    ["ssh-keys", "ssh-keys"],
    ["oauth-clients", "oauth-clients"],
    ["agent-pools", "agent-pools"],
    ["policy-sets", "policy-sets"],
    ["policies", "policies"],
  ])("%s: listed, shown, deleted", async (list, type) => {
    const { many } = await send(standIn, "GET", `${ACME}/${list}`);
    expect(many).toHaveLength(1);
    expect((await send(standIn, "GET", `/${type}/${many[0]?.id}`)).one).toEqual(many[0]);
    expect((await send(standIn, "DELETE", `/${type}/${many[0]?.id}`)).status).toBe(204);
    expect((await send(standIn, "GET", `${ACME}/${list}`)).many).toEqual([]);
    expect((await send(standIn, "DELETE", `/${type}/${many[0]?.id}`)).status).toBe(404);
  });

  it("the value of an SSH key is never shown", async () => {
    const reply = await send(standIn, "GET", `/ssh-keys/${first("ssh-keys")}`);
    expect(reply.one.attributes).not.toHaveProperty("value");
  });

  it("an OAuth client has tokens, which go with it", async () => {
    const path = `/oauth-clients/${first("oauth-clients")}`;
    expect((await send(standIn, "GET", `${path}/oauth-tokens`)).many).toHaveLength(1);
    await send(standIn, "DELETE", path);
    expect(standIn.state.all("oauth-tokens")).toEqual([]);
  });

  it.each([
    `${ACME}/registry-modules/private/acme/network/aws/1.0.0`,
    `${ACME}/registry-modules/private/acme/network/aws`,
    `${ACME}/registry-modules/private/acme/network`,
    `${ACME}/registry-providers/private/acme/inventory/versions/1.0.0`,
    `${ACME}/registry-providers/private/acme/inventory`,
  ])("DELETE %s", async (path) => {
    expect((await send(standIn, "DELETE", path)).status).toBe(204);
    expect((await send(standIn, "DELETE", path)).status).toBe(404);
  });
});

describe("policy sets", () => {
  const set = () => `/policy-sets/${id("policy-sets", "guardrails")}`;

  it("have parameters, one of them sensitive, in pages", async () => {
    const { many, meta } = await send(standIn, "GET", `${set()}/parameters`);
    expect(many.map(({ attributes }) => attributes.value)).toEqual(["eu-central-1", null]);
    expect(meta?.pagination?.["total-count"]).toBe(2);
    expect((await send(standIn, "DELETE", `${set()}/parameters/${many[0]?.id}`)).status).toBe(204);
  });

  it.each([
    ["policies", "policies", "no-public-buckets"],
    ["workspaces", "workspaces", "payments-dev"],
    ["projects", "projects", "platform"],
  ])("lose the link to %s, not what it leads to", async (link, type, name) => {
    const body = entries(type, [id(type, name)]);
    const reply = await send(standIn, "DELETE", `${set()}/relationships/${link}`, { body });
    expect(reply.status).toBe(204);
    expect((await send(standIn, "GET", set())).one.relationships[link]?.data).toEqual([]);
    expect(id(type, name)).not.toBe("");
  });

  it("tag selectors come and go by key", async () => {
    const body = { data: [{ type: "tag-selectors", attributes: { key: "env", value: "dev" } }] };
    const selectors = async () =>
      (await send(standIn, "GET", set())).one.attributes["tag-selectors"];
    expect((await send(standIn, "POST", `${set()}/tag-selectors`, { body })).status).toBe(204);
    expect(await selectors()).toEqual([{ key: "env", value: "dev" }]);
    expect((await send(standIn, "DELETE", `${set()}/tag-selectors`, { body })).status).toBe(204);
    expect(await selectors()).toEqual([]);
  });
});

describe("tags", () => {
  const path = () => `/workspaces/${id("workspaces", "payments-dev")}/relationships/tags`;
  const names = async () =>
    (await send(standIn, "GET", path())).many.map(({ attributes }) => attributes.name);

  it("are added and removed by name", async () => {
    const body = { data: [{ type: "tags", attributes: { name: "urgent" } }] };
    expect((await send(standIn, "POST", path(), { body })).status).toBe(204);
    expect(await names()).toEqual(["payments", "dev", "urgent"]);
    expect((await send(standIn, "DELETE", path(), { body })).status).toBe(204);
    expect(await names()).toEqual(["payments", "dev"]);
  });

  it("deleted from the organization they are gone from its workspaces", async () => {
    const body = entries("tags", [id("tags", "dev")]);
    expect((await send(standIn, "DELETE", `${ACME}/tags`, { body })).status).toBe(204);
    expect(await names()).toEqual(["payments"]);
  });

  it.each([
    ["tag-bindings", 2],
    ["relationships/tag-bindings", 1],
  ])("PATCH %s leaves %i", async (suffix, count) => {
    const list = `/workspaces/${id("workspaces", "payments-dev")}/${suffix}`;
    const body = { data: [{ type: "tag-bindings", attributes: { key: "team", value: "pay" } }] };
    expect((await send(standIn, "PATCH", list, { body })).status).toBe(200);
    expect((await send(standIn, "GET", list)).many).toHaveLength(count);
  });
});
