// Which of the two sources of processes.ts this platform has.

import type { Processes } from "./processes.ts";

/** The process table of this platform. */
export async function openProcesses(
  platform: NodeJS.Platform = process.platform,
): Promise<Processes> {
  if (platform === "linux") {
    const { procfs } = await import("./processes-procfs.ts");
    return procfs();
  }
  const { psProcesses } = await import("./processes-ps.ts");
  return psProcesses();
}
