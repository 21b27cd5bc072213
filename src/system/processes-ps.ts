// Processes where there is no /proc (macOS, the BSDs): ps-list, with a `ps` that PATH cannot
// replace. Start times come in whole seconds, so they corroborate and do not prove. Terminals come by
// name; one whose device is not there is unknown, and vouches for nobody.

import { execFile } from "node:child_process";
import { statSync } from "node:fs";
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
  const [rows, terminals] = await Promise.all([withSystemPath(() => psList()), terminalNames()]);
  const numbers = new Map<string, number | undefined>();
  for (const { pid, ppid, name, startTime } of rows) {
    const started = startTime?.getTime();
    if (started === undefined || !Number.isFinite(started)) continue;
    const at = terminals.get(pid);
    if (at !== undefined && !numbers.has(at)) numbers.set(at, terminalNumber(at));
    const terminal = at === undefined ? undefined : numbers.get(at);
    found.set(pid, { pid, ppid, started, name, ...(terminal === undefined ? {} : { terminal }) });
  }
  return found;
}

/** The name of each process's controlling terminal, by its pid; empty where `ps` does not tell. */
async function terminalNames(): Promise<ReadonlyMap<number, string>> {
  const options = { env: { PATH: SYSTEM_PATH }, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,tty="], options);
    return new Map(
      stdout.split("\n").flatMap((line): [number, string][] => {
        const [, pid, name] = /^\s*(\d+)\s+(\S+)\s*$/.exec(line) ?? [];
        return pid === undefined || name === undefined ? [] : [[Number(pid), name]];
      }),
    );
  } catch {
    return new Map();
  }
}

/** The device number, as /proc tells it on Linux: 0 for no terminal, undefined for no such device. */
function terminalNumber(name: string): number | undefined {
  if (/^(\?+|-)$/.test(name)) return 0;
  try {
    const status = statSync(`/dev/${name}`);
    return status.isCharacterDevice() ? status.rdev : undefined;
  } catch {
    return undefined;
  }
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
