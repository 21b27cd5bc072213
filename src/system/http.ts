// One HTTP exchange over node:http: the global fetch costs a short command most of its start-up.
//
// H1 A redirect is an answer like any other: nothing here follows one.
// H2 `arrived: "no"` is said only while not one byte of the request can have been written.
// H3 Without a pool the connection ends with the exchange, so that the process can end too.

import { type Agent, request as send } from "node:http";
import type { Socket } from "node:net";
import { collectAnswer, type HttpResponse } from "./http-answer.ts";
import { openSocket, type Route, type RoutedOptions } from "./http-connect.ts";
import { because, HttpError, systemCode } from "./http-error.ts";
import type { Track } from "./http-tcp.ts";

/** The largest answer that is read, in bytes: state files are the biggest thing there is to fetch. */
export const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
  /** For the whole exchange, in milliseconds: look-up, connection, request and answer. */
  readonly timeoutMs: number;
  /** An http or https proxy, asked for https URLs only. */
  readonly proxy?: URL | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Keeps connections for further requests; see http-pool.ts. */
  readonly pool?: Agent | undefined;
  /** In bytes; MAX_RESPONSE_BYTES when absent. */
  readonly maxBytes?: number;
}

/**
 * Sends one request and reads the whole answer, whatever its status.
 *
 * @throws HttpError, and nothing else
 */
export async function httpRequest(request: HttpRequest): Promise<HttpResponse> {
  const attempt = new Attempt(request);
  try {
    return await attempt.run();
  } catch (error) {
    throw attempt.explain(error);
  } finally {
    attempt.end();
  }
}

class Attempt {
  readonly #request: HttpRequest;
  readonly #timer: NodeJS.Timeout;
  #current: { destroy(error?: Error): unknown } | undefined;
  #stopped: HttpError | undefined;
  #sent = false;

  constructor(request: HttpRequest) {
    this.#request = request;
    this.#timer = setTimeout(() => {
      const within = `within ${Math.ceil(request.timeoutMs / 1000)} s`;
      this.#stop("timeout", `no answer from ${request.url.host} ${within}`);
    }, request.timeoutMs);
    request.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  async run(): Promise<HttpResponse> {
    if (this.#request.signal?.aborted === true) this.#onAbort();
    if (this.#stopped !== undefined) throw this.#stopped;
    const { url, proxy, pool } = this.#request;
    const route: Route = { url, proxy };
    if (pool !== undefined) return this.#exchange({ agent: pool, route });
    const socket = await openSocket(route, this.#track);
    return this.#exchange({ createConnection: () => socket, route }, socket);
  }

  #exchange(how: RoutedOptions, socket?: Socket): Promise<HttpResponse> {
    const { url, method, body } = this.#request;
    return new Promise((resolve, reject) => {
      const req = send({
        ...how,
        method,
        path: url.pathname + url.search,
        host: url.hostname,
        port: url.port || (url.protocol === "http:" ? 80 : 443),
        headers: withFraming(this.#request),
      });
      let answered = false;
      req.on("error", reject);
      req.once("close", () => answered || reject(new Error("the connection was closed")));
      req.once("response", (response) => {
        answered = true;
        collectAnswer(response, this.#request.maxBytes ?? MAX_RESPONSE_BYTES).then(resolve, reject);
      });
      this.#track(req);
      if (socket?.destroyed === true) throw new Error("the connection was closed");
      this.#sent = true;
      req.end(body);
    });
  }

  /** Turns whatever was thrown into the HttpError that says why and how far it had come. */
  explain(error: unknown): HttpError {
    if (this.#stopped !== undefined) return this.#stopped;
    if (error instanceof HttpError) return error;
    const arrived = this.#sent ? "maybe" : "no";
    const code = systemCode(error) ?? "";
    const why = because(error);
    if (!this.#sent && code.startsWith("ERR_")) {
      return new HttpError("invalid-request", `cannot send this request (${why})`, { arrived });
    }
    const kind = code.startsWith("HPE_") ? "protocol" : "reset";
    const message = `the connection to ${this.#request.url.host} broke (${why})`;
    return new HttpError(kind, message, { arrived, transient: kind === "reset", cause: error });
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener("abort", this.#onAbort);
    if (this.#request.pool === undefined) this.#current?.destroy();
  }

  readonly #track: Track = (thing) => {
    this.#current = thing;
    if (this.#stopped !== undefined) thing.destroy(this.#stopped);
  };

  readonly #onAbort = () => this.#stop("aborted", "interrupted");

  #stop(code: "timeout" | "aborted", message: string): void {
    const arrived = this.#sent ? "maybe" : "no";
    this.#stopped ??= new HttpError(code, message, { arrived, transient: code === "timeout" });
    this.#current?.destroy(this.#stopped);
  }
}

const BODILESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);

function withFraming(request: HttpRequest): Record<string, string | number> {
  const { headers, url, body, method } = request;
  const framed: Record<string, string | number> = { ...headers, host: url.host };
  if (body !== undefined || !BODILESS.has(method)) {
    framed["content-length"] = Buffer.byteLength(body ?? "");
  }
  return framed;
}
