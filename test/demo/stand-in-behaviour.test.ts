import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type StandIn, startStandIn } from "../../src/demo/stand-in/server.ts";
import { send } from "./stand-in-client.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startStandIn();
});
afterEach(() => standIn.close());

const scratch = () => standIn.state.named("workspaces", "scratch", "acme");
const deleteScratch = (id = scratch()?.id) => send(standIn, "DELETE", `/workspaces/${id}`);

describe("failures", () => {
  it("answers as told, as often as told, and then as usual", async () => {
    standIn.failNext({ status: 503, times: 2, retryAfterSeconds: 1 });
    const replies = [];
    for (let index = 0; index < 3; index += 1) {
      replies.push(await send(standIn, "GET", "/organizations"));
    }
    expect(replies.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(replies[0]?.headers["retry-after"]).toBe("1");
    expect(replies[2]?.headers["retry-after"]).toBeUndefined();
  });

  it.each([
    ["before", true],
    ["after", false],
  ] as const)("%s the effect: the workspace is still there: %s", async (when, remains) => {
    standIn.failNext({ method: "DELETE", status: 500, when });
    expect((await deleteScratch()).status).toBe(500);
    expect(scratch() !== undefined).toBe(remains);
  });

  it("waits for the method and the path that it was given", async () => {
    standIn.failNext({ method: "GET", pathPrefix: "/workspaces/", status: 500 });
    expect((await send(standIn, "GET", "/organizations")).status).toBe(200);
    expect((await send(standIn, "POST", `/workspaces/${scratch()?.id}/actions/lock`)).status).toBe(
      200,
    );
    expect((await send(standIn, "GET", `/workspaces/${scratch()?.id}`)).status).toBe(500);
    standIn.failNext({ pathPrefix: "/api/v2/teams", status: 500 });
    expect((await send(standIn, "GET", "/teams/none")).status).toBe(500);
  });

  it("can send a page of HTML, or any JSON", async () => {
    standIn.failNext({ status: 502, html: "<h1>Bad gateway</h1>" });
    const page = await send(standIn, "GET", "/organizations");
    expect(page.headers["content-type"]).toContain("text/html");
    expect(page.text).toBe("<h1>Bad gateway</h1>");
    standIn.failNext({ status: 422, body: { errors: [{ title: "\u001b[2Kodd" }] } });
    expect((await send(standIn, "GET", "/organizations")).errors).toEqual([
      { title: "\u001b[2Kodd" },
    ]);
  });
});

describe("dropped connections", () => {
  it.each([
    ["before", true],
    ["after", false],
  ] as const)("%s the effect: the workspace is still there: %s", async (when, remains) => {
    standIn.dropNext({ method: "DELETE", when });
    await expect(deleteScratch()).rejects.toThrow();
    expect(scratch() !== undefined).toBe(remains);
    expect(standIn.requests.at(-1)?.status).toBeUndefined();
    expect((await send(standIn, "GET", "/organizations")).status).toBe(200);
  });
});

describe("delays", () => {
  it("holds one request back while others pass", async () => {
    standIn.delayNext({ pathPrefix: "/organizations/acme", ms: 300 });
    const order: string[] = [];
    await Promise.all([
      send(standIn, "GET", "/organizations/acme").then(() => order.push("delayed")),
      send(standIn, "GET", "/organizations/globex").then(() => order.push("other")),
    ]);
    expect(order).toEqual(["other", "delayed"]);
  });

  it("after the effect: the effect is there before the answer", async () => {
    standIn.delayNext({ method: "DELETE", ms: 60_000, when: "after" });
    const cut = deleteScratch().catch((error: Error) => error);
    await expect.poll(scratch).toBeUndefined();
    await standIn.close();
    expect(await cut).toBeInstanceOf(Error);
  });
});

describe("redirects", () => {
  it("points elsewhere once, and does nothing", async () => {
    standIn.redirectNext({ location: "http://127.0.0.1:9/elsewhere", status: 307 });
    const reply = await deleteScratch();
    expect(reply.status).toBe(307);
    expect(reply.headers.location).toBe("http://127.0.0.1:9/elsewhere");
    expect(scratch()).toBeDefined();
  });
});

describe("the rate limit", () => {
  it("refuses what is over it, says when to come back, and has no effect", async () => {
    standIn.rateLimit({ requests: 2, perMs: 60_000 });
    await send(standIn, "GET", "/organizations");
    await send(standIn, "GET", "/organizations");
    const reply = await deleteScratch();
    expect(reply.status).toBe(429);
    expect(reply.headers).toMatchObject({
      "x-ratelimit-limit": "2",
      "x-ratelimit-remaining": "0",
    });
    expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(reply.headers["x-ratelimit-reset"])).toBeGreaterThan(0);
    expect(reply.errors?.[0]).toMatchObject({ status: 429, title: "Too many requests" });
    expect(scratch()).toBeDefined();
    standIn.rateLimit(undefined);
    expect((await deleteScratch()).status).toBe(204);
  });

  it("lets requests pass again in the next window", async () => {
    standIn.rateLimit({ requests: 1, perMs: 50 });
    await send(standIn, "GET", "/organizations");
    await expect
      .poll(async () => (await send(standIn, "GET", "/organizations")).status, { interval: 60 })
      .toBe(200);
  });
});

it("reset forgets every rule", async () => {
  standIn.failNext({ status: 500 });
  standIn.dropNext({ when: "before" });
  standIn.rateLimit({ requests: 0 });
  standIn.reset();
  expect((await send(standIn, "GET", "/organizations")).status).toBe(200);
});
