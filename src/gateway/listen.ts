// The gateway over Streamable HTTP, on this machine alone.
//
// H1 127.0.0.1 and nothing else; a request names this machine, comes from no web page of another
//    site, and brings the token. Whoever does not is told which of these, and nothing more.
// H2 Bounded: bodies, headers, the time that a request may take to arrive, connections.

import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import {
  createMcpHandler,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  validateHostHeader,
  validateOriginHeader,
} from "@modelcontextprotocol/server";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { findAgent } from "../session/agents.ts";
import { findStanding } from "../session/caller/standing.ts";
import { listenBanner } from "./banner.ts";
import { type Bearer, makeBearer } from "./bearer.ts";
import type { Gateway } from "./gateway.ts";
import { HttpSessions } from "./http-sessions.ts";
import { createServer } from "./server.ts";
import type { Serving } from "./serving.ts";
import { MOST_LINE } from "./stdio.ts";
import { goneSignal, readBody, sendResponse, webRequest } from "./web-request.ts";

const HOST = "127.0.0.1";
const PATH = "/mcp";

/** H2 */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 16 * 1024 };
const MOST_CONNECTIONS = 128;

/**
 * Listens.
 *
 * @param port as typed
 * @param say told the banner
 * @throws Failure, exit 1: no port, or one that is taken
 */
export async function listenAt(
  port: string,
  gateway: Gateway,
  say: (text: string) => void,
): Promise<Serving> {
  const http = createHttpServer(LIMITS);
  http.maxConnections = MOST_CONNECTIONS;
  const bound = await bind(http, portOf(port));
  const bearer = makeBearer(gateway.configDirectory, bound);
  const modern = createMcpHandler(() => createServer(gateway), { legacy: "reject" });
  const sessions = new HttpSessions(gateway);
  http.on("request", (request, response) => {
    answer(request, response, bearer, async (web) =>
      (await isLegacyRequest(web)) ? sessions.answer(web) : modern.fetch(web),
    ).catch((error: unknown) => {
      gateway.tell(gateway.redact(`a request broke: ${String(error)}`));
      if (!response.headersSent)
        refuse(response, 500, "it broke here; the gateway says more on stderr");
      else response.destroy();
    });
  });
  const url = `http://${HOST}:${bound}${PATH}`;
  say(listenBanner(gateway, { url, tokenFile: bearer.file, warnings: await warningsOf(gateway) }));
  const over = new Promise<void>((done) => http.once("close", done));
  const close = () => {
    bearer.forget();
    http.close();
    // What changes something goes on without its connection, and is waited for.
    void sessions.close();
    void modern.close();
    http.closeAllConnections();
  };
  return { over, close };
}

function portOf(typed: string): number {
  const port = /^\d{1,5}$/.test(typed) ? Number(typed) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure("usage", `--listen ${JSON.stringify(typed)} is no port`, {
    exitCode: EXIT.usage,
    fix: "--listen 7717, or --listen 0 for any",
  });
}

function bind(http: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    http.once("error", ({ code }: NodeJS.ErrnoException) =>
      fail(
        new Failure("port-taken", `cannot listen on ${HOST}:${port} (${code})`, {
          exitCode: EXIT.usage,
          fix: "another port, or --listen 0 for any",
        }),
      ),
    );
    http.listen(port, HOST, () => done((http.address() as AddressInfo).port));
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  bearer: Bearer,
  serve: (request: Request) => Promise<Response>,
): Promise<void> {
  const { host, origin, authorization } = request.headers;
  // H1
  if (!validateHostHeader(host, localhostAllowedHostnames()).ok)
    return refuse(response, 403, "the Host header names another machine");
  if (!validateOriginHeader(origin, localhostAllowedOrigins()).ok)
    return refuse(response, 403, "the Origin header names another site");
  if (!bearer.isBrought(authorization))
    return refuse(response, 401, "the gateway's token is missing or wrong", {
      "www-authenticate": 'Bearer realm="holdfast gateway"',
    });
  if (request.url !== PATH) return refuse(response, 404, `the gateway is at ${PATH}`);
  const body = await readBody(request, MOST_LINE);
  if (body === undefined) return refuse(response, 413, `a body is longer than ${MOST_LINE} bytes`);
  await sendResponse(await serve(webRequest(request, body, goneSignal(response))), response);
}

function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): void {
  const error = { code: -32_000, message };
  response.writeHead(status, {
    "content-type": "application/json",
    connection: "close",
    ...headers,
  });
  response.end(JSON.stringify({ jsonrpc: "2.0", id: null, error }));
}

/** What makes listening pointless. */
async function warningsOf({ env, home, processes }: Gateway): Promise<string[]> {
  const chain = await processes.lineage(processes.self());
  const agent = findAgent(env, chain, processes);
  const standing = await findStanding({ env, home, processes });
  const isInside = standing.kind === "ask" || standing.fact.standing === "inside";
  return [
    ...(agent === undefined
      ? []
      : [`started by ${agent}: whatever it keeps from the agent, the agent has`]),
    ...(isInside
      ? ["started inside a session, whose grants it would pass on to whoever connects"]
      : []),
  ];
}
