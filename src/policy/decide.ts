// The gate's rule, all of it, in one place. Pure and total: facts come in, a decision goes out.
//
// P1 What is harmless is allowed, where it can be recorded and no rule of policy raises it. Nothing else
//    is allowed without a person's yes.
// P2 A person's no, an attempt under way and an outcome that nobody knows stand before every yes.
// P3 A session grant allows only what its host says it covers, to callers inside it.
// P4 An approval allows exactly one operation, once; an allowlist entry a command that is not known
//    to destroy. Neither lifts a refusal that says that something is not what it should be.
// P5 Only a person at a terminal, outside any session and not an agent, is asked; the answer counts
//    for this one operation.
// P6 Everything else is denied, with a reason.
// P7 What a rule of policy denies no yes allows.

import { type CommandFact, strictest } from "./allowlist.ts";
import type { ApprovalStanding } from "./approval.ts";
import { type CommandOperation, isHarmless, type Operation } from "./operation.ts";
import { effectOf, isLiftable, type Reason } from "./reason.ts";
import type { FiredRule, Ruling } from "./rule.ts";

export type Effect = "allow" | "ask" | "deny";

/** What is known of the session, if any, that the caller is in or claims to be in. */
export type SessionFact =
  /** No token anywhere near. */
  | { readonly standing: "outside" }
  /** A token is set, but this process was not started inside any session: it grants nothing. */
  | {
      readonly standing: "foreign-token";
      readonly reason: "no-session" | "not-a-descendant";
      readonly session?: string;
      readonly detail: string;
    }
  /** The host, or what keeps us from it, has answered. */
  | {
      readonly standing: "inside";
      readonly session?: string;
      readonly reason: SessionVerdict;
      readonly detail?: string;
      /** The request that blocks, where one does. */
      readonly request?: string;
    };

/** What can be said to a caller that is, or was, inside a session. */
export type SessionVerdict = Exclude<
  Reason,
  | "not-destructive"
  | "confirmed"
  | "needs-confirmation"
  | "no-session"
  | "declined"
  | "approved"
  | "allowlisted"
  | "agent-unrestricted"
  | "agent-denied"
  | "allowlist-miss"
  | "policy-denied"
>;

export interface Facts {
  readonly session: SessionFact;
  /** Whether a person can be asked here; `false` carries why not, for the refusal. */
  readonly person:
    | { readonly present: true }
    | { readonly present: false; readonly because?: string };
  /** What the person said; absent on the first pass. */
  readonly answer?: "yes" | "no" | "mismatch" | "interrupted";
  /** What the approvals store knows; absent where a session's grant made asking it unnecessary. */
  readonly approval?: ApprovalStanding;
  /** What policy says to it; absent: no more than the built-in floor. */
  readonly ruling?: Ruling;
  /** A store, the policy or the audit log cannot be used or trusted: one line. */
  readonly problem?: string;
  /** For commands: the agent's knobs, and the entry that covers this one. */
  readonly command?: CommandFact;
}

/** A closed decision. Allow carries the very operation that may run. */
export interface Decision<Op extends Operation = Operation> {
  readonly effect: Effect;
  readonly reason: Reason;
  readonly operation: Op;
  readonly session?: string;
  readonly detail?: string;
  /** The request that says so, or that allows it. */
  readonly request?: string;
  /** The rule of policy that raised its floor. */
  readonly rule?: FiredRule;
}

interface More {
  readonly session?: string | undefined;
  readonly detail?: string | undefined;
  readonly request?: string | undefined;
}

