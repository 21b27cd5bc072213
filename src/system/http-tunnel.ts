// A tunnel through an HTTP or HTTPS proxy by CONNECT. Loaded only when a proxy is in use.

import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { openTcp, type Track } from "./http-tcp.ts";
import { because, HttpError } from "./http-error.ts";

/**
 * A connection to the host and port of `url` that `proxy` relays. The user name and password of
 * the proxy's URL go to the proxy as Basic authorisation, and nowhere else.
 *
 * @throws HttpError with `arrived: "no"`; `proxy` when the proxy refuses
 */
export async function openTunnel(proxy: URL, url: URL, track: Track): Promise<Socket> {
  const socket = await openProxy(proxy, track);
  try {
    return await connectThrough(socket, proxy, url, track);
  } catch (error) {
    socket.destroy();
    if (error instanceof HttpError) throw error;
    throw refused(proxy, url, because(error), true);
  }
}

function connectThrough(socket: Socket, proxy: URL, url: URL, track: Track): Promise<Socket> {
  const authority = authorityOf(url);
  return new Promise((resolve, reject) => {
    const req = request({
      createConnection: () => socket,
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...authorization(proxy) },
    });
    req.on("error", reject);
    req.once("close", () => reject(new Error("the connection was closed")));
    req.once("connect", (response: IncomingMessage, tunnel: Socket, head: Buffer) => {
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) {
        return reject(refused(proxy, url, meaning(status), status >= 500));
      }
      if (head.length > 0) tunnel.unshift(head);
      resolve(tunnel);
    });
    track(req);
    req.end();
  });
}

function authorityOf(url: URL): string {
  return `${url.hostname}:${url.port || "443"}`;
}

function refused(proxy: URL, url: URL, why: string, transient: boolean): HttpError {
  const message = `the proxy ${proxy.host} does not connect to ${authorityOf(url)}: ${why}`;
  return new HttpError("proxy", message, { arrived: "no", transient });
}

async function openProxy(proxy: URL, track: Track): Promise<Socket> {
  const socket = await openTcp(proxy, track);
  if (proxy.protocol !== "https:") return socket;
  const { startTls } = await import("./http-tls.ts");
  return startTls(socket, proxy.hostname, track);
}

function authorization(proxy: URL): Record<string, string> {
  if (proxy.username === "" && proxy.password === "") return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair, "utf8").toString("base64")}` };
}

function meaning(status: number): string {
  return status === 407 ? "it wants a user name and password (407)" : `it answered ${status}`;
}
