import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startStandIn } from "../../src/demo/stand-in/server.ts";
import { startServer } from "../hcp/loopback-server.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "../hcp/tls-fixture.ts";
import { makePlace, type Place, run } from "./world.ts";

const SECRET = "s3cret.atlasv1.never-shown";

let place: Place;

beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove());

describe("reachability", () => {
  it("is fine where the API accepts the token", async () => {
    const api = await startStandIn({ token: SECRET });
    const world = await place.world({ TFE_ADDRESS: api.url, TFE_TOKEN: SECRET });
    const found = await run("reachability", world);
    await api.close();
    expect(found).toMatchObject({
      status: "ok",
      text: expect.stringContaining("accepts the token in TFE_TOKEN"),
    });
    expect(JSON.stringify(found)).not.toContain(SECRET);
  });

  it("is fine without a token, and then sends none", async () => {
    const server = await startServer((_, response) => response.writeHead(204).end());
    const found = await run("reachability", await place.world({ TFE_ADDRESS: server.url.origin }));
    await server.close();
    expect(found.status).toBe("ok");
    expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /api/v2/ping",
    ]);
    expect(server.received[0]?.headers.authorization).toBeUndefined();
  });

  it("asks once, however many checks want to know", async () => {
    const server = await startServer((_, response) => response.writeHead(204).end());
    const world = await place.world({ TFE_ADDRESS: server.url.origin });
    await run("reachability", world);
    await run("clock", world);
    await server.close();
    expect(server.received).toHaveLength(1);
  });

  it("tells a token that is not accepted from an API that is not there", async () => {
    const api = await startStandIn({ token: "another" });
    const world = await place.world({ TFE_ADDRESS: api.url, TFE_TOKEN: SECRET });
    const found = await run("reachability", world);
    await api.close();
    expect(found).toMatchObject({
      status: "problem",
      text: expect.stringContaining("does not accept the token in TFE_TOKEN"),
      fix: expect.stringContaining("terraform login"),
    });
  });

  it.each([
    ["nobody listens", "http://127.0.0.1:1", "ECONNREFUSED", "check the network"],
    [
      "the host has no address",
      "https://no-such-host.invalid",
      "cannot find the host",
      "TFE_ADDRESS",
    ],
  ])("says what is wrong where %s", async (_, address, text, fix) => {
    expect(await run("reachability", await place.world({ TFE_ADDRESS: address }))).toMatchObject({
      status: "problem",
      text: expect.stringContaining(text),
      fix: expect.stringContaining(fix),
    });
  });

  it("says what is wrong where the certificate is not trusted", async () => {
    const server = createServer({ cert: TEST_CERTIFICATE, key: TEST_KEY });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const found = await run("reachability", await place.world({ TFE_ADDRESS: address }));
    server.close();
    expect(found).toMatchObject({
      status: "problem",
      text: expect.stringContaining("TLS"),
      fix: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
  });

  it.each([
    ["a login page", 200, "text/html", "problem", "web page"],
    ["a failing API", 503, "text/plain", "problem", "503"],
    ["an API that limits", 429, "application/vnd.api+json", "note", "429"],
  ])("%s (%i, %s) is a %s", async (_, status, type, verdict, text) => {
    const server = await startServer((__, response) =>
      response.writeHead(status, { "content-type": type }).end("<p>hello</p>"),
    );
    const world = await place.world({ TFE_ADDRESS: server.url.origin, TFE_TOKEN: SECRET });
    const found = await run("reachability", world);
    await server.close();
    expect(found).toMatchObject({ status: verdict, text: expect.stringContaining(text) });
  });

  it("gives up on an API that accepts and says nothing", async () => {
    const server = await startServer(() => {});
    const found = await run("reachability", await place.world({ TFE_ADDRESS: server.url.origin }));
    await server.close();
    expect(found).toMatchObject({ status: "problem", text: expect.stringContaining("no answer") });
  });
});

describe("address, proxy, organization", () => {
  it("makes one problem, not five, of an address that cannot be used", async () => {
    const world = await place.world({ TFE_ADDRESS: "http://tfe.example.com" });
    const ids = [
      "address",
      "proxy",
      "reachability",
      "organization",
      "credentials",
      "credential-files",
    ];
    const statuses = await Promise.all(ids.map(async (id) => (await run(id, world)).status));
    expect(statuses).toEqual(["problem", "note", "note", "note", "note", "note"]);
  });

  it("names the proxy's host and variable, never its password", async () => {
    const HTTPS_PROXY = `http://user:${SECRET}@proxy.example.com:3128`;
    const world = await place.world({ TFE_ADDRESS: "https://tfe.example.com", HTTPS_PROXY });
    expect((await run("proxy", world)).text).toBe("http://proxy.example.com:3128 (HTTPS_PROXY)");
  });

  it.each([
    ["no variable", {}, "ok", "none"],
    [
      "loopback",
      { TFE_ADDRESS: "http://127.0.0.1:1", HTTPS_PROXY: "http://p" },
      "ok",
      "does not apply",
    ],
    ["NO_PROXY", { HTTPS_PROXY: "http://p", NO_PROXY: "example.com" }, "ok", "does not apply"],
    ["a proxy that is none", { HTTPS_PROXY: "socks5://p" }, "problem", "HTTPS_PROXY"],
  ])("%s: %j", async (_, env, status, text) => {
    const world = await place.world({ TFE_ADDRESS: "https://tfe.example.com", ...env });
    expect(await run("proxy", world)).toMatchObject({
      status,
      text: expect.stringContaining(text),
    });
  });

  it("finds the organization in the environment, else in the cloud block, else nowhere", async () => {
    expect((await run("organization", await place.world())).status).toBe("note");
    writeFileSync(
      join(place.directory, "main.tf"),
      'terraform {\n  cloud {\n    organization = "acme"\n  }\n}\n',
    );
    expect((await run("organization", await place.world())).text).toContain("acme");
    const env = { TF_CLOUD_ORGANIZATION: "other" };
    expect((await run("organization", await place.world(env))).text).toBe(
      "other (TF_CLOUD_ORGANIZATION)",
    );
  });
});
