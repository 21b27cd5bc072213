import { afterEach, describe, expect, it } from "vitest";
import type { ClientOptions } from "../../src/hcp/client.ts";
import { createReader, type HcpReader } from "../../src/hcp/read.ts";
import { type Answer, json, type LoopbackServer, startServer } from "./loopback-server.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(answer: Answer): Promise<LoopbackServer> {
  const server = await startServer(answer);
  closers.push(server.close);
  return server;
}

const retries = { attempts: 4, baseMs: 1, totalMs: 20_000 };

function reader(baseUrl: URL, more: Partial<ClientOptions> = {}): HcpReader {
  const options = {
    baseUrl,
    token: "hunter2",
    userAgent: "holdfast/test",
    env: {},
    retries,
    ...more,
  };
  const made = createReader(options);
  closers.push(made.close);
  return made;
}

describe("get", () => {
  it("asks for JSON:API with the token", async () => {
    const server = await serve((_, response) => json(response, 200, { data: { id: "ws-1" } }));
    const document = await reader(server.url).get("/workspaces/ws-1", [["include", "project"]]);
    expect(document).toEqual({ data: { id: "ws-1" } });
    const [one] = server.received;
    expect(one).toMatchObject({ method: "GET", url: "/api/v2/workspaces/ws-1?include=project" });
    expect(one?.headers).toMatchObject({
      authorization: "Bearer hunter2",
      "user-agent": "holdfast/test",
      accept: expect.stringContaining("application/vnd.api+json"),
    });
  });

  it("is undefined for what is not there", async () => {
    const server = await serve((_, response) =>
      json(response, 404, { errors: [{ title: "not found" }] }),
    );
    expect(await reader(server.url).get("/workspaces/ws-1")).toBeUndefined();
    expect(server.received).toHaveLength(1);
  });

  it.each([
    [401, "unauthorized", 1],
    [403, "forbidden", 1],
    [422, "unprocessable", 1],
    [501, "api-failing", 1],
    [500, "api-failing", 4],
    [429, "rate-limited", 4],
  ])("%i is %s, after %i attempts", async (status, code, attempts) => {
    const server = await serve((_, response) => response.writeHead(status).end());
    await expect(reader(server.url).get("/x")).rejects.toMatchObject({ code });
    expect(server.received).toHaveLength(attempts);
  });

  it.each(["<html>login</html>", ""])("an answer that is no JSON: %j", async (body) => {
    const server = await serve((_, response) => response.end(body));
    await expect(reader(server.url).get("/x")).rejects.toMatchObject({
      code: "not-json",
      exitCode: 4,
    });
  });

  it.each(["/a/../b", "/a?b=c", "/a b"])(
    "a path that would be changed on its way: %s",
    async (path) => {
      const server = await serve((_, response) => json(response, 200, {}));
      await expect(reader(server.url).get(path)).rejects.toMatchObject({
        code: "path-not-canonical",
      });
      expect(server.received).toHaveLength(0);
    },
  );
});

describe("retries", () => {
  it.each([
    ["429, then 503, then an answer", [429, 503, 200]],
    ["a broken connection, then an answer", [0, 0, 200]],
  ])("%s", async (_, statuses) => {
    const server = await serve((one, response, count) => {
      const status = statuses[count - 1] ?? 500;
      if (status === 0) return one.socket.destroy();
      response.writeHead(status, { "retry-after": "0" }).end("{}");
    });
    const told: number[] = [];
    const get = reader(server.url, { onRetry: ({ attempt }) => told.push(attempt) }).get("/x");
    expect(await get).toEqual({});
    expect(told).toEqual([1, 2]);
  });

  it("an interruption ends them", async () => {
    const controller = new AbortController();
    const server = await serve((_, response) =>
      response.writeHead(503, { "retry-after": "9" }).end(),
    );
    const onRetry = () => controller.abort();
    const get = reader(server.url, { onRetry, signal: controller.signal }).get("/x");
    await expect(get).rejects.toMatchObject({ code: "interrupted", exitCode: 130 });
  });
});

