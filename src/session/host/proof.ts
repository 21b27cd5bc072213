// Which process is calling. A Unix socket in Node does not say, so the caller proves it: the host
// names a new file, the caller opens it, and the host finds it among that process's descriptors.
//
// N4 A pid counts only if that very process has the file open now. Where descriptors cannot be seen
//    (macOS) the pid is taken at its word and only corroborated; docs/threat-model.md says so.
// N5 A caller in a pid namespace of its own is found among the host's descendants by the pid that
//    its namespace gave it, and proven in the same way.

import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ProcessInfo, Processes } from "../../system/processes.ts";
import { createPrivateFile } from "../../system/safe-file.ts";
import { randomCode } from "../protocol/identity.ts";

/** A file for one caller to open. */
export interface Challenge {
  readonly file: string;
  /** Removes the file. */
  withdraw(): void;
}

/** Makes a challenge in the host's private directory. Throws UnsafeFile. */
export function createChallenge(directory: string): Challenge {
  const file = join(directory, `proof-${randomCode(16)}`);
  createPrivateFile(file, "");
  return { file, withdraw: () => rmSync(file, { force: true }) };
}

/**
 * The caller's chain of ancestors, itself first, as the host sees them; empty when the claim does
 * not hold. `claimed` is the pid as the caller knows it, `root` the host's own pid.
 */
export async function provenLineage(
  processes: Processes,
  claimed: number,
  file: string,
  root: number,
): Promise<readonly ProcessInfo[]> {
  if (processes.proof === "start-times") return processes.lineage(claimed);
  if (processes.hasOpen(claimed, file)) return processes.lineage(claimed);
  const pid = processes
    .namespaced(root, claimed)
    .find((candidate) => processes.hasOpen(candidate, file));
  return pid === undefined ? [] : processes.lineage(pid);
}
