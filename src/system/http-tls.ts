// TLS over a connection that already stands. Loaded only when an https URL is requested.

import { isIP, type Socket } from "node:net";
import { connect } from "node:tls";
import { readiness, type Track } from "./http-tcp.ts";
import { because, HttpError } from "./http-error.ts";
import { bareHost } from "./http-loopback.ts";

/**
 * A verified TLS connection to `hostname` over `socket`.
 *
 * @throws HttpError `tls`, `arrived: "no"`: the handshake is over before a request may be written
 */
export async function startTls(socket: Socket, hostname: string, track: Track): Promise<Socket> {
  const host = bareHost(hostname);
  const secure = connect({
    socket,
    host,
    // A server name must not be an address (RFC 6066); the certificate is checked against `host`.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: true,
  });
  await readiness(secure, "secureConnect", track, (error) => tlsFailure(hostname, error));
  return secure;
}

function tlsFailure(hostname: string, error: Error): HttpError {
  return new HttpError("tls", `no TLS connection to ${hostname} (${because(error)})`, {
    arrived: "no",
    cause: error,
  });
}
