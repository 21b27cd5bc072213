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
  const authority = `${url.hostname}:${url.port || "443"}`;
  const refuse = (why: string, transient: boolean) => {
    socket.destroy();
    return new HttpError(
      "proxy",
      `the proxy ${proxy.host} does not connect to ${authority}: ${why}`,
      {
        arrived: "no",
        transient,
      },
    );
  };
  return new Promise((resolve, reject) => {
    const req = request({
      createConnection: () => socket,
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...authorization(proxy) },
    });
    req.on("error", (error) =>
      reject(error instanceof HttpError ? error : refuse(because(error), true)),
    );
    req.once("close", () => reject(refuse("the connection was closed", true)));
    req.once("connect", (response: IncomingMessage, tunnel: Socket, head: Buffer) => {
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) return reject(refuse(meaning(status), status >= 500));
      if (head.length > 0) tunnel.unshift(head);
      resolve(tunnel);
    });
    track(req);
    req.end();
  });
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
