import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { ClientOptions } from "../../src/hcp/client.ts";
import { sendMutation } from "../../src/hcp/mutate.ts";
import type { HcpRequest } from "../../src/policy/operation.ts";
import { type Answer, json, type LoopbackServer, startServer } from "./loopback-server.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: Answer): Promise<LoopbackServer> {
  const server = await startServer(answer);
  closers.push(server.close);
  return server;
}

const DELETE: HcpRequest = {
  method: "DELETE",
  path: "/api/v2/workspaces/ws-1",
  query: [],
  headers: {},
};
const retries = { attempts: 4, baseMs: 1, totalMs: 20_000 };

function send(baseUrl: URL, request: Partial<HcpRequest> = {}, more: Partial<ClientOptions> = {}) {
  const options = {
    baseUrl,
    token: "hunter2",
    userAgent: "holdfast/test",
    env: {},
    retries,
    ...more,
  };
  return sendMutation(options, { ...DELETE, ...request });
}

describe("M1: what is sent", () => {
  it("is the request, the token, and who sends it", async () => {
    const server = await serve((_, response) => json(response, 201, { data: null }));
    const result = await send(server.url, {
      method: "POST",
      path: "/api/v2/runs/run-1/actions/apply",
      query: [["a[b]", "c d"]],
      headers: { "content-type": "application/vnd.api+json", "x-mine": "1" },
      body: '{"comment":"é"}',
    });
    expect(result).toMatchObject({
      outcome: "succeeded",
      response: { status: 201, body: '{"data":null}' },
    });
    expect(result.error).toBeUndefined();
    const [one] = server.received;
    expect(one).toMatchObject({
      method: "POST",
      url: "/api/v2/runs/run-1/actions/apply?a%5Bb%5D=c%20d",
      body: '{"comment":"é"}',
    });
    expect(one?.headers).toEqual({
      host: server.url.host,
      connection: "close",
      "content-type": "application/vnd.api+json",
      "content-length": "16",
      "x-mine": "1",
      authorization: "Bearer hunter2",
      "user-agent": "holdfast/test",
    });
  });

  it.each([
    { path: "/api/v2/workspaces/../organizations/acme" },
    { path: "//evil.test/api/v2/x" },
    { headers: { authorization: "Bearer other" } },
    { headers: { Host: "evil.test" } },
    { headers: { "transfer-encoding": "chunked" } },
    { headers: { "content-length": "0" } },
    { headers: { "x-a": "1\r\nx-b: 2" } },
  ])("nothing, for %j", async (request) => {
    const server = await serve((_, response) => response.end());
    const result = await send(server.url, request);
    expect(result).toMatchObject({ outcome: "failed_no_effect", error: { exitCode: 1 } });
    expect(server.received).toHaveLength(0);
  });
});

describe("M4: what an answer means", () => {
  it.each([
    [200, "succeeded", undefined],
    [202, "succeeded", undefined],
    [204, "succeeded", undefined],
    [400, "failed_no_effect", 6],
    [401, "failed_no_effect", 3],
    [403, "failed_no_effect", 2],
    [404, "failed_no_effect", 2],
    [409, "failed_no_effect", 6],
    [422, "failed_no_effect", 6],
    [408, "unknown", 6],
    [303, "unknown", 4],
    [500, "unknown", 5],
    [502, "unknown", 5],
    [503, "unknown", 5],
    [504, "unknown", 5],
  ])("%i: %s, and it is sent once (M2)", async (status, outcome, exitCode) => {
    const server = await serve((_, response) => response.writeHead(status).end());
    const result = await send(server.url);
    expect(result).toMatchObject({ outcome, response: { status } });
    expect(result.error?.exitCode).toBe(exitCode);
    expect(server.received).toHaveLength(1);
  });

  it.each([301, 302, 307, 308])("M3: %i is not followed, and had no effect", async (status) => {
    const server = await serve((_, response) =>
      response.writeHead(status, { location: "/api/v2/elsewhere" }).end(),
    );
    expect((await send(server.url)).outcome).toBe("failed_no_effect");
    expect(server.received).toHaveLength(1);
  });

  it("an unknown outcome says so, and to look first", async () => {
    const broken = await serve((one) => one.socket.destroy());
    const failing = await serve((_, response) => response.writeHead(502).end());
    for (const server of [broken, failing]) {
      const { outcome, error } = await send(server.url);
      expect(outcome).toBe("unknown");
      expect(error?.message).toMatch(
        /^DELETE \/workspaces\/ws-1: (?!DELETE).*may have taken effect$/,
      );
      expect(error?.fix).toBe("look at the target before you try again");
      expect(server.received).toHaveLength(1);
    }
  });

  it("no answer in time", async () => {
    const server = await serve(() => {});
    const result = await send(server.url, {}, { timeoutMs: 200 });
    expect(result).toMatchObject({
      outcome: "unknown",
      error: { code: "network-timeout", exitCode: 4 },
    });
    expect(server.received).toHaveLength(1);
  });

  it("an interruption after it was sent", async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort());
    const result = await send(server.url, {}, { signal: controller.signal });
    expect(result).toMatchObject({ outcome: "unknown", error: { exitCode: 130 } });
  });

  it("an interruption before", async () => {
    const server = await serve((_, response) => response.end());
    const result = await send(server.url, {}, { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ outcome: "failed_no_effect", error: { exitCode: 130 } });
    expect(server.received).toHaveLength(0);
  });

  it("a proxy that cannot be used", async () => {
    const env = { HTTPS_PROXY: "socks5://user:hunter2@proxy.test" };
    const result = await send(new URL("https://tfe.test"), {}, { env });
    expect(result).toMatchObject({ outcome: "failed_no_effect", error: { code: "invalid-proxy" } });
    expect(result.error?.message).not.toContain("hunter2");
  });
});

describe("M2: what is sent again", () => {
  it("a request that was turned away by a rate limit", async () => {
    const server = await serve((_, response, count) =>
      response.writeHead(count < 3 ? 429 : 204, { "retry-after": "0" }).end(),
    );
    expect((await send(server.url)).outcome).toBe("succeeded");
    expect(server.received).toHaveLength(3);
  });

  it("but not for ever", async () => {
    const server = await serve((_, response) =>
      response.writeHead(429, { "retry-after": "0" }).end(),
    );
    const result = await send(server.url);
    expect(result).toMatchObject({
      outcome: "failed_no_effect",
      error: { code: "rate-limited", exitCode: 5 },
    });
    expect(server.received).toHaveLength(4);
  });

  it("a 5xx after a rate limit ends it as unknown", async () => {
    const server = await serve((_, response, count) =>
      response.writeHead(count === 1 ? 429 : 500, { "retry-after": "0" }).end(),
    );
    expect((await send(server.url)).outcome).toBe("unknown");
    expect(server.received).toHaveLength(2);
  });

  it("a request whose connection was refused, until somebody listens", async () => {
    const reserved = createServer();
    await new Promise<void>((resolve) => reserved.listen(0, "127.0.0.1", resolve));
    const { port } = reserved.address() as AddressInfo;
    await new Promise((resolve) => reserved.close(resolve));
    const because: string[] = [];
    const onRetry = (retry: { because: string }) => because.push(retry.because);
    const result = await send(new URL(`http://127.0.0.1:${port}`), {}, { onRetry });
    expect(result).toMatchObject({
      outcome: "failed_no_effect",
      error: { code: "network-connect" },
    });
    expect(result.response).toBeUndefined();
    expect(because).toEqual(Array(3).fill(`cannot connect to 127.0.0.1:${port} (ECONNREFUSED)`));
  });
});
