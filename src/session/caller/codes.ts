// The code that a session's banner showed, typed by a person whose terminal is newer than the session.
//
// N12 A code is typed at the controlling terminal, unseen: on a command line, or in the environment,
//     every process of this user could read it.
// N13 Each session that the terminal is younger than takes its own code; no session speaks for another.
// N14 It is asked for once in a process. Where two records claim one id, nothing is asked: one of
//     them is forged, and its host would learn the other's code.

import type { SessionRecord } from "../../grants/session-record.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { askSecretAtTerminal } from "../../system/terminal.ts";
import { findPerson } from "./person.ts";
import type { StandingWorld } from "./standing.ts";
import { requireUnique, vouchForPerson } from "./visit.ts";

/** What sessions have taken in this process, by their tokens. */
const taken = new Map<string, string>();

/** The code that this session has taken in this process (N14). */
export function takenCode({ token }: SessionRecord): string | undefined {
  return taken.get(token);
}

/**
 * Asks for the code of each of these sessions, and each session whether it is its own (N13).
 * Undefined when all took theirs; else why not, in one clause.
 *
 * @throws Failure `interrupted`, exit 130; `ambiguous-session`
 */
export async function whyNotByCodes(
  sessions: readonly SessionRecord[],
  world: StandingWorld,
): Promise<string | undefined> {
  for (const record of sessions) {
    if (taken.has(record.token)) continue;
    const code = await askForCode(record, world);
    if (code === undefined)
      return `this terminal is younger than session ${record.id}, and its code was not typed`;
    const why = await vouchForPerson(record, world.env, code);
    if (why !== undefined) return why;
    taken.set(record.token, code);
  }
  return undefined;
}

/**
 * The code to send to this one session, which decides by itself. Undefined where none is needed, none
 * would help, or none was typed.
 *
 * @throws Failure as above
 */
export async function codeFor(
  record: SessionRecord,
  world: StandingWorld,
): Promise<string | undefined> {
  const found = await findPerson(world, false);
  const isYounger =
    !found.present && found.youngerThan?.some(({ token }) => token === record.token);
  return isYounger ? askForCode(record, world) : undefined;
}

async function askForCode(
  record: SessionRecord,
  { env, home }: StandingWorld,
): Promise<string | undefined> {
  requireUnique(record, env, home);
  const typed = await askSecretAtTerminal(
    `This terminal is newer than session ${record.id}. Code from its banner (Enter gives up): `,
  );
  if (typed.kind === "interrupted")
    throw new Failure("interrupted", "interrupted at the question for a session's code", {
      exitCode: EXIT.interrupted,
    });
  const code = typed.kind === "line" ? typed.text.trim().toUpperCase() : "";
  return code === "" ? undefined : code;
}
