// Processes as Linux's /proc tells them: a few small reads for each ancestor, whatever the number
// of processes. Keeps L1 to L4 of processes.ts.

import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
} from "node:fs";
import { type ProcessInfo, type Processes, walkLineage } from "./processes.ts";

/** Parses one line of /proc/PID/stat; undefined when it is not one. */
export function parseStat(text: string): ProcessInfo | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 1 || close < open || text.includes("\0")) return undefined;
  const pid = Number(text.slice(0, open).trim());
  const fields = text
    .slice(close + 1)
    .trim()
    .split(" ", 20);
  const [ppid, terminal, started] = [fields[1], fields[4], fields[19]].map(Number);
  if (![pid, ppid, terminal, started].every(Number.isSafeInteger)) return undefined;
  if (ppid === undefined || started === undefined || terminal === undefined) return undefined;
  return { pid, ppid, started, terminal, name: text.slice(open + 1, close) };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

// A stat line is far shorter; a chain of hundreds of ancestors is read into the same buffer.
const statBuffer = Buffer.alloc(4096);

function readStat(pid: number): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(`/proc/${pid}/stat`, "r");
    const length = readSync(descriptor, statBuffer, 0, statBuffer.length, 0);
    return statBuffer.toString("latin1", 0, length);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function info(pid: number): ProcessInfo | undefined {
  const text = readStat(pid);
  const found = text === undefined ? undefined : parseStat(text);
  return found?.pid === pid ? found : undefined;
}

/** Parses /proc/PID/environ: NUL-separated NAME=VALUE; the first of two equal names counts. */
export function parseEnvironment(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const entry of text.split("\0")) {
    const at = entry.indexOf("=");
    if (at > 0 && !variables.has(entry.slice(0, at)))
      variables.set(entry.slice(0, at), entry.slice(at + 1));
  }
  return variables;
}

function hasOpen(pid: number, file: string): boolean {
  try {
    const wanted = statSync(file, { bigint: true });
    for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
      if (sameFile(`/proc/${pid}/fd/${descriptor}`, wanted)) return true;
    }
  } catch {
    return false;
  }
  return false;
}

function sameFile(path: string, wanted: { readonly dev: bigint; readonly ino: bigint }): boolean {
  try {
    const found = statSync(path, { bigint: true });
    return found.dev === wanted.dev && found.ino === wanted.ino;
  } catch {
    return false;
  }
}

/** Each thread has the children that it started itself. */
function children(pid: number): number[] {
  return threads(pid).flatMap((thread) => {
    const text = readText(`/proc/${pid}/task/${thread}/children`);
    return text === undefined ? [] : text.trim().split(" ").filter(Boolean).map(Number);
  });
}

function threads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** The pids of a process, from the namespace of /proc inwards. */
function pidsOf(pid: number): number[] {
  const names = readText(`/proc/${pid}/status`)?.match(/^NSpid:\s+(.+)$/m)?.[1];
  return names === undefined ? [] : names.split(/\s+/).map(Number);
}

function namespaced(root: number, pid: number): number[] {
  const found: number[] = [];
  const pending = children(root);
  const seen = new Set<number>(pending);
  while (pending.length > 0) {
    const candidate = pending.pop();
    if (candidate === undefined) break;
    const pids = pidsOf(candidate);
    if (pids.length > 1 && pids.at(-1) === pid) found.push(candidate);
    for (const child of children(candidate)) {
      if (seen.has(child)) continue;
      seen.add(child);
      pending.push(child);
    }
  }
  return found;
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** In a pid namespace that kept the /proc of the outside, that /proc has its own number for us. */
function self(): number {
  return Number(link("/proc/self") ?? process.pid);
}

/** The boot, the pid namespace that /proc is of, and our own time namespace (L5). */
function bootId(): string {
  const boot = (readText("/proc/sys/kernel/random/boot_id") ?? "").trim();
  // /proc is of the namespace in which a process has one pid only.
  const shown = walkLineage(self(), info).find(({ pid }) => pidsOf(pid).length === 1);
  const pids = shown === undefined ? undefined : link(`/proc/${shown.pid}/ns/pid`);
  return [boot, pids ?? "pid:unknown", link("/proc/self/ns/time") ?? "time:unknown"].join(" ");
}

/** The process table of a Linux kernel. */
export function procfs(): Processes {
  let boot: string | undefined;
  return {
    proof: "descriptors",
    self,
    bootId: async () => {
      boot ??= bootId();
      return boot;
    },
    info: async (pid) => info(pid),
    lineage: async (pid) => walkLineage(pid, info),
    initialEnvironment: (pid) => {
      const text = readText(`/proc/${pid}/environ`);
      return text === undefined ? undefined : parseEnvironment(text);
    },
    hasOpen,
    namespaced,
  };
}
