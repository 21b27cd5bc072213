import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type HttpRequest, httpRequest } from "../../src/system/http.ts";
import { HttpError } from "../../src/system/http-error.ts";
import { createHttpPool } from "../../src/system/http-pool.ts";
import { type Answer, type LoopbackServer, startServer } from "../hcp/loopback-server.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: Answer): Promise<LoopbackServer> {
  const server = await startServer(answer);
  closers.push(server.close);
  return server;
}

/** A server that speaks bytes, for what an HTTP server would never do. */
async function serveRaw(onConnection: (socket: Socket) => void): Promise<URL> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

async function closedPort(): Promise<URL> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return new URL(`http://127.0.0.1:${port}/`);
}

function send(url: URL, more: Partial<HttpRequest> = {}) {
  return httpRequest({ method: "GET", url, headers: {}, timeoutMs: 20_000, ...more });
}

async function failure(sent: Promise<unknown>): Promise<HttpError> {
  const error = await sent.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(HttpError);
  return error as HttpError;
}

describe("one exchange", () => {
  it("sends method, path, query, headers and body as they are", async () => {
    const server = await serve((_, response) =>
      response.writeHead(201, { "x-a": "1" }).end("hello"),
    );
    const url = new URL("/api/v2/a%20b?x=%5B1%5D", server.url);
    const answer = await send(url, { method: "PATCH", headers: { "x-b": "2" }, body: "é" });
    expect({ ...answer, headers: answer.headers["x-a"], body: answer.body.toString() }).toEqual({
      status: 201,
      headers: "1",
      body: "hello",
    });
    const [one] = server.received;
    expect(one).toMatchObject({ method: "PATCH", url: "/api/v2/a%20b?x=%5B1%5D", body: "é" });
    expect(one?.headers).toMatchObject({
      host: server.url.host,
      "x-b": "2",
      "content-length": "2",
      connection: "close",
    });
  });

  it.each(["DELETE", "GET", "HEAD"])("%s without a body announces none", async (method) => {
    const server = await serve((_, response) => response.writeHead(204).end());
    expect((await send(server.url, { method })).status).toBe(204);
    expect(server.received[0]?.headers["content-length"]).toBeUndefined();
    expect(server.received[0]?.headers["transfer-encoding"]).toBeUndefined();
  });

  it("POST without a body says so", async () => {
    const server = await serve((_, response) => response.end());
    await send(server.url, { method: "POST" });
    expect(server.received[0]?.headers["content-length"]).toBe("0");
  });

  it("H1: a redirect is an answer", async () => {
    const server = await serve((_, response) =>
      response.writeHead(307, { location: "/elsewhere" }).end(),
    );
    expect((await send(server.url, { method: "DELETE" })).status).toBe(307);
    expect(server.received).toHaveLength(1);
  });

  it("H3: the connection ends with the exchange", async () => {
    const server = await serve((_, response) => response.end("ok"));
    await send(server.url);
    await expect.poll(() => server.received[0]?.socket.destroyed).toBe(true);
  });

  it("a pool keeps the connection for the next request", async () => {
    const server = await serve((_, response) => response.end("ok"));
    const pool = createHttpPool();
    closers.push(() => pool.destroy());
    await send(server.url, { pool });
    await send(server.url, { pool });
    expect(server.received[1]?.socket).toBe(server.received[0]?.socket);
  });
});

