// Who is whose ancestor. Two sources: /proc where there is one, else `ps` by an absolute path.
//
// L1 A stat line is split after its last `)`: a process chooses its own name, parentheses, spaces
//    and line ends included.
// L2 A parent is never younger than its child: a recycled process id ends the walk.
// L3 The walk is bounded and never visits a process twice.
// L4 A process is a pid and its start time together; unknown is not equal to anything.
// L5 A pid and a start time mean something only where they were read: on one boot of one kernel, in
//    one pid namespace and one time namespace.

/** One process as the operating system describes it at one moment. */
export interface ProcessInfo {
  readonly pid: number;
  readonly ppid: number;
  /** Clock ticks since boot on Linux; milliseconds since 1970, to the second, elsewhere. */
  readonly started: number;
  /** The name the kernel keeps: chosen by the process, so a hint and never a proof. */
  readonly name: string;
  /** The controlling terminal's device number, 0 for none; undefined where it cannot be known. */
  readonly terminal?: number;
}

/** Looks processes up. Every method answers undefined or empty where it cannot know. */
export interface Processes {
  /** `descriptors`: a caller's pid can be proven by an open file. `start-times`: corroborated only. */
  readonly proof: "descriptors" | "start-times";
  /** This process as the table numbers it: not process.pid where the table is of an outer namespace. */
  self(): number;
  /** Where pids and start times are read (L5), for `compareBoots`; empty where it cannot be known. */
  bootId(): Promise<string>;
  info(pid: number): Promise<ProcessInfo | undefined>;
  /** The process itself first, then its parent, and so on; ends at init or where L2 breaks. */
  lineage(pid: number): Promise<readonly ProcessInfo[]>;
  /** The environment it was started with; undefined where that cannot be read. */
  initialEnvironment(pid: number): ReadonlyMap<string, string> | undefined;
  /** Whether it has this very file open now. Always false where proof is `start-times`. */
  hasOpen(pid: number, file: string): boolean;
  /** Descendants of `root` whose innermost pid namespace calls them `pid`. */
  namespaced(root: number, pid: number): readonly number[];
}

/** More ancestors than any real chain has; a longer one is a loop or an attack (L3). */
export const MAX_LINEAGE = 1024;

/** Follows parents from `pid`, by L2 and L3. */
export function walkLineage(
  pid: number,
  lookUp: (pid: number) => ProcessInfo | undefined,
): ProcessInfo[] {
  const chain: ProcessInfo[] = [];
  const seen = new Set<number>();
  let next = lookUp(pid);
  while (next !== undefined && !seen.has(next.pid) && chain.length < MAX_LINEAGE) {
    const child = chain.at(-1);
    if (child !== undefined && next.started > child.started) break;
    chain.push(next);
    seen.add(next.pid);
    next = next.ppid > 0 ? lookUp(next.ppid) : undefined;
  }
  return chain;
}

/** What is left of a pid and a start time that were read elsewhere (L5). */
export type BootComparison = "same" | "other-pids" | "other-times" | "other-boot";

/**
 * Compares two answers of `bootId`: the boot, then one name for each namespace. What one of them
 * does not tell is taken for the same.
 */
export function compareBoots(one: string, other: string): BootComparison {
  const [boot, pids, times] = one.split(" ");
  const [otherBoot, otherPids, otherTimes] = other.split(" ");
  const differ = (here?: string, there?: string) => Boolean(here && there && here !== there);
  if (differ(boot, otherBoot)) return "other-boot";
  if (differ(times, otherTimes)) return "other-times";
  return differ(pids, otherPids) ? "other-pids" : "same";
}
