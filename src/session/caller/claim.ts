// A nested command's question to its session, and the claim that comes of a yes.

import { Failure } from "../../policy/failure.ts";
import type { SessionFact, SessionVerdict } from "../../policy/decide.ts";
import type { Operation } from "../../policy/operation.ts";
import { effectOf, REASONS, type Reason } from "../../policy/reason.ts";
import { resourceKey } from "../../policy/resource-key.ts";
import { grantQuery, type LookUpNeed } from "../../policy/session-grant.ts";
import { isToken, type SessionRecord } from "../../grants/session-record.ts";
import { type Environment, SESSION_VARIABLE } from "../../system/places.ts";
import { Conversation, NoConversation } from "./conversation.ts";
import type { OperationSummary, Outcome, SessionAnswer } from "../protocol/messages.ts";
import { sandboxHint } from "./sandbox-hint.ts";
import { socketPath } from "../protocol/socket-path.ts";
import {
  changedVariable,
  findStanding,
  type SessionAround,
  type Standing,
  type StandingWorld,
} from "./standing.ts";

/** Facts that a look-up brought, for the needs that the host named. */
export interface LookedUp {
  readonly reversibility?: "reversible" | "irreversible";
  readonly because?: string;
  readonly organization?: string;
}

/** A session that was found, and the conversation with its host, which may still come to nothing. */
export type Knock =
  | Extract<Standing, { kind: "fact" }>
  | {
      readonly kind: "ask";
      readonly record: SessionRecord;
      readonly conversation: Promise<Conversation>;
    };

/**
 * Finds the session that this process is in, and begins to talk to its host at once: the host
 * proves and answers while the caller is still finding out what to ask.
 */
export async function knock(world: StandingWorld): Promise<Knock> {
  const standing = await findStanding(world);
  if (standing.kind === "fact") return standing;
  const { record, token } = standing;
  const conversation = openConversation(world.env, token);
  // Whoever awaits it hears of a failure; until then it is not one that nobody handles.
  conversation.catch(() => {});
  return { kind: "ask", record, conversation };
}

async function openConversation(env: Environment, token: string): Promise<Conversation> {
  return Conversation.open(socketPath(env, token), token, env);
}

/**
 * Tells a session around this process that something was refused without the session being asked: a
 * person wants to see on the receipt that somebody tried. Says nothing where nobody listens.
 */
export async function tellRefusal(
  { token, variables }: SessionAround,
  env: Environment,
  operation: Operation,
  reason: Reason,
): Promise<void> {
  try {
    const conversation = await openConversation({ ...env, ...variables }, token);
    await conversation.ask({ type: "refusal", operation: summarise(operation, {}), reason });
    conversation.close();
  } catch (error) {
    if (!(error instanceof NoConversation) && !(error instanceof Failure)) throw error;
  }
}

/**
 * Tells the session that this process is in what became of something that an approval or an
 * allowlist entry allowed, so that it stands on the receipt. Says nothing where nobody listens.
 */
export async function tellReport(
  world: StandingWorld,
  operation: Operation,
  reason: Reason,
  outcome: Outcome,
  status?: number,
): Promise<void> {
  const token = world.env[SESSION_VARIABLE];
  if (token === undefined || !isToken(token)) return;
  try {
    const conversation = await openConversation(world.env, token);
    const known = status === undefined ? {} : { status };
    await conversation.ask({
      type: "report",
      operation: summarise(operation, {}),
      reason,
      outcome,
      ...known,
    });
    conversation.close();
  } catch (error) {
    if (!(error instanceof NoConversation) && !(error instanceof Failure)) throw error;
  }
}

export interface ClaimRequest extends Extract<Knock, { kind: "ask" }> {
  readonly world: StandingWorld;
  readonly operation: Operation;
  /** `peek` asks what would be answered, and takes nothing. */
  readonly type: "reserve" | "peek";
  readonly lookUp: (needs: readonly LookUpNeed[]) => Promise<LookedUp>;
}

/** What the session said, and the claim to carry through when it allowed. */
export interface ClaimAnswer {
  readonly fact: SessionFact;
  /** How many deletions the session has left, where it has a limit. */
  readonly remaining?: number;
  readonly claim?: Claim;
  /** A session to tell of the refusal, though it could not be asked. */
  readonly around?: SessionAround;
}