describe("fetch", () => {
  it("gives any answer as it is, with the caller's headers", async () => {
    const server = await serve((_, response) => response.writeHead(404, { "x-a": "1" }).end("raw"));
    const request = {
      path: "/api/v2/x",
      query: [["a", "b"]] as const,
      headers: { accept: "text/plain" },
    };
    const response = await reader(server.url).fetch(request);
    expect(response).toMatchObject({ status: 404, headers: { "x-a": "1" } });
    expect(response.body.toString()).toBe("raw");
    expect(response.url.href).toBe(`${server.url.origin}/api/v2/x?a=b`);
    expect(server.received[0]?.headers).toMatchObject({
      accept: "text/plain",
      authorization: "Bearer hunter2",
    });
  });

  it("R1: a HEAD stays a HEAD", async () => {
    const server = await serve((_, response) => response.end());
    await reader(server.url).fetch({ method: "HEAD", path: "/api/v2/x" });
    expect(server.received[0]?.method).toBe("HEAD");
  });

  it("a header that only holdfast sets is refused", async () => {
    const server = await serve((_, response) => response.end());
    const sent = reader(server.url).fetch({
      path: "/api/v2/x",
      headers: { Authorization: "Bearer x" },
    });
    await expect(sent).rejects.toMatchObject({ code: "header-refused" });
    expect(server.received).toHaveLength(0);
  });
});

describe("redirects", () => {
  it("on the same origin keep the token", async () => {
    const server = await serve((one, response) => {
      if (one.url === "/api/v2/a") response.writeHead(302, { location: "/api/v2/b" }).end();
      else response.end("{}");
    });
    const response = await reader(server.url).fetch({ path: "/api/v2/a" });
    expect(response.url.pathname).toBe("/api/v2/b");
    expect(server.received[1]?.headers.authorization).toBe("Bearer hunter2");
  });

  it("R2: to another origin take neither token nor headers, nor user info", async () => {
    const archive = await serve((_, response) => response.end("state"));
    const location = `http://user:pass@${archive.url.host}/signed?key=1`;
    const server = await serve((_, response) => response.writeHead(307, { location }).end());
    const response = await reader(server.url).fetch({
      path: "/api/v2/a",
      headers: { "x-secret": "1" },
    });
    expect(response.body.toString()).toBe("state");
    const headers = archive.received[0]?.headers ?? {};
    expect(Object.keys(headers).sort()).toEqual(["connection", "host", "user-agent"]);
  });

  it("R4: a document that another host answers is a failure, alone and as a page", async () => {
    const liar = await serve((_, response) => response.end('{"data":[]}'));
    const location = `${liar.url.origin}/api/v2/a`;
    const server = await serve((_, response) => response.writeHead(302, { location }).end());
    await expect(reader(server.url).get("/a")).rejects.toMatchObject({ code: "foreign-answer" });
    await expect(reader(server.url).getAll("/a")).rejects.toMatchObject({
      code: "foreign-answer",
    });
  });

  it("R2: a foreign host that redirects back gets no token sent", async () => {
    let home = "";
    const foreign = await serve((_, response) =>
      response.writeHead(302, { location: `${home}/api/v2/b` }).end(),
    );
    const server = await serve((one, response) => {
      if (one.url === "/api/v2/a") response.writeHead(302, { location: foreign.url.href }).end();
      else response.end("{}");
    });
    home = server.url.origin;
    await reader(server.url).fetch({ path: "/api/v2/a" });
    expect(server.received.map((one) => one.headers.authorization)).toEqual([
      "Bearer hunter2",
      undefined,
    ]);
  });

  it("R3: five are followed, a sixth is refused", async () => {
    const server = await serve((_, response, count) =>
      response.writeHead(302, { location: `/api/v2/${count}` }).end(),
    );
    const sent = reader(server.url).fetch({ path: "/api/v2/0" });
    await expect(sent).rejects.toMatchObject({ code: "redirect-refused" });
    expect(server.received).toHaveLength(6);
  });

  it.each(["ftp://x.test/", "file:///etc/passwd", "http://x.test/", "http://[broken"])(
    "to %s are refused",
    async (location) => {
      const server = await serve((_, response) => response.writeHead(302, { location }).end());
      await expect(reader(server.url).fetch({ path: "/api/v2/a" })).rejects.toMatchObject({
        exitCode: 4,
      });
      expect(server.received).toHaveLength(1);
    },
  );
});
