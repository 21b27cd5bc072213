// Who may start a session.
//
// N8 Inside a session, another one only narrows: it is joined to the outer one or not started.
// N9 Under an agent, outside any session, nothing is granted; but on loopback, where nothing of
//    anybody's infrastructure is, it may be.
// N10 CI may start a session without a terminal. While a session lives, only a terminal that was open
//    before it may start one that grants something (lineage.ts, N11); where nobody has a terminal,
//    neither who starts it nor any session's host, a process tree that is older may.

import type { SessionFact } from "../../policy/decide.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { SessionGrant } from "../../policy/session-grant.ts";
import { SESSION_VARIABLE } from "../../system/places.ts";
import { findAgent } from "../agents.ts";
import { NoConversation } from "../caller/conversation.ts";
import { joinOuterSession, type OuterSession } from "../host/outer.ts";
import { findObjections } from "../caller/person.ts";
import { socketPath } from "../protocol/socket-path.ts";
import { findStanding, type StandingWorld } from "../caller/standing.ts";

function refuse(code: string, message: string, fix: string): never {
  throw new Failure(code, message, { exitCode: EXIT.refused, fix });
}

/**
 * Checks whether this process may start a session with `grant`, and joins the session that it is
 * in, if any. `isLoopback`: the grant's hostname is this machine.
 * @throws Failure (exit 7) when it may not
 */
export async function mayStart(
  grant: SessionGrant,
  isLoopback: boolean,
  world: StandingWorld,
): Promise<OuterSession | undefined> {
  if (process.platform === "win32")
    refuse("unsupported-platform", "session grants do not work on Windows", "run holdfast in WSL");
  const standing = await findStanding(world);
  if (standing.kind === "ask") return join(standing.token, standing.record.id, world);
  refuseLoose(standing.fact);
  const grantsAny = grant.classes.length > 0 || grant.wildcard;
  if (grantsAny && !isLoopback) await refuseUnvouched(world);
  return undefined;
}

async function join(token: string, id: string, world: StandingWorld): Promise<OuterSession> {
  try {
    const { answer, outer } = await joinOuterSession(
      socketPath(world.env, token),
      token,
      world.env,
    );
    if (outer !== undefined) return outer;
    const why = answer.type === "refused" ? answer.reason : "not-live";
    if (why === "expired" || why === "revoked")
      return refuse(
        why,
        `session ${id}, which this process is in, ${why === "expired" ? "has expired" : "was revoked"}: nothing is started inside it [${why}]`,
        "start a new session from a terminal outside this one",
      );
    return refuse(
      why,
      `${SESSION_VARIABLE} is set, but session ${id} does not take this process in [${why}]`,
      `unset ${SESSION_VARIABLE}`,
    );
  } catch (error) {
    if (!(error instanceof NoConversation)) throw error;
    return refuse(
      error.why,
      `${SESSION_VARIABLE} is set, but session ${id} is not live: ${error.message} [${error.why}]`,
      `unset ${SESSION_VARIABLE}`,
    );
  }
}

function refuseLoose(fact: SessionFact): void {
  if (fact.standing === "outside") return;
  const isChanged = fact.standing === "inside" && fact.reason === "environment-changed";
  const why = isChanged
    ? `${fact.detail} is not what the session around this process was started with`
    : (fact.detail ?? "the session that this process was started in has ended");
  refuse(
    fact.reason,
    `nothing inside a session can start a wider one: ${why} [${fact.reason}]`,
    isChanged
      ? "start it with the session's own environment"
      : `in a terminal of your own: unset ${SESSION_VARIABLE}, and start again`,
  );
}

async function refuseUnvouched(world: StandingWorld): Promise<void> {
  const chain = await world.processes.lineage(world.processes.self());
  const agent = findAgent(world.env, chain, world.processes);
  if (agent !== undefined)
    refuse(
      "agent",
      `${agent} cannot grant itself a session`,
      "a person starts it: holdfast harness exec --allow-delete=CLASSES -- COMMAND",
    );
  const [session] = await findObjections(chain, world, true);
  if (session?.because === "unreadable") throw session.problem;
  if (session?.because === "inside")
    refuse(
      "environment-changed",
      `this process was started inside session ${session.record.id}, and ${SESSION_VARIABLE} is gone [environment-changed]`,
      "start it with the session's own environment",
    );
  if (session !== undefined)
    refuse(
      "younger-than-session",
      `nothing shows that a person started this: it is at no terminal that was open before the live session ${session.record.id}`,
      `start it from a terminal that was open before, or end that session by ending its command`,
    );
}
