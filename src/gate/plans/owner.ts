// Which process has begun something, so that others can tell whether it still lives.

import * as z from "zod";
import { compareBoots, type Processes } from "../../system/processes.ts";

export const owner = z.strictObject({
  pid: z.int(),
  started: z.number().exactOptional(),
  boot: z.string(),
  at: z.iso.datetime(),
});

export type Owner = z.output<typeof owner>;

/** This process. */
export async function thisOwner(processes: Processes): Promise<Owner> {
  const pid = processes.self();
  const found = await processes.info(pid);
  return {
    pid,
    ...(found === undefined ? {} : { started: found.started }),
    boot: await processes.bootId(),
    at: new Date().toISOString(),
  };
}

/** Whether it is known to be gone. Where that cannot be known it counts as alive. */
export async function isGone(
  { pid, started, boot }: Owner,
  processes: Processes,
): Promise<boolean> {
  const compared = compareBoots(boot, await processes.bootId());
  if (compared === "other-boot") return true;
  if (compared !== "same") return false;
  const found = await processes.info(pid);
  return found === undefined || (started !== undefined && found.started !== started);
}
