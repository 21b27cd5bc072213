// A receiver of notifications on loopback, as docs/notifications.md tells people to write one: it
// checks the signature with its key, and keeps what it got.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually } from "./scripts.ts";

export const HOOK_SECRET = "a key that only the receiver has";

export interface Delivered {
  /** The `holdfast-delivery` header. */
  readonly delivery: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly isSigned: boolean;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly path: string;
}

/** What to answer to the nth request, from 1: a status, or nothing at all. */
export type Answering = (count: number, response: ServerResponse) => number | "nothing";

export interface Receiver {
  readonly url: string;
  readonly got: Delivered[];
  /** Resolves when that many have come. */
  received(count: number): Promise<readonly Delivered[]>;
  close(): Promise<void>;
}

function isSigned(headers: Delivered["headers"], body: string): boolean {
  const given = Buffer.from(String(headers["holdfast-signature"]));
  const hmac = createHmac("sha256", HOOK_SECRET);
  const wanted = hmac.update(`${headers["holdfast-timestamp"]}.${body}`).digest("hex");
  const whole = Buffer.from(`v1=${wanted}`);
  return given.length === whole.length && timingSafeEqual(given, whole);
}

export async function startReceiver(answering: Answering = () => 200): Promise<Receiver> {
  const got: Delivered[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
    request.on("end", () => {
      const { headers, url: path = "" } = request;
      got.push({
        delivery: String(headers["holdfast-delivery"]),
        body: JSON.parse(text) as Delivered["body"],
        isSigned: isSigned(headers, text),
        headers,
        path,
      });
      const status = answering(got.length, response);
      if (status !== "nothing" && !response.headersSent) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    got,
    received: (count) =>
      eventually(`${count} deliveries`, () => (got.length >= count ? got : undefined)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
