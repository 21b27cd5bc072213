// Processes where there is no /proc (macOS, the BSDs): ps-list, with a `ps` that PATH cannot
// replace. Start times come in whole seconds, so they corroborate and do not prove.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type ProcessInfo, type Processes, walkLineage } from "./processes.ts";

/** Where the system keeps its own programs; nothing that a user can write to. */
const SYSTEM_PATH = "/bin:/usr/bin:/usr/sbin:/sbin";

let asking = 0;
let replaced: string | undefined;

/**
 * ps-list starts `ps` by name: before its first await, and again where it falls back. So PATH stays
 * replaced until it has answered, and until everybody who asked at the same time has an answer.
 */
async function withSystemPath<T>(ask: () => Promise<T>): Promise<T> {
  if (asking++ === 0) {
    replaced = process.env.PATH;
    process.env.PATH = SYSTEM_PATH;
  }
  try {
    return await ask();
  } finally {
    if (--asking === 0) {
      if (replaced === undefined) delete process.env.PATH;
      else process.env.PATH = replaced;
    }
  }
}

async function table(): Promise<Map<number, ProcessInfo>> {
  const { default: psList } = await import("ps-list");
  const found = new Map<number, ProcessInfo>();
  for (const row of await withSystemPath(() => psList())) {
    const started = row.startTime?.getTime();
    if (started === undefined || !Number.isFinite(started)) continue;
    found.set(row.pid, { pid: row.pid, ppid: row.ppid, started, name: row.name });
  }
  return found;
}

async function bootId(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("/usr/sbin/sysctl", [
      "-n",
      "kern.bootsessionuuid",
    ]);
    return stdout.trim();
  } catch {
    return "";
  }
}

/** The process table as `ps` shows it; one `ps` for each question. */
export function psProcesses(): Processes {
  return {
    proof: "start-times",
    self: () => process.pid,
    bootId,
    info: async (pid) => (await table()).get(pid),
    lineage: async (pid) => {
      const found = await table();
      return walkLineage(pid, (each) => found.get(each));
    },
    initialEnvironment: () => undefined,
    hasOpen: () => false,
    namespaced: () => [],
  };
}
