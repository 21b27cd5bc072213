// Session records that tests write themselves.

import type { SessionRecord } from "../../src/grants/session-record.ts";
import { base32 } from "../../src/session/protocol/identity.ts";
import { procfs } from "../../src/system/processes-procfs.ts";

const processes = procfs();

/** A token that is always the same for a number. */
export const tokenOf = (n: number) => base32(Buffer.from(String(n).padStart(20, "0")));

/** A record of a session whose host is this very process, but for `more`. */
export async function recordOf(
  n: number,
  more: Partial<SessionRecord> = {},
): Promise<SessionRecord> {
  const self = await processes.info(process.pid);
  return {
    version: 1,
    id: tokenOf(n).slice(-6),
    token: tokenOf(n),
    pid: process.pid,
    process_started: self?.started ?? 0,
    boot_id: await processes.bootId(),
    uid: process.getuid?.() ?? 0,
    hostname: "app.terraform.io",
    organization: null,
    created_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    max_deletes: null,
    allow_delete: ["vars"],
    ...more,
  };
}
