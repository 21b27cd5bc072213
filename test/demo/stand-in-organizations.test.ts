import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type StandIn, startStandIn } from "../../src/demo/stand-in/server.ts";
import { document, entries, send } from "./stand-in-client.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startStandIn();
});
afterEach(() => standIn.close());

const project = (name: string) => standIn.state.named("projects", name, "acme")?.id;

describe("organizations", () => {
  it("lists both, by name as identifier", async () => {
    const { many } = await send(standIn, "GET", "/organizations");
    expect(many.map(({ id }) => id)).toEqual(["acme", "globex"]);
    expect((await send(standIn, "GET", "/organizations/acme")).one.attributes.name).toBe("acme");
  });

  it("says what the organization may use, and whose the token is", async () => {
    const set = await send(standIn, "GET", "/organizations/acme/entitlement-set");
    expect(set.one).toMatchObject({ type: "entitlement-sets", attributes: { teams: true } });
    const account = await send(standIn, "GET", "/account/details");
    expect(account.one).toMatchObject({ type: "users", attributes: { username: "casey" } });
  });

  it("is made once", async () => {
    const body = document("organizations", { name: "initech", email: "ops@initech.example" });
    expect((await send(standIn, "POST", "/organizations", { body })).status).toBe(201);
    expect((await send(standIn, "POST", "/organizations", { body })).status).toBe(422);
  });

  it("W1: is deleted with everything in it, and nothing of the other", async () => {
    expect((await send(standIn, "DELETE", "/organizations/acme")).status).toBe(204);
    const names = (type: string) => standIn.state.all(type).map((each) => each.attributes.name);
    expect(names("organizations")).toEqual(["globex"]);
    expect(names("workspaces")).toEqual(["intranet"]);
    expect(names("projects")).toEqual(["Default Project"]);
    for (const type of ["teams", "varsets", "runs", "vars", "policy-sets", "tags"]) {
      expect(standIn.state.all(type)).toEqual([]);
    }
  });
});

describe("projects", () => {
  it("are listed with their counts", async () => {
    const { many, meta } = await send(standIn, "GET", "/organizations/acme/projects");
    const platform = many.find(({ attributes }) => attributes.name === "platform");
    expect(platform?.attributes).toMatchObject({ "workspace-count": 7, "team-count": 1 });
    expect(meta?.["status-counts"]).toEqual({ total: 3, matching: 3 });
  });

  it.each([
    ["filter%5Bnames%5D=PLATFORM", ["platform"]],
    ["filter%5Bnames%5D=platform,empty-project", ["platform", "empty-project"]],
    ["filter%5Bnames%5D=plat", []],
    ["q=plat", ["platform"]],
    ["q=plat&filter%5Bnames%5D=empty-project", ["empty-project"]],
  ])("%s finds %j", async (query, names) => {
    const { many } = await send(standIn, "GET", `/organizations/acme/projects?${query}`);
    expect(many.map(({ attributes }) => attributes.name)).toEqual(names);
  });

  it("P1: one that holds workspaces is refused, an empty one is deleted", async () => {
    const refused = await send(standIn, "DELETE", `/projects/${project("platform")}`);
    expect(refused.status).toBe(403);
    expect(refused.errors?.[0]).toMatchObject({ title: "forbidden", detail: /7 workspaces/ });
    expect(project("platform")).toBeDefined();
    const done = await send(standIn, "DELETE", `/projects/${project("empty-project")}`);
    expect(done.status).toBe(204);
    expect(project("empty-project")).toBeUndefined();
  });

  it("P1: one that holds a stack is refused too", async () => {
    const id = project("empty-project") ?? "";
    standIn.state.add("stacks", {
      attributes: { name: "network" },
      relationships: { project: { type: "projects", id } },
    });
    const listed = await send(standIn, "GET", `/stacks?filter%5Bproject%5D%5Bid%5D=${id}`);
    expect(listed.many).toHaveLength(1);
    expect((await send(standIn, "DELETE", `/projects/${id}`)).status).toBe(403);
    expect((await send(standIn, "DELETE", `/stacks/${listed.many[0]?.id}`)).status).toBe(204);
    expect((await send(standIn, "DELETE", `/projects/${id}`)).status).toBe(204);
  });

  it("P1: becomes deletable when its workspaces have moved, all or none", async () => {
    const ids = standIn.state
      .all("workspaces")
      .filter((each) =>
        JSON.stringify(each.relationships.project).includes(project("platform") ?? "-"),
      )
      .map(({ id }) => id);
    const path = `/projects/${project("empty-project")}/relationships/workspaces`;
    const half = { body: entries("workspaces", [...ids, "ws-none"]) };
    expect((await send(standIn, "POST", path, half)).status).toBe(403);
    expect((await send(standIn, "DELETE", `/projects/${project("platform")}`)).status).toBe(403);
    const all = { body: entries("workspaces", ids) };
    expect((await send(standIn, "POST", path, all)).status).toBe(204);
    expect((await send(standIn, "DELETE", `/projects/${project("platform")}`)).status).toBe(204);
  });

  it("are made, renamed and given settings", async () => {
    const list = "/organizations/acme/projects";
    const made = await send(standIn, "POST", list, {
      body: document("projects", { name: "new one" }),
    });
    expect(made.status).toBe(201);
    const path = `/projects/${made.one.id}`;
    const body = document("projects", { name: "newer", "auto-destroy-activity-duration": "2d" });
    expect((await send(standIn, "PATCH", path, { body })).one.attributes).toMatchObject({
      name: "newer",
      "auto-destroy-activity-duration": "2d",
    });
    const short = { body: document("projects", { name: "x" }) };
    expect((await send(standIn, "PATCH", path, short)).status).toBe(422);
    const taken = { body: document("projects", { name: "platform" }) };
    expect((await send(standIn, "POST", list, taken)).status).toBe(422);
  });

  it("no stacks, and the list of them needs a filter", async () => {
    const query = "filter%5Borganization%5D%5Bname%5D=acme";
    expect((await send(standIn, "GET", `/stacks?${query}`)).many).toEqual([]);
    expect((await send(standIn, "GET", "/stacks")).status).toBe(422);
  });
});
