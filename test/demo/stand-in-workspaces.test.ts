import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type StandIn, startStandIn } from "../../src/demo/stand-in/server.ts";
import { document, entries, send } from "./stand-in-client.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startStandIn();
});
afterEach(() => standIn.close());

const LIST = "/organizations/acme/workspaces";
const workspace = (name: string) => {
  const found = standIn.state.named("workspaces", name, "acme");
  if (found === undefined) throw new Error(`the seed has no ${name}`);
  return found;
};

describe("showing", () => {
  it("is the same by identifier and by name", async () => {
    const byName = await send(standIn, "GET", `${LIST}/payments-dev`);
    const byId = await send(standIn, "GET", `/workspaces/${workspace("payments-dev").id}`);
    expect(byName.status).toBe(200);
    expect(byName.one).toEqual(byId.one);
    expect(byName.one).toMatchObject({
      type: "workspaces",
      attributes: { name: "payments-dev", "resource-count": 42, locked: false },
      relationships: { organization: { data: { type: "organizations", id: "acme" } } },
      links: { self: `/api/v2${LIST}/payments-dev` },
    });
  });

  it("changed three hours ago", async () => {
    const { one } = await send(standIn, "GET", `${LIST}/payments-dev`);
    const age = Date.now() - Date.parse(String(one.attributes["latest-change-at"]));
    expect(Math.round(age / 3_600_000)).toBe(3);
  });

  it("includes what is asked for, and refuses what it does not know", async () => {
    const path = `${LIST}/payments-dev?include=`;
    const { included } = await send(standIn, "GET", `${path}current_run.plan,organization`);
    expect(included.map(({ type }) => type).sort()).toEqual(["organizations", "plans", "runs"]);
    expect((await send(standIn, "GET", `${path}nonsense`)).status).toBe(400);
    expect(await send(standIn, "GET", `${LIST}/payments-dev`)).not.toHaveProperty("included.0");
  });

  it("knows nothing of another organization's", async () => {
    expect((await send(standIn, "GET", "/organizations/globex/workspaces/scratch")).status).toBe(
      404,
    );
    expect((await send(standIn, "GET", "/organizations/nobody/workspaces")).status).toBe(404);
  });
});

