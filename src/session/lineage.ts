// Where a caller stands to a session, told from its chain of ancestors alone.
//
// N1 Inside means: descends from the session's host, or from a process that a person adopted.
// N2 A caller below an inner session belongs to the inner one; the outer answers only that inner host.
// N3 Init and the user's service manager are everybody's ancestors, so they vouch for nobody.
// N11 A terminal is older than a session when an ancestor of the caller is, and holds that very
//    terminal. An older daemon (a tmux server, sshd, cron, a desktop) makes new terminals for
//    whoever asks it, so it vouches for nobody.

import type { ProcessInfo } from "../system/processes.ts";

/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: number;
}

export type Whereabouts =
  | { readonly where: "inside" }
  | { readonly where: "below-inner-session" }
  /** Came loose; `top` is the pid of its oldest ancestor that is not init. */
  | { readonly where: "detached"; readonly top: number }
  | { readonly where: "outside" };

const same = (one: ProcessIdentity, other: ProcessIdentity): boolean =>
  one.pid === other.pid && one.started === other.started;

/** Whether one of `roots` is in the chain. */
export function isBelow(
  chain: readonly ProcessIdentity[],
  roots: readonly ProcessIdentity[],
): boolean {
  return chain.some((each) => roots.some((root) => same(root, each)));
}

/** Init, or a service manager that init started (N3). */
export function isEverybodysAncestor(process: ProcessInfo): boolean {
  return process.pid === 1 || (process.ppid === 1 && /^(systemd|launchd|init)/.test(process.name));
}

/**
 * Places a caller.
 *
 * @param chain the caller first, then its ancestors
 * @param roots the host and the adopted processes
 * @param innerHosts the hosts of sessions inside this one
 * @param sessionStarted the host's own start time, in the chain's unit
 */
export function placeCaller(
  chain: readonly ProcessInfo[],
  roots: readonly ProcessIdentity[],
  innerHosts: readonly ProcessIdentity[],
  sessionStarted: number,
): Whereabouts {
  for (const [distance, each] of chain.entries()) {
    if (distance > 0 && innerHosts.some((inner) => same(inner, each)))
      return { where: "below-inner-session" };
    if (roots.some((root) => same(root, each))) return { where: "inside" };
  }
  const own = chain.filter((each) => !isEverybodysAncestor(each));
  const top = own.at(-1);
  if (top === undefined) return { where: "outside" };
  // A chain of which every process is younger than the session was started from within it and came
  // loose. An older one is somebody else's, such as the terminal server that the host itself is in.
  if (top.started >= sessionStarted) return { where: "detached", top: top.pid };
  return { where: "outside" };
}

/** The ancestors of the caller, not counting itself, that are older than the session (N3). */
function olderAncestors(chain: readonly ProcessInfo[], sessionStarted: number): ProcessInfo[] {
  return chain
    .slice(1)
    .filter((each) => each.started < sessionStarted && !isEverybodysAncestor(each));
}

/**
 * Whether the caller is at a terminal that was open before the session (N11). False where the
 * caller's terminal cannot be known.
 */
export function isAtOlderTerminal(chain: readonly ProcessInfo[], sessionStarted: number): boolean {
  const terminal = chain[0]?.terminal ?? 0;
  if (terminal === 0) return false;
  return olderAncestors(chain, sessionStarted).some((each) => each.terminal === terminal);
}

/** Whether anybody in particular above the caller is older than the session (N3). */
export function hasOlderAncestor(chain: readonly ProcessInfo[], sessionStarted: number): boolean {
  return olderAncestors(chain, sessionStarted).length > 0;
}
