// A TCP connection, and waiting for a socket to become usable.

import { connect, type Socket } from "node:net";
import { because, HttpError, systemCode } from "./http-error.ts";
import { bareHost } from "./http-loopback.ts";

/** Is handed every socket as soon as it exists, so that a deadline can destroy it. */
export type Track = (socket: { destroy(error?: Error): unknown }) => void;

/**
 * A TCP connection to the host of a URL, at its port or its scheme's own.
 *
 * @throws HttpError `dns` or `connect`
 */
export async function openTcp(url: URL, track: Track): Promise<Socket> {
  const port = Number(url.port) || (url.protocol === "http:" ? 80 : 443);
  const host = bareHost(url.hostname);
  const socket = connect({ host, port, noDelay: true });
  await readiness(socket, "connect", track, (error) => cannotConnect(url, port, error));
  return socket;
}

const RETRY_MAY_HELP = new Set(["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN"]);

function cannotConnect(url: URL, port: number, error: Error): HttpError {
  const code = systemCode(error);
  const options = {
    arrived: "no",
    transient: RETRY_MAY_HELP.has(code ?? ""),
    cause: error,
  } as const;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return new HttpError("dns", `cannot find the host ${url.hostname} (${code})`, options);
  }
  const where = `${url.hostname}:${port}`;
  return new HttpError("connect", `cannot connect to ${where} (${because(error)})`, options);
}

/** Waits for a socket to become usable; an HttpError that destroyed it passes through unchanged. */
export function readiness(
  socket: Socket,
  event: "connect" | "secureConnect",
  track: Track,
  describe: (error: Error) => HttpError,
): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays for good: an error between two listeners would otherwise end the process.
    socket.on("error", (error) => reject(error instanceof HttpError ? error : describe(error)));
    socket.once("close", () => reject(describe(new Error("the connection was closed"))));
    socket.once(event, () => resolve());
    track(socket);
  });
}