describe("listing", () => {
  it("comes in pages of twenty, linked absolutely", async () => {
    const first = await send(standIn, "GET", LIST);
    expect(first.many).toHaveLength(20);
    const total = standIn.state.all("workspaces").length - 1;
    expect(first.meta?.pagination).toEqual({
      "current-page": 1,
      "page-size": 20,
      "prev-page": null,
      "next-page": 2,
      "total-pages": Math.ceil(total / 20),
      "total-count": total,
    });
    const second = await send(standIn, "GET", String(first.links?.next));
    expect(second.links?.prev).toBe(first.links?.self);
    expect(second.many[0]?.id).not.toBe(first.many[0]?.id);
    expect((await send(standIn, "GET", String(first.links?.last))).links?.next).toBeNull();
  });

  it("follows next to the end without losing or repeating one", async () => {
    const ids: string[] = [];
    for (let next: string | null = `${standIn.url}/api/v2${LIST}?page%5Bsize%5D=7`; next; ) {
      const reply = await send(standIn, "GET", next);
      ids.push(...reply.many.map(({ id }) => id));
      next = reply.links?.next ?? null;
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(standIn.state.all("workspaces").length - 1);
  });

  it.each([
    ["page%5Bsize%5D=500", 33],
    ["page%5Bsize%5D=5&page%5Bnumber%5D=2", 5],
    ["page%5Bnumber%5D=99", 0],
    ["page%5Bsize%5D=-1", 20],
    ["search%5Bname%5D=TMP-00", 10],
    ["search%5Bwildcard-name%5D=*-dev", 6],
    ["search%5Btags%5D=payments,dev", 1],
    ["search%5Bexclude-tags%5D=payments&search%5Bname%5D=payments", 0],
    ["filter%5Bcurrent-run%5D%5Bstatus%5D=planned", 2],
  ])("%s gives %i", async (query, count) => {
    expect((await send(standIn, "GET", `${LIST}?${query}`)).many).toHaveLength(count);
  });

  it("keeps the filter in its links", async () => {
    const reply = await send(standIn, "GET", `${LIST}?search%5Bname%5D=tmp-&page%5Bsize%5D=10`);
    expect(reply.links?.next).toContain("search%5Bname%5D=tmp-");
    expect(reply.meta?.["status-counts"]).toEqual({ total: 33, matching: 25 });
  });

  it("of one project", async () => {
    const project = standIn.state.named("projects", "platform", "acme")?.id;
    const reply = await send(standIn, "GET", `${LIST}?filter%5Bproject%5D%5Bid%5D=${project}`);
    expect(reply.many.map(({ attributes }) => attributes.name)).toContain("payments-dev");
    expect(reply.many.map(({ attributes }) => attributes.name)).not.toContain("scratch");
  });

  it("has as many temporary workspaces as the seed asks for", async () => {
    const large = await startStandIn({ seed: { temporaryWorkspaces: 120 } });
    const reply = await send(large, "GET", `${LIST}?search%5Bname%5D=tmp-`);
    expect(reply.meta?.pagination?.["total-count"]).toBe(120);
    await large.close();
  });
});

describe("making and changing", () => {
  it("goes into the default project, with what was given", async () => {
    const body = document("workspaces", { name: "new-one", description: "new", locked: true });
    const reply = await send(standIn, "POST", LIST, { body });
    expect(reply.status).toBe(201);
    expect(reply.one.attributes).toMatchObject({ description: "new", locked: false });
    const project = standIn.state.named("projects", "Default Project", "acme");
    expect(reply.one.relationships.project?.data).toEqual({ type: "projects", id: project?.id });
  });

  it.each([
    ["a taken name", { name: "scratch" }, "has already been taken"],
    ["a name with a space", { name: "a b" }, "is invalid"],
    ["no name", {}, "required"],
  ])("%s is 422", async (_what, attributes, detail) => {
    const reply = await send(standIn, "POST", LIST, { body: document("workspaces", attributes) });
    expect(reply.status).toBe(422);
    expect(String(reply.errors?.[0]?.detail)).toContain(detail);
  });

  it("changes by identifier and by name, auto-destroy and project included", async () => {
    const at = "2030-01-01T00:00:00Z";
    const byName = document("workspaces", { "auto-destroy-at": at });
    expect((await send(standIn, "PATCH", `${LIST}/scratch`, { body: byName })).status).toBe(200);
    expect(workspace("scratch").attributes["auto-destroy-at"]).toBe(at);
    const project = standIn.state.named("projects", "empty-project", "acme");
    const byId = document(
      "workspaces",
      { name: "renamed" },
      { project: { data: { type: "projects", id: project?.id } } },
    );
    const path = `/workspaces/${workspace("scratch").id}`;
    expect((await send(standIn, "PATCH", path, { body: byId })).one.attributes.name).toBe(
      "renamed",
    );
    expect((await send(standIn, "DELETE", `/projects/${project?.id}`)).status).toBe(403);
  });
});

describe("deleting", () => {
  it("W1: takes along what the workspace owns, and every link to it", async () => {
    const { id } = workspace("payments-dev");
    const [state] = standIn.state.ownedBy(workspace("payments-dev"), "state-versions");
    expect((await send(standIn, "DELETE", `/workspaces/${id}`)).status).toBe(204);
    expect((await send(standIn, "GET", `/workspaces/${id}`)).status).toBe(404);
    expect((await send(standIn, "GET", `/state-versions/${state?.id}`)).status).toBe(404);
    const varset = standIn.state.named("varsets", "cloud-credentials", "acme");
    expect(varset?.relationships.workspaces).toEqual([]);
    expect((await send(standIn, "DELETE", `/workspaces/${id}`)).status).toBe(404);
  });

  it("W1: a reader that is deleted is no reader any more", async () => {
    await send(standIn, "DELETE", `${LIST}/web-dev`);
    const path = `/workspaces/${workspace("payments-dev").id}/relationships/remote-state-consumers`;
    const { many } = await send(standIn, "GET", path);
    expect(many.map(({ attributes }) => attributes.name)).toEqual(["batch-dev"]);
  });

  it("by name", async () => {
    expect((await send(standIn, "DELETE", `${LIST}/scratch`)).status).toBe(204);
    expect((await send(standIn, "GET", `${LIST}/scratch`)).status).toBe(404);
  });

  it.each([
    ["payments-dev", 409, "managing resources"],
    ["ledger-prod", 409, "locked"],
    ["planning-dev", 409, "locked"],
    ["scratch", 204, undefined],
  ])("S1: safe delete of %s is %i, by identifier and by name", async (name, status, detail) => {
    for (const path of [`/workspaces/${workspace(name).id}`, `${LIST}/${name}`]) {
      const other = await startStandIn();
      const reply = await send(other, "POST", `${path}/actions/safe-delete`);
      expect(reply.status).toBe(status);
      if (detail !== undefined) {
        expect(reply.errors).toEqual([
          { status: "409", title: "conflict", detail: expect.stringContaining(detail) },
        ]);
      }
      expect(other.state.named("workspaces", name, "acme") === undefined).toBe(status === 204);
      await other.close();
    }
  });

  it("W2: recreated under its name it is another workspace", async () => {
    const old = workspace("payments-dev");
    const made = standIn.state.recreate(old);
    expect(made.id).not.toBe(old.id);
    expect((await send(standIn, "GET", `${LIST}/payments-dev`)).one.id).toBe(made.id);
    expect((await send(standIn, "GET", `/workspaces/${old.id}`)).status).toBe(404);
  });

  it("renamed it keeps its identifier", async () => {
    const { id } = workspace("scratch");
    standIn.state.rename(workspace("scratch"), "other");
    expect((await send(standIn, "GET", `${LIST}/other`)).one.id).toBe(id);
    expect((await send(standIn, "GET", `${LIST}/scratch`)).status).toBe(404);
  });
});

describe("locks", () => {
  const act = (name: string, action: string, body?: unknown) =>
    send(standIn, "POST", `/workspaces/${workspace(name).id}/actions/${action}`, { body });

  it("locks once, unlocks once", async () => {
    const locked = await act("scratch", "lock", { reason: "maintenance" });
    expect(locked.status).toBe(200);
    expect(locked.one.attributes).toMatchObject({ locked: true, "locked-reason": "maintenance" });
    expect((await act("scratch", "lock")).status).toBe(409);
    expect((await act("scratch", "unlock")).one.attributes.locked).toBe(false);
    expect((await act("scratch", "unlock")).status).toBe(409);
  });

  it("only force opens another user's lock", async () => {
    expect((await act("ledger-prod", "unlock")).status).toBe(409);
    expect((await act("ledger-prod", "force-unlock")).one.attributes.locked).toBe(false);
    expect((await act("ledger-prod", "force-unlock")).status).toBe(409);
  });

  it("a waiting run holds the lock", async () => {
    const { one } = await send(standIn, "GET", `${LIST}/rollout-dev`);
    expect(one.attributes.locked).toBe(true);
    expect(one.relationships["locked-by"]?.data).toMatchObject({ type: "runs" });
    expect((await act("rollout-dev", "unlock")).status).toBe(409);
  });
});

describe("what belongs to a workspace", () => {
  const below = (path: string) => `/workspaces/${workspace("payments-dev").id}${path}`;

  it.each([
    ["/resources", 42, "resources"],
    ["/relationships/remote-state-consumers", 2, "workspaces"],
    ["/runs", 2, "runs"],
    ["/notification-configurations", 1, "notification-configurations"],
    ["/run-triggers?filter%5Brun-trigger%5D%5Btype%5D=outbound", 1, "run-triggers"],
    ["/run-triggers?filter%5Brun-trigger%5D%5Btype%5D=inbound", 0, "run-triggers"],
    ["/varsets", 2, "varsets"],
    ["/relationships/tags", 2, "tags"],
    ["/configuration-versions", 1, "configuration-versions"],
  ])("%s: %i", async (path, count, type) => {
    const reply = await send(standIn, "GET", below(path));
    expect(reply.meta?.pagination?.["total-count"]).toBe(count);
    expect(reply.many.every((each) => each.type === type)).toBe(true);
  });

  it("readers of its state are added, removed and replaced in bulk", async () => {
    const path = below("/relationships/remote-state-consumers");
    const names = async () =>
      (await send(standIn, "GET", path)).many.map(({ attributes }) => attributes.name);
    const bulk = (...which: string[]) => ({
      body: entries(
        "workspaces",
        which.map((name) => workspace(name).id),
      ),
    });
    expect((await send(standIn, "POST", path, bulk("scratch", "web-dev"))).status).toBe(204);
    expect(await names()).toEqual(["web-dev", "batch-dev", "scratch"]);
    expect((await send(standIn, "DELETE", path, bulk("web-dev", "scratch"))).status).toBe(204);
    expect(await names()).toEqual(["batch-dev"]);
    expect((await send(standIn, "PATCH", path, bulk("tmp-000"))).status).toBe(204);
    expect(await names()).toEqual(["tmp-000"]);
    expect((await send(standIn, "DELETE", path)).status).toBe(422);
  });

  it("a notification and a trigger are deleted by their own identifier", async () => {
    for (const type of ["notification-configurations", "run-triggers"]) {
      const [found] = standIn.state.all(type);
      expect((await send(standIn, "GET", `/${type}/${found?.id}`)).status).toBe(200);
      expect((await send(standIn, "DELETE", `/${type}/${found?.id}`)).status).toBe(204);
      expect(standIn.state.all(type)).toEqual([]);
    }
  });

  it("retention: one policy, replaced and removed", async () => {
    const path = below("/relationships/data-retention-policy");
    expect((await send(standIn, "GET", path)).status).toBe(404);
    const body = document("data-retention-policy-delete-olders", { deleteOlderThanNDays: 30 });
    expect((await send(standIn, "POST", path, { body })).status).toBe(200);
    expect((await send(standIn, "POST", path, { body })).status).toBe(200);
    expect(standIn.state.all("data-retention-policies")).toHaveLength(1);
    expect((await send(standIn, "DELETE", path)).status).toBe(204);
    expect((await send(standIn, "DELETE", path)).status).toBe(404);
  });
});

it("hostile names are served as they are, and found when encoded", async () => {
  const hostile = await startStandIn({ seed: { hostileNames: true } });
  const project = hostile.state.named("projects", "hostile", "acme")?.id;
  const { many } = await send(hostile, "GET", `${LIST}?filter%5Bproject%5D%5Bid%5D=${project}`);
  const names = many.map(({ attributes }) => String(attributes.name));
  expect(names.join()).toMatch(/\u001b\[2K/);
  expect(names.join()).toMatch(/\u202E/);
  expect(names.join()).toMatch(/\u200B/);
  for (const name of names) {
    const reply = await send(hostile, "GET", `${LIST}/${encodeURIComponent(name)}`);
    expect(reply.one.attributes.name).toBe(name);
  }
  await hostile.close();
});