describe("H2: what surely did not arrive", () => {
  it("a refused connection", async () => {
    const error = await failure(send(await closedPort(), { method: "DELETE" }));
    expect(error).toMatchObject({ code: "connect", arrived: "no", transient: true });
  });

  it("a refused connection in a pool", async () => {
    const pool = createHttpPool();
    closers.push(() => pool.destroy());
    const error = await failure(send(await closedPort(), { pool }));
    expect(error).toMatchObject({ code: "connect", arrived: "no" });
  });

  it("a name that does not exist", async () => {
    const error = await failure(send(new URL("https://no-such-host.invalid/")));
    expect(error).toMatchObject({ code: "dns", arrived: "no" });
    expect(error.message).toContain("no-such-host.invalid");
  });

  it.each(["http://192.0.2.1/", "http://example.test/", "http://localhost.example.test/"])(
    "C1: plain http to %s",
    async (url) => {
      expect(await failure(send(new URL(url)))).toMatchObject({ code: "insecure", arrived: "no" });
    },
  );

  it("a header that would split the request", async () => {
    const server = await serve((_, response) => response.end());
    const headers = { "x-a": "1\r\nx-b: secret" };
    const error = await failure(send(server.url, { method: "DELETE", headers }));
    expect(error).toMatchObject({ code: "invalid-request", arrived: "no" });
    expect(error.message).not.toContain("secret");
    expect(server.received).toHaveLength(0);
  });

  it("a signal that was aborted before", async () => {
    const server = await serve((_, response) => response.end());
    const error = await failure(send(server.url, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: "aborted", arrived: "no" });
    expect(server.received).toHaveLength(0);
  });

  it("https to a server that does not speak TLS", async () => {
    const url = await serveRaw((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const error = await failure(send(new URL(url.href.replace("http:", "https:"))));
    expect(error).toMatchObject({ code: "tls", arrived: "no" });
  });

  it("a deadline during the TLS handshake", async () => {
    const url = await serveRaw(() => {});
    const https = new URL(url.href.replace("http:", "https:"));
    const error = await failure(send(https, { timeoutMs: 200 }));
    expect(error).toMatchObject({ code: "timeout", arrived: "no" });
  });
});

describe("H2: what may have arrived", () => {
  it("a connection that is reset without an answer", async () => {
    const server = await serve((one) => one.socket.destroy());
    const error = await failure(send(server.url, { method: "DELETE" }));
    expect(error).toMatchObject({ code: "reset", arrived: "maybe" });
    expect(server.received).toHaveLength(1);
  });

  it("a server that accepts and closes at once", async () => {
    const url = await serveRaw((socket) => socket.destroy());
    expect((await failure(send(url, { method: "DELETE" }))).arrived).toBe("maybe");
  });

  it("no answer in time", async () => {
    const server = await serve(() => {});
    const error = await failure(send(server.url, { method: "DELETE", timeoutMs: 200 }));
    expect(error).toMatchObject({ code: "timeout", arrived: "maybe" });
    await expect.poll(() => server.received[0]?.socket.destroyed).toBe(true);
  });

  it("an answer that stalls in the middle", async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-length": "10" });
      response.write("12345");
    });
    const error = await failure(send(server.url, { timeoutMs: 300 }));
    expect(error).toMatchObject({ code: "timeout", arrived: "maybe" });
  });

  it("an answer that is cut off", async () => {
    const server = await serve((one, response) => {
      response.writeHead(200, { "content-length": "10" });
      response.write("12345", () => one.socket.destroy());
    });
    expect(await failure(send(server.url))).toMatchObject({ code: "reset", arrived: "maybe" });
  });

  it("an interruption while waiting for the answer", async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort());
    const sent = send(server.url, { method: "DELETE", signal: controller.signal });
    expect(await failure(sent)).toMatchObject({ code: "aborted", arrived: "maybe" });
  });

  it.each([
    ["no HTTP", "SSH-2.0-OpenSSH_9.6\r\n"],
    [
      "a switch of protocols",
      "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
    ],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"],
  ])("an answer that is %s", async (_, bytes) => {
    const url = await serveRaw((socket) => socket.once("data", () => socket.end(bytes)));
    expect((await failure(send(url, { method: "DELETE" }))).arrived).toBe("maybe");
  });

  it("an answer over the limit", async () => {
    const server = await serve((_, response) => response.end("x".repeat(5000)));
    const error = await failure(send(server.url, { maxBytes: 4096 }));
    expect(error).toMatchObject({ code: "too-large", arrived: "maybe" });
    expect((await send(server.url, { maxBytes: 5000 })).body).toHaveLength(5000);
  });
});
