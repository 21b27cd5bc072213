// Who may answer for a running session: bring another process into it, add a class to it, or be taken
// for a person while it lives.
//
// A1 Only a person outside the session: not below its host, never started inside any session, not
//    under an agent, and on a controlling terminal.
// A2 The person is at a terminal that was open before the session (lineage.ts, N11), or types the
//    code that the session's banner showed; the code is in the host's memory alone.
// A3 What is adopted is one live process of the same user, and never everybody's ancestor.
// A4 A code cannot be guessed: after a few wrong ones none counts any more, for the whole session.

import { createHash, timingSafeEqual } from "node:crypto";
import { statSync } from "node:fs";
import type { ProcessInfo, Processes } from "../../system/processes.ts";
import { SESSION_VARIABLE } from "../../system/places.ts";
import { findAgent } from "../agents.ts";
import {
  isAtOlderTerminal,
  isBelow,
  isEverybodysAncestor,
  type ProcessIdentity,
} from "../lineage.ts";

/** How many wrong codes a session hears (A4). */
export const MOST_WRONG_CODES = 5;

/** The session that somebody wants to answer for. */
export interface AnsweredSession {
  /** The host, and what was adopted: nobody below them answers. */
  readonly roots: readonly ProcessIdentity[];
  readonly started: number;
  /** Whether what was typed is the code, or why it does not count. */
  readonly checkCode: (typed: string) => true | string;
}

/** Why a caller may not answer for a session, in one clause; undefined when it may (A1, A2). */
export function whyNotAnswering(
  chain: readonly ProcessInfo[],
  processes: Processes,
  session: AnsweredSession,
  typedCode?: string,
): string | undefined {
  const caller = chain[0];
  if (caller === undefined) return "the caller could not be identified";
  // The variable too: whoever came loose from this session, or from another, is still of it.
  if (isBelow(chain, session.roots)) return "it was asked from inside the session";
  for (const each of chain)
    if (processes.initialEnvironment(each.pid)?.get(SESSION_VARIABLE))
      return "it was asked from inside a session";
  const agent = findAgent({}, [caller, ...chain], processes);
  if (agent !== undefined) return `it was asked by ${agent}`;
  if (caller.terminal === 0) return "it was asked without a terminal";
  if (isAtOlderTerminal(chain, session.started)) return undefined;
  if (typedCode === undefined)
    return "the asking terminal is younger than the session, and the code that its banner showed was not typed";
  const checked = session.checkCode(typedCode);
  return checked === true ? undefined : checked;
}

/** A session's code, and how often it was guessed wrong (A4). */
export class SessionCode {
  readonly #digest: Buffer;
  readonly #onLocked: () => void;
  #wrong = 0;

  /** `onLocked`: told when no code counts any more. */
  constructor(code: string, onLocked: () => void) {
    this.#digest = digestOf(code);
    this.#onLocked = onLocked;
  }

  /** True, or why what was typed does not count. */
  check(typed: string): true | string {
    if (this.#wrong >= MOST_WRONG_CODES)
      return `${MOST_WRONG_CODES} wrong codes were typed, so none counts any more: use a terminal that is older than the session`;
    if (timingSafeEqual(digestOf(typed), this.#digest)) return true;
    this.#wrong += 1;
    if (this.#wrong === MOST_WRONG_CODES) this.#onLocked();
    return "the code is not the one that the session's banner showed";
  }
}

const digestOf = (code: string): Buffer => createHash("sha256").update(code).digest();

/** Finds the process to adopt, by A3; a string says why not. */
export async function adoptable(pid: number, processes: Processes): Promise<ProcessInfo | string> {
  const found = await processes.info(pid);
  if (found === undefined) return `there is no process ${pid}`;
  if (isEverybodysAncestor(found)) return `process ${pid} is the ancestor of everything`;
  if (processes.proof === "descriptors" && ownerOf(pid) !== process.getuid?.())
    return `process ${pid} belongs to another user`;
  return found;
}

function ownerOf(pid: number): number | undefined {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return undefined;
  }
}
