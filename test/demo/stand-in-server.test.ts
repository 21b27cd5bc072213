import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type StandIn, startStandIn } from "../../src/demo/stand-in/server.ts";
import { document, send } from "./stand-in-client.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startStandIn();
});
afterEach(() => standIn.close());

describe("listening", () => {
  it("L1: is bound to loopback, on a free port", () => {
    expect(standIn.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(standIn.url).toBe(`http://${standIn.address}`);
  });

  it("takes the port that it is given, and says so when it is taken", async () => {
    const port = Number(standIn.address.split(":")[1]);
    await expect(startStandIn({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("L2: after close the port is free and a waiting request is cut off", async () => {
    standIn.delayNext({ ms: 60_000 });
    const waiting = send(standIn, "GET", "/organizations").catch((error: Error) => error);
    await expect.poll(() => standIn.requests.length).toBe(1);
    await standIn.close();
    expect(await waiting).toBeInstanceOf(Error);
    const port = Number(standIn.address.split(":")[1]);
    await new Promise<void>((resolve, reject) => {
      const probe = createServer().once("error", reject);
      probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
    });
  });

  it("keeps worlds apart and identifiers the same", async () => {
    const other = await startStandIn();
    const id = (each: StandIn) => each.state.named("workspaces", "payments-dev", "acme")?.id;
    expect(id(other)).toBe(id(standIn));
    expect(id(standIn)).toMatch(/^ws-[1-9A-HJ-NP-Za-km-z]{16}$/);
    await send(other, "DELETE", `/workspaces/${id(other)}`);
    expect(id(other)).toBeUndefined();
    expect(id(standIn)).toBeDefined();
    await other.close();
  });
});

describe("authentication", () => {
  it.each([
    ["no token", undefined, {}],
    ["a wrong token", "wrong", {}],
    ["another scheme", undefined, { authorization: "Basic abc" }],
  ])("A1: %s is 401, whatever the path", async (_name, token, headers) => {
    for (const path of ["/organizations", "/no-such-thing"]) {
      const reply = await send(standIn, "GET", path, { token, headers });
      expect(reply.status).toBe(401);
      expect(reply.errors).toEqual([{ status: "401", title: "unauthorized" }]);
    }
  });

  it("A1: a refused mutation has no effect", async () => {
    const id = standIn.state.named("workspaces", "scratch", "acme")?.id;
    const reply = await send(standIn, "DELETE", `/workspaces/${id}`, { token: "wrong" });
    expect(reply.status).toBe(401);
    expect(standIn.state.named("workspaces", "scratch", "acme")).toBeDefined();
  });

  it("takes the token that it was started with", async () => {
    const other = await startStandIn({ token: "mine" });
    expect((await send(other, "GET", "/account/details")).status).toBe(200);
    expect((await send(other, "GET", "/account/details", { token: standIn.token })).status).toBe(
      401,
    );
    await other.close();
  });

  it.each(["/api/v2/ping", "/.well-known/terraform.json"])("%s needs none", async (path) => {
    const reply = await send(standIn, "GET", path, { token: undefined });
    expect([200, 204]).toContain(reply.status);
  });
});

describe("what is not there", () => {
  it.each([
    ["GET", "/no-such-thing"],
    ["GET", "/workspaces/ws-none"],
    ["DELETE", "/workspaces/ws-none"],
    ["PATCH", "/organizations"],
    ["GET", "/workspaces/"],
    ["GET", "/api/v1/workspaces"],
    ["GET", "/organizations/acme%2Fworkspaces"],
  ])("%s %s is 404", async (method, path) => {
    const reply = await send(standIn, method, path);
    expect(reply.status).toBe(404);
    expect(reply.errors).toEqual([{ status: "404", title: "not found" }]);
  });

  it("a body that is not JSON is 400, a path that is not UTF-8 too", async () => {
    const body = "{";
    const path = "/organizations/acme/workspaces";
    expect((await send(standIn, "POST", path, { body })).status).toBe(400);
    expect((await send(standIn, "GET", "/workspaces/%ff")).status).toBe(400);
  });
});

describe("the record", () => {
  it("holds what arrived, without the token", async () => {
    const body = document("workspaces", { name: "new-one" });
    const before = Date.now();
    await send(standIn, "POST", "/organizations/acme/workspaces?a=1&a=2%20x", {
      body,
      headers: { "x-marker": "yes" },
    });
    const [record] = standIn.requests;
    expect(record).toMatchObject({
      method: "POST",
      path: "/api/v2/organizations/acme/workspaces",
      query: [
        ["a", "1"],
        ["a", "2 x"],
      ],
      headers: { "x-marker": "yes" },
      credentials: "valid",
      body: JSON.stringify(body),
      status: 201,
    });
    expect(record?.at).toBeGreaterThanOrEqual(before);
    expect(JSON.stringify(standIn.requests)).not.toContain(standIn.token);
  });

  it("tells mutations from reads, and wrong credentials from none", async () => {
    await send(standIn, "GET", "/organizations", { token: undefined });
    await send(standIn, "DELETE", "/workspaces/ws-none", { token: "wrong" });
    expect(standIn.requests.map((each) => each.credentials)).toEqual(["none", "wrong"]);
    expect(standIn.mutations.map((each) => each.method)).toEqual(["DELETE"]);
    standIn.reset();
    expect(standIn.requests).toEqual([]);
  });
});
