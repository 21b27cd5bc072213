// Opens the connection that a request will use, and nothing more. As long as this has not answered,
// no byte of the request has been written: whatever fails here surely did not arrive.
//
// C1 Plain http reaches loopback only: the name must say so, and so must the connected peer.
// C2 Certificates are always verified, whatever NODE_TLS_REJECT_UNAUTHORIZED says.
// C3 A proxy is asked for https only, and only to carry bytes (CONNECT): it sees no request.

import type { RequestOptions } from "node:http";
import type { Socket } from "node:net";
import { HttpError } from "./http-error.ts";
import { isLoopbackAddress, isLoopbackHost } from "./http-loopback.ts";
import { openTcp, type Track } from "./http-tcp.ts";

/** Where to connect, and through which proxy. */
export interface Route {
  readonly url: URL;
  readonly proxy: URL | undefined;
}

/** What the pool's agent needs beside Node's own options. */
export interface RoutedOptions extends RequestOptions {
  readonly route: Route;
}

/**
 * A connected socket, through the proxy and TLS where the route says so.
 *
 * @throws HttpError with `arrived: "no"`
 */
export async function openSocket(route: Route, track: Track): Promise<Socket> {
  const { url, proxy } = route;
  if (url.protocol === "http:") return openLoopback(url, track);
  // node:tls costs start-up time that a request to loopback does not need.
  const { startTls } = await import("./http-tls.ts");
  if (proxy === undefined) return startTls(await openTcp(url, track), url.hostname, track);
  const { openTunnel } = await import("./http-tunnel.ts");
  const tunnel = await openTunnel(proxy, url, track);
  return startTls(tunnel, url.hostname, track);
}

async function openLoopback(url: URL, track: Track): Promise<Socket> {
  if (!isLoopbackHost(url.hostname)) throw insecure(url.host);
  const socket = await openTcp(url, track);
  if (isLoopbackAddress(socket.remoteAddress ?? "")) return socket;
  socket.destroy();
  throw insecure(`${url.host} (which leads to ${socket.remoteAddress ?? "nowhere"})`);
}

function insecure(where: string): HttpError {
  return new HttpError("insecure", `plain http goes to loopback only, not to ${where}`, {
    arrived: "no",
  });
}
