// How the look-ups for a card reach the API, as a port: one verb, and it only reads.

import type { HcpReader } from "../read.ts";

export interface LossReader {
  /**
   * The parsed JSON document at a path below /api/v2 (`/workspaces/ws-1?include=locked_by`), or
   * undefined when the API answers 404. Throws Failure for anything else.
   */
  get(path: string): Promise<unknown | undefined>;
}

/** The port on top of a client that takes the query apart from the path. */
export function lossReader(reader: Pick<HcpReader, "get">): LossReader {
  return {
    get(path) {
      const [place = "", search = ""] = path.split("?", 2);
      return reader.get(place, [...new URLSearchParams(search)]);
    },
  };
}
