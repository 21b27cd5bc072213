// What a person does to a running session from outside: look, revoke, adopt, widen; and what it is
// told because a person answered elsewhere.

import { existsSync } from "node:fs";
import { type SessionRecord, withoutTokens } from "../../grants/session-record.ts";
import { listSessions } from "../../grants/session-store.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { Reason } from "../../policy/reason.ts";
import type { ResourceClass } from "../../policy/resource-class.ts";
import { type Environment, sessionDirectory } from "../../system/places.ts";
import { Conversation, NoConversation, type Patience } from "./conversation.ts";
import {
  checkedDescription,
  type OperationSummary,
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
  patience?: Patience,
): Promise<SessionAnswer> {
  const path = socketPath(env, record.token);
  const conversation = await Conversation.open(path, record.token, env, patience);
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
  if (record !== undefined) throw ambiguous(1 + others.length, wanted, env, home);
  throw new Failure("no-such-session", `there is no session ${JSON.stringify(id)}`, {
    exitCode: EXIT.notFound,
    fix: "holdfast session list",
  });
}

/** Whether the store of this machine has a session with that id. */
export function hasSession(id: string, env: Environment, home: string): boolean {
  return listSessions(sessionDirectory(env, home)).some(
    (each) => "record" in each && each.record.id === id,
  );
}

function ambiguous(count: number, id: string, env: Environment, home: string): Failure {
  return new Failure("ambiguous-session", `${count} records have the id ${id}`, {
    exitCode: EXIT.refused,
    fix: `one is a forgery: end the session by its own command, or remove the newer record in ${sessionDirectory(env, home)}`,
  });
}

/** @throws Failure where another record has the same id, whether or not anybody answers for it */
export function requireUnique({ id }: SessionRecord, env: Environment, home: string): void {
  const same = listSessions(sessionDirectory(env, home)).filter(
    (each) => "record" in each && each.record.id === id,
  );
  if (same.length > 1) throw ambiguous(same.length, id, env, home);
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

/** Sends `revoke`, `adopt` or `grant`. @throws Failure when the host refuses or does not answer */
export async function changeSession(
  record: SessionRecord,
  env: Environment,
  request: Extract<SessionRequest, { type: "revoke" | "adopt" | "grant" }>,
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
  throw new Failure("session-refused", `session ${record.id}: ${whyNot(answer)}`, {
    exitCode: EXIT.refused,
  });
}

function whyNot(answer: SessionAnswer): string {
  return answer.type === "error" ? answer.message : "its host gave an unexpected answer";
}

/**
 * Adds one class to what a running session grants, until it ends. `request`: the request that this
 * answers; `code`: what the session's banner showed, where this terminal is younger than the session.
 * @throws Failure when the host refuses or does not answer
 */
export async function widenSession(
  record: SessionRecord,
  env: Environment,
  { code, ...widening }: { resourceClass: ResourceClass; request: string; code?: string },
): Promise<void> {
  await changeSession(record, env, { type: "grant", ...widening, ...typedCode(code) });
}

/**
 * Asks a session's host whether this process is a person's, by the code that its banner showed.
 * Undefined when it is; else why not, in one clause. Never throws for a host that does not answer.
 */
export async function vouchForPerson(
  record: SessionRecord,
  env: Environment,
  code: string | undefined,
): Promise<string | undefined> {
  try {
    const answer = await ask(record, env, { type: "vouch", ...typedCode(code) });
    return answer.type === "done" ? undefined : whyNot(answer);
  } catch (error) {
    if (!(error instanceof NoConversation)) throw error;
    return `session ${record.id} cannot vouch for it: ${error.message}`;
  }
}

/** Codes are shown in capitals, and typed as people type. */
const typedCode = (code: string | undefined) =>
  code === undefined ? {} : { code: code.trim().toUpperCase() };

/** How long any one session may take to hear that something changed, in milliseconds. */
const TELL_MS = 1000;

/**
 * Tells every live session in the store that what a person forbids has changed. Never fails: a
 * session that does not hear of it looks for itself (host/blocks.ts, X3).
 */
export async function tellBlocksChanged(env: Environment, home: string): Promise<void> {
  try {
    const live = listSessions(sessionDirectory(env, home)).flatMap((each) =>
      "record" in each && existsSync(socketPath(env, each.record.token)) ? [each.record] : [],
    );
    await Promise.all(live.map((record) => tellOne(record, env)));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

async function tellOne(record: SessionRecord, env: Environment): Promise<void> {
  const end = Date.now() + TELL_MS;
  try {
    await ask(record, env, { type: "blocks-changed" }, () => Math.max(1, end - Date.now()));
  } catch (error) {
    if (!(error instanceof NoConversation) && !(error instanceof Failure)) throw error;
  }
}

/** An operation that no session grants: what a host says to it is about the caller. */
const NOTHING: OperationSummary = {
  title: "Find out where this process stands",
  method: "GET",
  path: "/",
  hostname: "localhost",
  resourceClass: "unknown",
  reversibility: "irreversible",
  resource: "localhost /",
  items: 1,
};

/** What a session's host has against this process, or against everything; undefined for nothing. */
export async function objectionOf(
  record: SessionRecord,
  env: Environment,
): Promise<{ readonly reason: Reason; readonly detail?: string } | undefined> {
  try {
    const answer = await ask(record, env, { type: "peek", operation: NOTHING });
    if (answer.type === "refused" && answer.reason !== "unknown-class") return answer;
    return undefined;
  } catch (error) {
    if (!(error instanceof NoConversation)) throw error;
    return { reason: error.why, detail: error.message };
  }
}
