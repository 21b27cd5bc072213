// What a person does to a running session from outside: look, revoke, adopt.

import type { SessionRecord } from "../grants/session-record.ts";
import { listSessions } from "../grants/session-store.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { type Environment, sessionDirectory } from "../system/places.ts";
import { Conversation, NoConversation } from "./conversation.ts";
import type { SessionAnswer, SessionDescription, SessionRequest } from "./protocol.ts";
import { socketPath } from "./socket-path.ts";

/** A session in the store, and what its host says; or why nothing can be said. */
export type SessionSight =
  | { readonly record: SessionRecord; readonly description: SessionDescription }
  | { readonly record: SessionRecord; readonly silent: string }
  | { readonly file: string; readonly problem: Failure };

async function ask(
  record: SessionRecord,
  env: Environment,
  request: SessionRequest,
): Promise<SessionAnswer> {
  const path = socketPath(env, record.token);
  const conversation = await Conversation.open(path, record.token, env);
  const answer = await conversation.ask(request);
  conversation.close();
  return answer;
}

async function describe(record: SessionRecord, env: Environment): Promise<SessionSight> {
  try {
    const answer = await ask(record, env, { type: "describe" });
    if (answer.type === "description") return { record, description: answer.description };
    return { record, silent: "gave no description" };
  } catch (error) {
    if (!(error instanceof NoConversation)) throw error;
    return { record, silent: error.message };
  }
}

/** Every session in the store, asked at the same time. @throws Failure for the store's directory */
export async function seeSessions(env: Environment, home: string): Promise<SessionSight[]> {
  const stored = listSessions(sessionDirectory(env, home));
  return Promise.all(
    stored.map((each) => ("record" in each ? describe(each.record, env) : Promise.resolve(each))),
  );
}

/** The record with this id. @throws Failure when none, or more than one, has it */
export function findSession(id: string, env: Environment, home: string): SessionRecord {
  const wanted = id.toUpperCase();
  const found = listSessions(sessionDirectory(env, home)).flatMap((each) =>
    "record" in each && each.record.id === wanted ? [each.record] : [],
  );
  const [record, ...others] = found;
  if (record !== undefined && others.length === 0) return record;
  throw new Failure("no-such-session", `there is no session ${JSON.stringify(id)}`, {
    exitCode: EXIT.notFound,
    fix: "holdfast session list",
  });
}

/** The live description of one session. @throws Failure when its host does not answer */
export async function showSession(
  record: SessionRecord,
  env: Environment,
): Promise<SessionDescription> {
  const sight = await describe(record, env);
  if ("description" in sight) return sight.description;
  const why = "silent" in sight ? sight.silent : "its record cannot be read";
  throw new Failure("session-silent", `session ${record.id} does not answer: ${why}`, {
    exitCode: EXIT.notFound,
    fix: "holdfast session list",
  });
}

/** Sends `revoke` or `adopt`. @throws Failure when the host refuses or does not answer */
export async function changeSession(
  record: SessionRecord,
  env: Environment,
  request: Extract<SessionRequest, { type: "revoke" | "adopt" }>,
): Promise<void> {
  let answer: SessionAnswer;
  try {
    answer = await ask(record, env, request);
  } catch (error) {
    if (!(error instanceof NoConversation)) throw error;
    throw new Failure(`session-${error.why}`, `session ${record.id}: ${error.message}`, {
      exitCode: EXIT.refused,
      fix: "holdfast session list",
    });
  }
  if (answer.type === "done") return;
  const why = answer.type === "error" ? answer.message : "its host gave an unexpected answer";
  throw new Failure("session-refused", `session ${record.id}: ${why}`, { exitCode: EXIT.refused });
}
