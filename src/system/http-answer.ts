// Reads a whole answer into memory, up to a limit.

import type { IncomingMessage } from "node:http";
import { HttpError } from "./http-error.ts";

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; a repeated header is joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * The answer, once its last byte is here.
 *
 * @throws HttpError `too-large`; any other error means that it was cut off
 */
export function collectAnswer(response: IncomingMessage, maxBytes: number): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      const limit = `${Math.floor(maxBytes / 1024 / 1024)} MiB`;
      const tooLarge = new HttpError("too-large", `the answer is larger than ${limit}`, {
        arrived: "maybe",
      });
      reject(tooLarge);
      response.destroy();
    });
    response.on("error", reject);
    response.once("close", () => reject(new Error("the answer was cut off")));
    response.once("end", () => {
      if (!response.complete) return reject(new Error("the answer was cut off"));
      resolve({
        status: response.statusCode ?? 0,
        headers: flatHeaders(response),
        body: Buffer.concat(chunks, size),
      });
    });
  });
}

function flatHeaders(response: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}
