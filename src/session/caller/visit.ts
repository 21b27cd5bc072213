// What a person does to a running session from outside: look, revoke, adopt.

import { existsSync } from "node:fs";
import { type SessionRecord, withoutTokens } from "../../grants/session-record.ts";
import { listSessions } from "../../grants/session-store.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { type Environment, sessionDirectory } from "../../system/places.ts";
import { Conversation, NoConversation } from "./conversation.ts";
import {
  checkedDescription,
  type SessionAnswer,
  type SessionDescription,
  type SessionRequest,
} from "../protocol/messages.ts";
import { socketPath } from "../protocol/socket-path.ts";

/** A session in the store, and what its host says; or why nothing can be said. */
export type SessionSight =
  | { readonly record: SessionRecord; readonly description: SessionDescription }
  | { readonly record: SessionRecord; readonly silent: string }
  /** The file's name is cut: it is the session's token. */
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
    const told = answer.type === "description" ? answer.description : undefined;
    const description = checkedDescription(told, record.id);
    return description === undefined
      ? { record, silent: "what answers gives no description of this session" }
      : { record, description };
  } catch (error) {
    if (!(error instanceof NoConversation)) throw error;
    return { record, silent: error.message };
  }
}

/** How many hosts are asked at the same time: each takes an open file. */
const AT_ONCE = 64;

/** Every session in the store, many asked at the same time. @throws Failure for the store's directory */
export async function seeSessions(env: Environment, home: string): Promise<SessionSight[]> {
  const stored = listSessions(sessionDirectory(env, home));
  const sights: SessionSight[] = [];
  const waiting = stored.entries();
  const askInTurn = async () => {
    for (const [index, each] of waiting)
      sights[index] =
        "record" in each
          ? await describe(each.record, env)
          : { ...each, file: withoutTokens(each.file) };
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askInTurn));
  return sights;
}

/** The record with this id. @throws Failure when none, or more than one with a socket, has it */
export function findSession(id: string, env: Environment, home: string): SessionRecord {
  const wanted = id.toUpperCase();
  const found = listSessions(sessionDirectory(env, home)).flatMap((each) =>
    "record" in each && each.record.id === wanted ? [each.record] : [],
  );
  const [record, ...others] =
    found.length > 1 ? found.filter(({ token }) => existsSync(socketPath(env, token))) : found;
  if (record !== undefined && others.length === 0) return record;
  if (record !== undefined)
    throw new Failure("ambiguous-session", `${1 + others.length} records have the id ${wanted}`, {
      exitCode: EXIT.refused,
      fix: `one is a forgery: end the session by its own command, or remove the newer record in ${sessionDirectory(env, home)}`,
    });
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
