import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Resource } from "../../src/demo/stand-in/resource.ts";
import { type StandIn, startStandIn } from "../../src/demo/stand-in/server.ts";
import { document, send } from "./stand-in-client.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startStandIn();
});
afterEach(() => standIn.close());

const workspace = (name: string): Resource => {
  const found = standIn.state.named("workspaces", name, "acme");
  if (found === undefined) throw new Error(`the seed has no ${name}`);
  return found;
};
const runOf = (name: string) => standIn.state.ownedBy(workspace(name), "runs").at(-1)?.id;
const act = (run: string | undefined, action: string) =>
  send(standIn, "POST", `/runs/${run}/actions/${action}`);
const status = async (run: string | undefined) =>
  (await send(standIn, "GET", `/runs/${run}`)).one.attributes.status;
const create = (name: string, attributes: Record<string, unknown> = {}) =>
  send(standIn, "POST", "/runs", {
    body: document("runs", attributes, {
      workspace: { data: { type: "workspaces", id: workspace(name).id } },
    }),
  });

describe("what can be done to a run", () => {
  it.each([
    ["rollout-dev", "apply", 202, "applied"],
    ["rollout-dev", "discard", 202, "discarded"],
    ["rollout-dev", "cancel", 409, "planned"],
    ["teardown-dev", "apply", 202, "applied"],
    ["planning-dev", "apply", 409, "planning"],
    ["planning-dev", "discard", 409, "planning"],
    ["planning-dev", "cancel", 202, "canceled"],
    ["planning-dev", "force-cancel", 409, "planning"],
    ["payments-dev", "apply", 409, "applied"],
    ["payments-dev", "force-execute", 403, "applied"],
  ])("%s: %s is %i, then it is %s", async (name, action, code, after) => {
    const reply = await act(runOf(name), action);
    expect(reply.status).toBe(code);
    if (code === 202) expect(reply.text).toBe("");
    expect(await status(runOf(name))).toBe(after);
  });

  it("a cancel that is held back is forced", async () => {
    standIn.state.plans = "hold";
    const run = runOf("planning-dev");
    expect((await act(run, "cancel")).status).toBe(202);
    expect(await status(run)).toBe("planning");
    expect((await act(run, "force-cancel")).status).toBe(202);
    expect(await status(run)).toBe("force_canceled");
  });

  it("a destroy run leaves nothing to manage", async () => {
    await act(runOf("teardown-dev"), "apply");
    const path = `/workspaces/${workspace("teardown-dev").id}`;
    expect((await send(standIn, "GET", path)).one.attributes["resource-count"]).toBe(0);
    expect((await send(standIn, "POST", `${path}/actions/safe-delete`)).status).toBe(204);
  });
});

describe("making runs", () => {
  it("answers pending; the plan finishes behind it", async () => {
    const made = await create("scratch", { message: "try" });
    expect(made.status).toBe(201);
    expect(made.one.attributes).toMatchObject({ status: "pending", message: "try" });
    expect(await status(made.one.id)).toBe("planned");
  });

  it.each([
    [{ "plan-only": true }, "planned_and_finished"],
    [{ "auto-apply": true }, "applied"],
    [{ "is-destroy": true, "auto-apply": true }, "applied"],
  ])("%j ends as %s", async (attributes, after) => {
    expect(await status((await create("web-dev", attributes)).one.id)).toBe(after);
  });

  it("cannot set its own status", async () => {
    standIn.state.plans = "hold";
    const made = await create("scratch", { status: "applied", "has-changes": true });
    expect(await status(made.one.id)).toBe("planning");
  });

  it("needs a workspace that there is", async () => {
    const body = document("runs");
    expect((await send(standIn, "POST", "/runs", { body })).status).toBe(422);
    const elsewhere = { workspace: { data: { type: "workspaces", id: "ws-none" } } };
    const wrong = { body: document("runs", {}, elsewhere) };
    expect((await send(standIn, "POST", "/runs", wrong)).status).toBe(404);
  });
});

