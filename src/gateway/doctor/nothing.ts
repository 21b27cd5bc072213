// A server that has nothing: where the gateway under test finds a cluster and HCP Terraform. What comes
// to it is kept, so that the doctor sees what would have been sent.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Nothing {
  readonly url: string;
  readonly received: readonly string[];
  readonly close: () => void;
}

/** Opens it, on loopback. */
export function openNothing(): Promise<Nothing> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    received.push(`${request.method} ${request.url}`);
    request.resume();
    response.writeHead(404, { "content-type": "application/vnd.api+json", connection: "close" });
    response.end('{"errors":[{"status":"404","title":"not found"}]}');
  });
  server.unref();
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () =>
      done({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        received,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      }),
    );
  });
}
