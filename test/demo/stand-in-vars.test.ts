import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type StandIn, startStandIn } from "../../src/demo/stand-in/server.ts";
import { document, entries, send } from "./stand-in-client.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startStandIn();
});
afterEach(() => standIn.close());

const id = (type: string, name: string) => standIn.state.named(type, name, "acme")?.id ?? "";

describe("variables of a workspace", () => {
  const list = () => `/workspaces/${id("workspaces", "payments-dev")}/vars`;

  it("nine in one unpaginated list; two are sensitive and show no value", async () => {
    const reply = await send(standIn, "GET", list());
    expect(reply.many).toHaveLength(9);
    expect(reply.meta).toBeUndefined();
    const hidden = reply.many.filter(({ attributes }) => attributes.sensitive === true);
    expect(hidden.map(({ attributes }) => [attributes.key, attributes.value])).toEqual([
      ["db_password", null],
      ["AWS_SECRET_ACCESS_KEY", null],
    ]);
    expect(reply.text).not.toContain("not-a-real-password");
  });

  it("are made, shown, changed and deleted", async () => {
    const body = document("vars", { key: "zone", value: "a", category: "terraform" });
    const made = await send(standIn, "POST", list(), { body });
    expect(made.status).toBe(201);
    expect(made.one.attributes).toMatchObject({ key: "zone", sensitive: false, hcl: false });
    expect((await send(standIn, "POST", list(), { body })).status).toBe(422);
    const item = `${list()}/${made.one.id}`;
    const change = { body: document("vars", { value: "b" }) };
    expect((await send(standIn, "PATCH", item, change)).one.attributes.value).toBe("b");
    expect((await send(standIn, "GET", item)).one.attributes.value).toBe("b");
    expect((await send(standIn, "DELETE", item)).status).toBe(204);
    expect((await send(standIn, "GET", item)).status).toBe(404);
  });

  it("a sensitive one stays sensitive", async () => {
    const [sensitive] = (await send(standIn, "GET", list())).many.filter(
      ({ attributes }) => attributes.sensitive === true,
    );
    const body = document("vars", { sensitive: false });
    expect((await send(standIn, "PATCH", `${list()}/${sensitive?.id}`, { body })).status).toBe(422);
  });

  it("are not found below another workspace", async () => {
    const [first] = (await send(standIn, "GET", list())).many;
    const path = `/workspaces/${id("workspaces", "scratch")}/vars/${first?.id}`;
    expect((await send(standIn, "DELETE", path)).status).toBe(404);
    expect(standIn.state.get("vars", first?.id ?? "")).toBeDefined();
  });

  it("the older paths lead to the same variables", async () => {
    const query =
      "filter%5Borganization%5D%5Bname%5D=acme&filter%5Bworkspace%5D%5Bname%5D=payments-dev";
    const { many } = await send(standIn, "GET", `/vars?${query}`);
    expect(many).toHaveLength(9);
    expect((await send(standIn, "DELETE", `/vars/${many[0]?.id}`)).status).toBe(204);
    expect((await send(standIn, "GET", list())).many).toHaveLength(8);
  });

  it("all-vars adds those of the variable sets", async () => {
    const path = `/workspaces/${id("workspaces", "payments-dev")}/all-vars`;
    expect((await send(standIn, "GET", path)).many).toHaveLength(13);
  });
});

describe("variable sets", () => {
  const set = () => `/varsets/${id("varsets", "cloud-credentials")}`;

  it("show their counts and links, and hold a sensitive variable", async () => {
    const { one, included } = await send(standIn, "GET", `${set()}?include=vars`);
    expect(one.attributes).toMatchObject({
      "var-count": 2,
      "workspace-count": 1,
      "project-count": 1,
    });
    expect(included.map(({ attributes }) => attributes.sensitive)).toEqual([false, true]);
  });

  it.each([
    ["/organizations/acme/varsets", ["cloud-credentials", "defaults"]],
    ["/projects/PROJECT/varsets", ["cloud-credentials"]],
    ["/workspaces/WORKSPACE/varsets", ["cloud-credentials"]],
  ])("%s", async (template, names) => {
    const path = template
      .replace("PROJECT", id("projects", "platform"))
      .replace("WORKSPACE", id("workspaces", "web-dev"));
    const { many } = await send(standIn, "GET", path);
    expect(many.map(({ attributes }) => attributes.name)).toEqual(names);
  });

  it("a global one reaches every workspace and project of its organization", async () => {
    const body = document("varsets", { name: "everywhere", global: true });
    await send(standIn, "POST", "/organizations/acme/varsets", { body });
    for (const path of [
      `/workspaces/${id("workspaces", "scratch")}/varsets`,
      `/projects/${id("projects", "empty-project")}/varsets`,
    ]) {
      const { many } = await send(standIn, "GET", path);
      expect(many.map(({ attributes }) => attributes.name)).toEqual(["everywhere"]);
    }
    const intranet = standIn.state.named("workspaces", "intranet", "globex")?.id;
    expect((await send(standIn, "GET", `/workspaces/${intranet}/varsets`)).many).toEqual([]);
  });

  it.each([
    ["workspaces", "payments-dev"],
    ["projects", "platform"],
  ])("the link to %s is removed, what it led to stays", async (type, name) => {
    const path = `${set()}/relationships/${type}`;
    const body = entries(type, [id(type, name)]);
    expect((await send(standIn, "DELETE", path, { body })).status).toBe(204);
    expect((await send(standIn, "GET", set())).one.relationships[type]?.data).toEqual([]);
    expect(id(type, name)).not.toBe("");
    expect((await send(standIn, "POST", path, { body })).status).toBe(204);
    const wrong = { body: entries("teams", [id(type, name)]) };
    expect((await send(standIn, "POST", path, wrong)).status).toBe(422);
  });

  it("variables of a set are made (with 200), changed and deleted", async () => {
    const list = `${set()}/relationships/vars`;
    const body = document("vars", { key: "zone", value: "a", category: "terraform" });
    const made = await send(standIn, "POST", list, { body });
    expect(made.status).toBe(200);
    expect((await send(standIn, "GET", list)).many).toHaveLength(3);
    expect((await send(standIn, "DELETE", `${list}/${made.one.id}`)).status).toBe(204);
  });

  it("is deleted with its variables", async () => {
    const before = standIn.state.all("vars").length;
    expect((await send(standIn, "DELETE", set())).status).toBe(204);
    expect(standIn.state.all("vars")).toHaveLength(before - 2);
    expect((await send(standIn, "GET", set())).status).toBe(404);
  });
});