describe("plans and applies", () => {
  it("count what they would do", async () => {
    const { one } = await send(standIn, "GET", `/runs/${runOf("teardown-dev")}/plan`);
    expect(one.attributes).toMatchObject({ status: "finished", "resource-destructions": 6 });
    expect((await send(standIn, "GET", `/plans/${one.id}`)).one).toEqual(one);
    const running = await send(standIn, "GET", `/runs/${runOf("planning-dev")}/plan`);
    expect(running.one.attributes.status).toBe("running");
  });

  it("come along when included", async () => {
    const path = `/runs/${runOf("rollout-dev")}?include=plan,apply,workspace`;
    const { included } = await send(standIn, "GET", path);
    expect(included.map(({ type }) => type)).toEqual(["plans", "applies", "workspaces"]);
  });

  it("the JSON plan lies behind a redirect that needs no token", async () => {
    const path = `/runs/${runOf("teardown-dev")}/plan/json-output`;
    const redirect = await send(standIn, "GET", path);
    expect(redirect.status).toBe(307);
    const plan = await send(standIn, "GET", String(redirect.headers.location), {
      token: undefined,
    });
    expect(plan.text.match(/"delete"/g)).toHaveLength(6);
    const unfinished = `/runs/${runOf("planning-dev")}/plan/json-output`;
    expect((await send(standIn, "GET", unfinished)).status).toBe(204);
  });

  it("runs are listed, latest first", async () => {
    const { many } = await send(standIn, "GET", `/workspaces/${workspace("payments-dev").id}/runs`);
    expect(many.map(({ attributes }) => attributes.message)).toEqual([
      "Add a read replica",
      "Bring up the payment service",
    ]);
  });
});

describe("state", () => {
  const states = () => standIn.state.ownedBy(workspace("payments-dev"), "state-versions");
  const below = (path: string) => `/workspaces/${workspace("payments-dev").id}${path}`;
  const upload = (serial: number) => ({
    body: document("state-versions", {
      serial,
      md5: "0".repeat(32),
      state: Buffer.from(
        JSON.stringify({ resources: [{ mode: "managed", type: "null_resource", name: "one" }] }),
      ).toString("base64"),
    }),
  });
  const lock = () => send(standIn, "POST", below("/actions/lock"));

  it("is listed with both filters only", async () => {
    const query =
      "filter%5Borganization%5D%5Bname%5D=acme&filter%5Bworkspace%5D%5Bname%5D=payments-dev";
    const { many } = await send(standIn, "GET", `/state-versions?${query}`);
    expect(many.map(({ attributes }) => attributes.serial)).toEqual([3, 2, 1]);
    expect((await send(standIn, "GET", "/state-versions")).status).toBe(422);
  });

  it("has a current version with outputs, unless there is none", async () => {
    const { one } = await send(standIn, "GET", below("/current-state-version?include=outputs"));
    expect(one.id).toBe(states().at(-1)?.id);
    const outputs = await send(standIn, "GET", below("/current-state-version-outputs"));
    expect(outputs.many.map(({ attributes }) => attributes.value)).toEqual([
      "https://payments.dev.acme.example",
      null,
    ]);
    const none = `/workspaces/${workspace("scratch").id}/current-state-version`;
    expect((await send(standIn, "GET", none)).status).toBe(404);
  });

  it("V1: is uploaded under a lock, with a greater serial", async () => {
    expect((await send(standIn, "POST", below("/state-versions"), upload(4))).status).toBe(409);
    await lock();
    expect((await send(standIn, "POST", below("/state-versions"), upload(3))).status).toBe(409);
    expect((await send(standIn, "POST", below("/state-versions"), upload(4))).status).toBe(201);
    expect((await send(standIn, "GET", below(""))).one.attributes["resource-count"]).toBe(1);
  });

  it("V1: is rolled back under a lock, as a new version", async () => {
    const body = document(
      "state-versions",
      {},
      {
        "rollback-state-version": { data: { type: "state-versions", id: states()[0]?.id } },
      },
    );
    expect((await send(standIn, "PATCH", below("/state-versions"), { body })).status).toBe(409);
    await lock();
    expect((await send(standIn, "PATCH", below("/state-versions"), { body })).status).toBe(201);
    expect(states()).toHaveLength(4);
  });

  it("B1, B2: an earlier version's data is soft deleted, restored, deleted for good", async () => {
    const on = (which: number, verb: string) =>
      send(
        standIn,
        "POST",
        `/state-versions/${states().at(which)?.id}/actions/${verb}_backing_data`,
      );
    expect((await on(-1, "soft_delete")).status).toBe(400);
    expect((await on(-1, "permanently_delete")).status).toBe(400);
    expect((await on(0, "restore")).status).toBe(400);
    expect((await on(0, "soft_delete")).one.attributes.status).toBe("backing_data_soft_deleted");
    expect((await on(0, "restore")).status).toBe(200);
    expect((await on(0, "permanently_delete")).status).toBe(200);
    expect((await on(0, "restore")).status).toBe(400);
  });

  it.each(["plans", "applies"])("B2: %s spell it with hyphens", async (type) => {
    const item = `/${type}/${standIn.state.all(type)[0]?.id}/actions`;
    expect((await send(standIn, "POST", `${item}/soft-delete-backing-data`)).status).toBe(200);
    expect((await send(standIn, "POST", `${item}/permanently-delete-backing-data`)).status).toBe(
      200,
    );
    expect((await send(standIn, "POST", `${item}/restore-backing-data`)).status).toBe(400);
    expect((await send(standIn, "POST", `${item}/soft_delete_backing_data`)).status).toBe(404);
  });
});
