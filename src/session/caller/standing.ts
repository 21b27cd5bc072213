// Where this process stands to a session: the caller's side of the session rules.
//
// C3 Being inside is a fact of lineage. A token in the environment says only which session to ask.
// C4 A token that is missing although an ancestor was started with one has been taken away: refused.
// C5 A record that cannot be trusted grants nothing, and says so.
// C6 A token and no ancestor but init: people's commands have a terminal or a service above them, so
//    this one came loose from a session, whether or not anything of it is left.

import { readSession } from "../../grants/session-store.ts";
import { isToken, type SessionRecord } from "../../grants/session-record.ts";
import type { SessionFact } from "../../policy/decide.ts";
import { Failure } from "../../policy/failure.ts";
import { type Environment, SESSION_VARIABLE, sessionDirectory } from "../../system/places.ts";
import type { Processes } from "../../system/processes.ts";
import { isEverybodysAncestor } from "../lineage.ts";
import { differingVariable, holdfastVariables } from "../protocol/variables.ts";

export interface StandingWorld {
  readonly env: Environment;
  readonly home: string;
  readonly processes: Processes;
}

/** The session that an ancestor was started in, with the variables that it was started with. */
export interface SessionAround {
  readonly token: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** A session to ask, or what is already known without asking. */
export type Standing =
  | {
      readonly kind: "fact";
      readonly fact: SessionFact;
      /** A session that is around this process although the process does not lead to it. */
      readonly around?: SessionAround;
    }
  | { readonly kind: "ask"; readonly token: string; readonly record: SessionRecord };

const UNSET_HINT = `${SESSION_VARIABLE} is left over from a session that has ended: unset it`;

/** Finds the session that this process is in, or claims to be in. Never throws Failure. */
export async function findStanding(world: StandingWorld): Promise<Standing> {
  const token = world.env[SESSION_VARIABLE];
  if (token === undefined || token === "") return withoutToken(world);
  if (process.platform === "win32")
    return fact({ standing: "inside", reason: "unsupported-platform" });
  if (!isToken(token)) return withoutRecord(world, `${SESSION_VARIABLE} is not a session's token`);
  try {
    const record = readSession(sessionDirectory(world.env, world.home), token);
    if (record !== undefined) return { kind: "ask", token, record };
  } catch (error) {
    return untrusted(error);
  }
  return withoutRecord(world, UNSET_HINT);
}

const fact = (found: SessionFact) => ({ kind: "fact", fact: found }) as const;

function untrusted(error: unknown): Standing {
  if (!(error instanceof Failure)) throw error;
  return fact({ standing: "inside", reason: "record-refused", detail: error.message });
}

/** The nearest ancestor that was started with a token; not this process itself. */
async function nearestInherited({ processes }: StandingWorld): Promise<SessionAround | undefined> {
  const chain = await processes.lineage(processes.self());
  for (const { pid } of chain.slice(1)) {
    const environment = processes.initialEnvironment(pid);
    const token = environment?.get(SESSION_VARIABLE);
    if (environment === undefined || token === undefined || token === "") continue;
    return { token, variables: holdfastVariables(Object.fromEntries(environment)) };
  }
  return undefined;
}

/** Whether nobody in particular is above this process (C6). */
async function isOrphan({ processes }: StandingWorld): Promise<boolean> {
  const chain = await processes.lineage(processes.self());
  return chain.slice(1).every(isEverybodysAncestor);
}

async function withoutToken(world: StandingWorld): Promise<Standing> {
  if (process.platform === "win32") return fact({ standing: "outside" });
  const inherited = await nearestInherited(world);
  if (inherited === undefined) return fact({ standing: "outside" });
  return { ...fact(takenAway(world, inherited)), around: inherited };
}

/** The record of our token is gone: did the session end, or was a variable changed (C3, C4)? */
async function withoutRecord(world: StandingWorld, hint: string): Promise<Standing> {
  const inherited = await nearestInherited(world);
  if (inherited === undefined)
    return (await isOrphan(world))
      ? fact({ standing: "inside", reason: "stale" })
      : fact({ standing: "foreign-token", reason: "no-session", detail: hint });
  if (inherited.token !== world.env[SESSION_VARIABLE])
    return { ...fact(takenAway(world, inherited)), around: inherited };
  const changed = differingVariable(holdfastVariables(world.env), inherited.variables);
  if (changed === undefined) return fact({ standing: "inside", reason: "stale" });
  const refused = fact({ standing: "inside", reason: "environment-changed", detail: changed });
  return { ...refused, around: inherited };
}

/**
 * The variable that this process has otherwise than the nearest ancestor that was started with the
 * same token: what to name when the session's host cannot be found where the variables say.
 */
export async function changedVariable(
  world: StandingWorld,
): Promise<{ readonly name: string; readonly around: SessionAround } | undefined> {
  if (process.platform === "win32") return undefined;
  const around = await nearestInherited(world);
  if (around === undefined || around.token !== world.env[SESSION_VARIABLE]) return undefined;
  const name = differingVariable(holdfastVariables(world.env), around.variables);
  return name === undefined ? undefined : { name, around };
}

/** An ancestor was started with a token that is not ours. Another store says nothing of its session. */
function takenAway({ env, home }: StandingWorld, inherited: SessionAround): SessionFact {
  const { token, variables } = inherited;
  const changed = differingVariable(holdfastVariables(env), variables);
  if (changed !== undefined)
    return { standing: "inside", reason: "environment-changed", detail: changed };
  const id = isToken(token) ? idOf(sessionDirectory(env, home), token) : undefined;
  if (id === undefined) return { standing: "inside", reason: "stale" };
  return {
    standing: "inside",
    session: id,
    reason: "environment-changed",
    detail: SESSION_VARIABLE,
  };
}

function idOf(directory: string, token: string): string | undefined {
  try {
    return readSession(directory, token)?.id;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
