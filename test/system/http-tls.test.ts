// A certificate authority is trusted for a whole process, so each request here is a process of its
// own: the sources bundled as the executable is, with NODE_EXTRA_CA_CERTS as a person would set it.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp, type IncomingMessage } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TEST_CERTIFICATE, TEST_KEY } from "../hcp/tls-fixture.ts";

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), "holdfast-tls-"));
const bundle = join(directory, "request.cjs");
const authority = join(directory, "ca.pem");
const listening: Server[] = [];

const apiSaw: string[] = [];
const proxySaw: { target: string; authorization: string | undefined }[] = [];
let proxyAnswer = "200 Connection established";
let api = 0;
let proxy = 0;
let tlsProxy = 0;

const SOURCE = `
  import { httpRequest } from "./src/system/http.ts";
  import { createHttpPool } from "./src/system/http-pool.ts";
  import { proxyFor } from "./src/system/proxy.ts";
  const { url, times, pooled, ...rest } = JSON.parse(process.argv[2] ?? "{}");
  const target = new URL(url);
  const pool = pooled ? createHttpPool() : undefined;
  const main = async () => {
    const proxy = proxyFor(target, process.env);
    const one = { method: "GET", headers: {}, timeoutMs: 20000, url: target, proxy, pool, ...rest };
    let status = 0;
    for (let i = 0; i < (times ?? 1); i += 1) status = (await httpRequest(one)).status;
    return { status };
  };
  main().catch(({ name, code, arrived, transient, message }) => ({ name, code, arrived, transient, message }))
    .then((result) => process.stdout.write(JSON.stringify(result)));
`;

async function listen(server: Server): Promise<number> {
  listening.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Relays every CONNECT to the API's port, whatever host it names. */
function onConnect(request: IncomingMessage, client: Duplex): void {
  const authorization = request.headers["proxy-authorization"];
  proxySaw.push({ target: request.url ?? "", authorization });
  client.on("error", () => {});
  client.write(`HTTP/1.1 ${proxyAnswer}\r\n\r\n`);
  if (!proxyAnswer.startsWith("2")) {
    client.end();
    return;
  }
  const upstream: Socket = connect(api, "127.0.0.1");
  upstream.on("error", () => client.destroy());
  upstream.pipe(client).pipe(upstream);
}

beforeAll(async () => {
  writeFileSync(authority, TEST_CERTIFICATE);
  const tls = { key: TEST_KEY, cert: TEST_CERTIFICATE };
  const stdin = { contents: SOURCE, resolveDir: process.cwd(), loader: "ts" } as const;
  await build({ stdin, bundle: true, platform: "node", format: "cjs", outfile: bundle });
  api = await listen(
    createHttps(tls, (request, response) => {
      apiSaw.push(`${request.method} ${request.headers.host} ${request.socket.remotePort}`);
      response.writeHead(200).end("ok");
    }),
  );
  proxy = await listen(createHttp().on("connect", onConnect));
  tlsProxy = await listen(createHttps(tls).on("connect", onConnect));
});

afterAll(() => {
  for (const server of listening) server.close();
  rmSync(directory, { recursive: true });
});

beforeEach(() => {
  apiSaw.length = 0;
  proxySaw.length = 0;
  proxyAnswer = "200 Connection established";
});

async function request(what: object, env: Record<string, string> = {}): Promise<unknown> {
  const trusted = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: authority };
  const options = { env: { ...trusted, ...env }, timeout: 30_000 };
  const { stdout } = await run(process.execPath, [bundle, JSON.stringify(what)], options);
  return JSON.parse(stdout);
}

describe("https", () => {
  it.each(["localhost", "127.0.0.1"])(
    "reaches %s with a certificate that names it",
    async (host) => {
      expect(await request({ url: `https://${host}:${api}/` })).toEqual({ status: 200 });
    },
  );

  it.each([
    ["an unknown authority", {}],
    [
      "C2: one that NODE_TLS_REJECT_UNAUTHORIZED would let pass",
      { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
    ],
  ])("refuses %s before a byte of the request is written", async (_, more) => {
    const env = { NODE_EXTRA_CA_CERTS: "", ...more };
    const result = await request({ url: `https://localhost:${api}/`, method: "DELETE" }, env);
    expect(result).toMatchObject({ name: "HttpError", code: "tls", arrived: "no" });
    expect(apiSaw).toEqual([]);
  });

  it("a pool keeps the connection, and an idle one does not keep the process up", async () => {
    expect(await request({ url: `https://localhost:${api}/`, pooled: true, times: 3 })).toEqual({
      status: 200,
    });
    expect(new Set(apiSaw)).toHaveProperty("size", 1);
    expect(apiSaw).toHaveLength(3);
  });
});

describe("through a proxy", () => {
  it.each([
    ["an http proxy", () => `http://127.0.0.1:${proxy}`],
    ["an https proxy", () => `https://127.0.0.1:${tlsProxy}`],
  ])("%s carries bytes by CONNECT (C3)", async (_, address) => {
    const result = await request(
      { url: "https://tfe.test/x", method: "DELETE" },
      { HTTPS_PROXY: address() },
    );
    expect(result).toEqual({ status: 200 });
    expect(proxySaw).toEqual([{ target: "tfe.test:443", authorization: undefined }]);
    expect(apiSaw).toEqual([expect.stringMatching(/^DELETE tfe\.test \d+$/)]);
  });

  it("its URL's user name and password go to the proxy", async () => {
    const env = { HTTPS_PROXY: `http://us%40er:p%3Aw@127.0.0.1:${proxy}` };
    expect(await request({ url: "https://tfe.test:8443/" }, env)).toEqual({ status: 200 });
    const authorization = `Basic ${Buffer.from("us@er:p:w").toString("base64")}`;
    expect(proxySaw).toEqual([{ target: "tfe.test:8443", authorization }]);
  });

  it("a pool keeps the tunnel", async () => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy}` };
    await request({ url: "https://tfe.test/", pooled: true, times: 3 }, env);
    expect(proxySaw).toHaveLength(1);
    expect(apiSaw).toHaveLength(3);
  });

  it("the certificate must name the server behind it, not the proxy", async () => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy}` };
    const result = await request({ url: "https://other.test/", method: "DELETE" }, env);
    expect(result).toMatchObject({ code: "tls", arrived: "no" });
    expect(apiSaw).toEqual([]);
  });

  it.each([
    ["407 Proxy Authentication Required", false],
    ["403 Forbidden", false],
    ["502 Bad Gateway", true],
  ])("a refusal (%s) means that nothing arrived", async (answer, transient) => {
    proxyAnswer = answer;
    const env = { HTTPS_PROXY: `http://user:hunter2@127.0.0.1:${proxy}` };
    const result = await request({ url: "https://tfe.test/", method: "DELETE" }, env);
    expect(result).toMatchObject({ code: "proxy", arrived: "no", transient });
    expect(JSON.stringify(result)).toContain(answer.slice(0, 3));
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });

  it("NO_PROXY and loopback go around it", async () => {
    const env = { HTTPS_PROXY: "http://127.0.0.1:1" };
    expect(await request({ url: `https://localhost:${api}/` }, env)).toEqual({ status: 200 });
  });
});