/** Decides. Called again with the answer after a prompt: the second pass sees fresh facts. */
export function decide<Op extends Operation>(operation: Op, facts: Facts): Decision<Op> {
  const { ruling } = facts;
  const say = (reason: Reason, more: More = {}) => decision(operation, reason, more, ruling?.fired);
  // What cannot be recorded does not happen, whatever it is.
  if (facts.problem !== undefined) return say("store-refused", { detail: facts.problem });
  if (ruling?.floor === "deny") return say("policy-denied");
  if (isHarmless(operation) && ruling?.floor !== "ask") return say("not-destructive");
  const { session, approval, command } = facts;
  if (operation.kind === "command" && command?.knobs.security === "deny")
    return say("agent-denied");
  if (approval !== undefined) {
    if (approval.standing === "denied") return say("denied", blocked(session, approval));
    if (approval.standing === "executing") return say("executing", blocked(session, approval));
    if (approval.standing === "unknown") return say("outcome-unknown", blocked(session, approval));
  }
  const inside = session.standing === "inside" ? session : undefined;
  if (inside?.reason === "granted") return say("granted", moreOf(inside));
  if (inside !== undefined && !isLiftable(inside.reason)) return say(inside.reason, moreOf(inside));
  if (approval?.standing === "approved") return say("approved", { request: approval.id });
  if (operation.kind === "command") {
    const reason = standingCommand(operation, facts);
    if (reason !== undefined) return say(reason, { detail: command?.entry?.id });
  }
  if (inside !== undefined) return say(inside.reason, moreOf(inside));
  if (!facts.person.present) return nobodyToAsk(operation, facts);
  if (facts.answer === undefined) return say("needs-confirmation");
  if (facts.answer === "yes") return say("confirmed");
  return say("declined", { detail: DECLINED_BECAUSE[facts.answer] });
}

/** What the allowlist and the agent's knobs say to a command; undefined: a person decides (P4). */
function standingCommand(
  operation: CommandOperation,
  { command, person, session }: Facts,
): "allowlisted" | "agent-unrestricted" | "allowlist-miss" | undefined {
  if (command === undefined) return undefined;
  const { knobs, entry } = command;
  const isStandable = operation.reversibility !== "irreversible" && isBindable(operation);
  // Any program at all could be behind the name of one that the agent can replace.
  const isFree = operation.command.replaceable !== true;
  if (isStandable && knobs.ask !== "always") {
    if (entry !== undefined) return "allowlisted";
    if (isFree && knobs.security === "full") return "agent-unrestricted";
  }
  if (knobs.ask === "off") return "allowlist-miss";
  const isNobodyThere = session.standing === "inside" || !person.present;
  if (!isStandable || !isNobodyThere) return undefined;
  const lowered = strictest(knobs.security, knobs.fallback);
  if (isFree && lowered === "full") return "agent-unrestricted";
  return lowered !== "deny" && entry !== undefined ? "allowlisted" : undefined;
}

function isBindable({ command, resourceClass }: CommandOperation): boolean {
  return resourceClass !== "unknown" && command.unbindable === undefined;
}

const DECLINED_BECAUSE = {
  no: undefined,
  mismatch: "the name typed is not the target's",
  interrupted: "interrupted at the prompt",
} as const;

/** A resource may be blocked by somebody else's request; inside a session that belongs on its receipt. */
function blocked(
  session: SessionFact,
  { id, since }: Extract<ApprovalStanding, { readonly since: string }>,
): More {
  return {
    ...(session.standing === "inside" ? { session: session.session } : {}),
    request: id,
    detail: since,
  };
}

const moreOf = ({ session, detail, request }: More): More => ({ session, detail, request });

function nobodyToAsk<Op extends Operation>(operation: Op, facts: Facts): Decision<Op> {
  const { session, person } = facts;
  if (session.standing === "foreign-token")
    return decision(operation, session.reason, moreOf(session), facts.ruling?.fired);
  const detail = person.present ? undefined : person.because;
  return decision(operation, "no-session", { detail }, facts.ruling?.fired);
}

function decision<Op extends Operation>(
  operation: Op,
  reason: Reason,
  { session, detail, request }: More,
  rule: FiredRule | undefined,
): Decision<Op> {
  return {
    effect: effectOf(reason),
    reason,
    operation,
    ...(session === undefined ? {} : { session }),
    ...(detail === undefined ? {} : { detail }),
    ...(request === undefined ? {} : { request }),
    ...(rule === undefined ? {} : { rule }),
  };
}