/** A reservation at the host. Exactly one of: drop; or sending, then result. */
export interface Claim {
  /** Undefined when the request may leave now; else why not any more. */
  sending(): Promise<SessionFact | undefined>;
  result(outcome: Outcome, status?: number): void;
  drop(): void;
}

function summarise(operation: Operation, found: LookedUp): OperationSummary {
  const { title, items } = operation;
  const what =
    operation.kind === "hcp"
      ? { method: operation.request.method, path: operation.request.path }
      : { method: "RUN", path: operation.target.path };
  const summary = { title, items, ...what, resource: resourceKey(operation) };
  return { ...summary, ...grantQuery(operation), ...found };
}

function inside(
  session: string,
  reason: SessionVerdict,
  detail?: string,
  request?: string,
): SessionFact {
  return {
    standing: "inside",
    session,
    reason,
    ...(detail === undefined ? {} : { detail }),
    ...(request === undefined ? {} : { request }),
  };
}

/** Turns the host's refusal into a fact. Who is not below the host is not inside (standing.ts, C3). */
function refusal(answer: Extract<SessionAnswer, { type: "refused" }>): SessionFact {
  const { session, detail, request } = answer;
  // A refusal is never more than that, whatever reason a host of another version gives.
  if (!Object.hasOwn(REASONS, answer.reason) || effectOf(answer.reason) !== "deny")
    return inside(session, "not-live", "its host gave an answer that cannot be understood");
  if (answer.reason === "not-a-descendant")
    return { standing: "foreign-token", session, reason: "not-a-descendant", detail: detail ?? "" };
  return inside(session, answer.reason as SessionVerdict, detail, request);
}

/** Asks the session. Never throws for a session that is gone, silent or forged: that is a fact too. */
export async function claimFromSession(request: ClaimRequest): Promise<ClaimAnswer> {
  let conversation: Conversation | undefined;
  try {
    conversation = await request.conversation;
    return await converse(conversation, request);
  } catch (error) {
    conversation?.close();
    if (!(error instanceof NoConversation)) throw error;
    return silence(error, request);
  }
}

/** Why the host cannot be heard; a variable that leads elsewhere is named before anything else. */
async function silence(
  { why, message }: NoConversation,
  { record, world }: ClaimRequest,
): Promise<Pick<ClaimAnswer, "fact" | "around">> {
  if (why === "sandboxed") return { fact: inside(record.id, why, sandboxHint(message, world.env)) };
  const changed = await changedVariable(world);
  if (changed === undefined) return { fact: inside(record.id, why, message) };
  const fact = inside(record.id, "environment-changed", changed.name);
  return { fact, around: changed.around };
}

async function converse(conversation: Conversation, request: ClaimRequest): Promise<ClaimAnswer> {
  const { operation, type, record } = request;
  let answer = await conversation.ask({ type, operation: summarise(operation, {}) });
  if (answer.type === "look-up") {
    const found = await request.lookUp(answer.needs);
    answer = await conversation.ask({ type, operation: summarise(operation, found) });
  }
  if (answer.type === "allowed") {
    const fact = inside(answer.session, "granted");
    const remaining = answer.remaining === undefined ? {} : { remaining: answer.remaining };
    if (type === "reserve") return { fact, ...remaining, claim: claim(conversation, record.id) };
    conversation.close();
    return { fact, ...remaining };
  }
  conversation.close();
  if (answer.type === "refused") return { fact: refusal(answer) };
  if (answer.type === "look-up")
    return answer.needs.includes("organization")
      ? { fact: inside(record.id, "other-organization") }
      : { fact: inside(record.id, "not-reversible") };
  return {
    fact: inside(record.id, "not-live", "its host gave an answer that cannot be understood"),
  };
}

function claim(conversation: Conversation, id: string): Claim {
  return {
    sending: async () => {
      try {
        const answer = await conversation.ask({ type: "sending" });
        if (answer.type === "go") return undefined;
        conversation.close();
        return answer.type === "refused" ? refusal(answer) : inside(id, "not-live");
      } catch (error) {
        if (!(error instanceof NoConversation)) throw error;
        return inside(id, "not-live", error.message);
      }
    },
    result: (outcome, status) => {
      conversation.tell({ type: "result", outcome, ...(status === undefined ? {} : { status }) });
    },
    drop: () => conversation.close(),
  };
}
