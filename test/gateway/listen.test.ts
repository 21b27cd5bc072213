// Streamable HTTP on loopback: who may speak to it, and in which revision.

import { existsSync, readFileSync, statSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { MOST_SESSIONS } from "../../src/gateway/http-sessions.ts";
import { MOST_LINE } from "../../src/gateway/stdio.ts";
import { runInProcess } from "../support/cli.ts";
import { connectGateway } from "../support/gateway-client.ts";
import { RawGateway } from "../support/raw-gateway.ts";
import { type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let gateway: RawGateway;
let url: string;
let file: string;
let token: string;
beforeAll(async () => {
  stage = await setStage({ asks: true });
  gateway = new RawGateway(stage, ["-e", "dev", "--listen", "0"]);
  await vi.waitUntil(() => gateway.stderr.includes("Bearer TOKEN"), { timeout: 20_000 });
  url = /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(gateway.stderr)?.[0] ?? "";
  file = /token +(\S+):/.exec(gateway.stderr)?.[1] ?? "";
  token = readFileSync(file, "utf8").trim();
});
afterAll(async () => {
  gateway.child.kill("SIGTERM");
  await gateway.ended;
  await stage.close();
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends exactly these headers, and reports the status and what was said. */
function send({ method = "POST", path = "/mcp", headers = {}, body = "{}" }: Sent) {
  const { port } = new URL(url);
  return new Promise<{ status: number; text: string; challenge: string | undefined }>(
    (done, fail) => {
      const all = { "content-type": "application/json", ...headers };
      const sent = httpRequest(
        { host: "127.0.0.1", port, method, path, headers: all },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part) => {
            text += part;
          });
          const challenge = response.headers["www-authenticate"];
          response.on("end", () => done({ status: response.statusCode ?? 0, text, challenge }));
        },
      );
      sent.on("error", fail);
      sent.end(body);
    },
  );
}

const bearer = () => ({ authorization: `Bearer ${token}` });
const accepts = { accept: "application/json, text/event-stream" };
const initialize = JSON.stringify({
  ...{ jsonrpc: "2.0", id: 1, method: "initialize" },
  params: {
    ...{ protocolVersion: "2025-06-18", capabilities: {} },
    clientInfo: { name: "x", version: "0" },
  },
});

describe("a client over HTTP", () => {
  it.each(["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"])(
    "that speaks %s calls tools and reads",
    async (protocol) => {
      const client = await connectGateway(url, token, protocol);
      try {
        const read = await client.call("hcp_request", { method: "GET", path: "/organizations" });
        expect([read.isError, read.result.status]).toEqual([false, "done"]);
        const { tools } = await client.client.listTools();
        expect(tools.map(({ name }) => name)).toContain("check_approval");
      } finally {
        await client.close();
      }
    },
  );

  it("is told how it goes, and several at a time do not wait for each other", async () => {
    const clients = await Promise.all(
      ["2026-07-28", "2025-11-25"].map((protocol) => connectGateway(url, token, protocol)),
    );
    for (const client of clients) {
      const messages: string[] = [];
      stage.api.failNext({ status: 429 });
      const input = { method: "GET", path: "/organizations" };
      const onProgress = (message: string) => messages.push(message);
      expect((await client.call("hcp_request", input, { onProgress })).isError).toBe(false);
      expect(messages.join()).toContain("429");
      await client.close();
    }
  });
});

describe("H1, row 42: who may speak to it", () => {
  it("says at start where its token is, who has which credentials, and that it is a rail otherwise", () => {
    expect(gateway.stderr).toContain("An agent that runs as another user has this token");
    expect(gateway.stderr).not.toContain(token);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(token.length).toBeGreaterThanOrEqual(43);
  });

  it.each<[string, () => Record<string, string>]>([
    ["no token", () => ({})],
    ["another token", () => ({ authorization: `Bearer ${"x".repeat(43)}` })],
    ["half of it", () => ({ authorization: `Bearer ${token.slice(0, 20)}` })],
    ["it and more", () => ({ authorization: `Bearer ${token}x` })],
    ["nothing after Bearer", () => ({ authorization: "Bearer " })],
    ["another scheme", () => ({ authorization: `Basic ${token}` })],
    ["it in a cookie", () => ({ cookie: `token=${token}` })],
  ])("%s: 401, with how to bring it", async (_, headers) => {
    const { status, challenge, text } = await send({ headers: headers() });
    expect([status, challenge]).toEqual([401, expect.stringContaining("Bearer")]);
    expect(text).not.toContain(token);
  });

  it.each([
    ["a Host of another name", { host: "evil.example" }],
    ["a Host that looks near", { host: "127.0.0.1.evil.example" }],
    ["another site's page", { origin: "https://evil.example" }],
    ["a page of nowhere", { origin: "null" }],
    ["a name that begins as ours", { origin: "http://localhost.evil.example" }],
  ])("%s: 403, whatever the token", async (_, headers) => {
    const { status } = await send({ headers: { ...bearer(), ...headers } });
    expect(status).toBe(403);
  });

  it("a page of this machine may, with the token", async () => {
    const headers = { ...bearer(), ...accepts, origin: "http://localhost:3000" };
    expect((await send({ headers, body: initialize })).status).toBe(200);
  });

  it("it is on loopback alone", () => {
    const { port } = new URL(url);
    const sockets = readFileSync("/proc/net/tcp", "utf8").split("\n");
    const hex = Number(port).toString(16).toUpperCase().padStart(4, "0");
    const listening = sockets.filter((line) => new RegExp(`:${hex} 00000000:0000 0A`).test(line));
    expect(listening.map((line) => line.trim().split(/\s+/)[1])).toEqual([`0100007F:${hex}`]);
  });
});

describe("H2, row 40: whatever is sent, it answers and goes on", () => {
  it.each<[string, Sent, readonly number[]]>([
    ["no JSON", { body: "{nope" }, [400]],
    ["null", { body: "null" }, [400]],
    ["nothing", { body: "" }, [400]],
    ["an empty batch", { body: "[]" }, [400]],
    ["no message", { body: '{"a":1}' }, [400]],
    ["what is nested too deep", { body: `${"[".repeat(100_000)}${"]".repeat(100_000)}` }, [400]],
    ["bytes that are no text", { body: "\xff\xfe" }, [400]],
    ["another type", { body: initialize, headers: { "content-type": "text/plain" } }, [415]],
    ["another path", { path: "/" }, [404]],
    ["a path that climbs", { path: "/mcp/../etc" }, [404]],
    ["another method", { method: "PUT" }, [400, 405]],
    ["a session that is none", { headers: { "mcp-session-id": "x" } }, [400, 404]],
    ["a call without a session", { body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' }, [400]],
    ["a body that is too long", { body: "x".repeat(MOST_LINE + 1) }, [413]],
  ])("%s", async (_, sent, statuses) => {
    const headers = { ...accepts, ...bearer(), ...sent.headers };
    const { status, text } = await send({ ...sent, headers });
    expect([text, statuses]).toEqual([text, expect.arrayContaining([status])]);
    const again = await send({ body: initialize, headers: { ...bearer(), ...accepts } });
    expect(again.status).toBe(200);
  });

  it("sessions are bounded: the one unused for longest makes room, and begins anew", async () => {
    const first = await connectGateway(url, token, "2025-11-25");
    for (let more = 0; more < MOST_SESSIONS; more += 1)
      await send({ body: initialize, headers: { ...bearer(), ...accepts } });
    await expect(first.client.listTools()).rejects.toThrow();
    await first.close().catch(() => {});
    const again = await connectGateway(url, token, "2025-11-25");
    expect((await again.client.listTools()).tools.length).toBeGreaterThan(0);
    await again.close();
  });
});

describe("how it starts and ends", () => {
  it.each([["x"], ["-1"], ["65536"], ["80 "], [""]])("--listen %j is no port", async (port) => {
    const words = ["gateway", "serve", "-e", "dev", `--listen=${port}`];
    const { code, stdout, stderr } = await runInProcess(words, stage.env, stage.directory);
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining("port")]);
  });

  it("a port that is taken is an error, and its token stays", async () => {
    const { code, stderr } = await stage.run([
      ...["gateway", "serve", "-e", "dev", "--listen", new URL(url).port],
    ]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("EADDRINUSE")]);
    expect(readFileSync(file, "utf8").trim()).toBe(token);
  });

  it("T1: it ends with a signal, and its token with it", async () => {
    const other = new RawGateway(stage, ["-e", "dev", "--listen", "0"]);
    await vi.waitUntil(() => other.stderr.includes("Bearer TOKEN"), { timeout: 20_000 });
    const theirs = /token +(\S+):/.exec(other.stderr)?.[1] ?? "";
    expect(existsSync(theirs)).toBe(true);
    other.child.kill("SIGINT");
    expect(await other.ended).toBe(0);
    expect(existsSync(theirs)).toBe(false);
  });

  it("says so when an agent starts it", async () => {
    const env = { ...stage.env, CLAUDECODE: "1" };
    const other = stage.start(["gateway", "serve", "-e", "dev", "--listen", "0"], { env });
    let said = "";
    other.stderr?.on("data", (part) => {
      said += part;
    });
    await vi.waitUntil(() => said.includes("Bearer TOKEN"), { timeout: 20_000 });
    other.kill("SIGTERM");
    expect(said).toContain("started by Claude Code");
  });
});
