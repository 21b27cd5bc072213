// Between node:http and the web's Request and Response, which the protocol's library speaks.
//
// W1 A body is kept up to a limit. What is over it is read and thrown away, so far that whoever sent it
//    by mistake hears why, and no further.
// W2 Whoever goes away is noticed, and what was streaming to them ends.

import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const HEARD_OUT = 4;

/** The body; undefined where it is over the limit (W1). */
export async function readBody(
  request: IncomingMessage,
  most: number,
): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= most) parts.push(part);
    if (length > HEARD_OUT * most) break;
  }
  return length > most ? undefined : Buffer.concat(parts);
}

/** The same request for the web. `signal`: aborted when the client goes away (W2). */
export function webRequest(
  { method = "GET", url = "/", headers }: IncomingMessage,
  body: Buffer | undefined,
  signal: AbortSignal,
): Request {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(", ")] satisfies [string, string]],
  );
  return new Request(new URL(url, "http://127.0.0.1"), {
    ...{ method, headers: entries, signal },
    ...(body === undefined || method === "GET" || method === "HEAD"
      ? {}
      : { body: new Uint8Array(body) }),
  });
}

/** Sends a web response. Never throws: whoever went away gets nothing (W2). */
export async function sendResponse(from: Response, to: ServerResponse): Promise<void> {
  to.writeHead(from.status, Object.fromEntries(from.headers));
  if (from.body === null) {
    to.end();
    return;
  }
  to.flushHeaders();
  try {
    await pipeline(Readable.fromWeb(from.body as Parameters<typeof Readable.fromWeb>[0]), to);
  } catch {
    to.destroy();
  }
}

/** Aborted when the client goes away before it was answered. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
