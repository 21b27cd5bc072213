// Clients of the older revisions keep a session over HTTP: so many of them, and the oldest idle one
// makes room.

import { randomUUID } from "node:crypto";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import type { Gateway } from "./gateway.ts";
import { createServer } from "./server.ts";

export const MOST_SESSIONS = 64;

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly close: () => Promise<void>;
}

export class HttpSessions {
  readonly #gateway: Gateway;
  /** The one that was used last is the last. */
  readonly #sessions = new Map<string, Session>();

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** Answers a request of an older revision. */
  async answer(request: Request): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    if (id === null) return (await this.#open()).handleRequest(request);
    const session = this.#sessions.get(id);
    if (session === undefined) return noSession();
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
    return session.transport.handleRequest(request);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(({ close }) => close()));
  }

  async #open(): Promise<WebStandardStreamableHTTPServerTransport> {
    const server = createServer(this.#gateway);
    const transport: WebStandardStreamableHTTPServerTransport =
      new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: () => randomUUID(),
        onsessioninitialized: (id) => this.#keep(id, { transport, close: () => server.close() }),
        onsessionclosed: (id) => void this.#sessions.delete(id),
      });
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    return transport;
  }

  #keep(id: string, session: Session): void {
    this.#sessions.set(id, session);
    for (const [oldest, { close }] of this.#sessions) {
      if (this.#sessions.size <= MOST_SESSIONS) return;
      this.#sessions.delete(oldest);
      close().catch(() => {});
    }
  }
}

/** As the protocol has it: the client begins anew. */
function noSession(): Response {
  const error = { code: -32_001, message: "no such session" };
  return Response.json({ jsonrpc: "2.0", id: null, error }, { status: 404 });
}
