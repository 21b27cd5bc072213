// One exact operation, once: the states of a request, and who moves it. approvable.ts says what may be
// asked at all.
//
// A1 Nothing returns to `approved`, and nothing leaves a state that is not on the left of TRANSITIONS.
// A2 Only a person approves, denies, reopens, revokes or resolves; only the gate claims and concludes;
//    only a clock expires, or makes a lapsed attempt unknown.
// A3 A person's no lasts until a person reopens it.
// A4 An approval is good for one attempt at exactly the operation of its digest, by the lineage that
//    asked, under the policy that it was given under, before it expires.

import type { Card } from "./card.ts";
import type { Operation } from "./operation.ts";
import type { Reason } from "./reason.ts";

export const REQUEST_STATES = [
  "pending",
  "approved",
  "denied",
  "expired",
  "withdrawn",
  "revoked",
  "executing",
  "succeeded",
  "failed_no_effect",
  "unknown",
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** Who may move a request along an edge. */
export type Mover = "person" | "requester" | "gate" | "clock";

/** Every edge there is. A store refuses any other, whatever asks for it (A1). */
export const TRANSITIONS: readonly (readonly [from: RequestState, to: RequestState, by: Mover])[] =
  [
    ["pending", "approved", "person"],
    ["pending", "denied", "person"],
    ["pending", "expired", "clock"],
    ["pending", "withdrawn", "requester"],
    ["pending", "withdrawn", "person"],
    ["approved", "executing", "gate"],
    ["approved", "expired", "clock"],
    ["approved", "revoked", "person"],
    // Asked again under another policy, where the old answer does not count.
    ["approved", "withdrawn", "requester"],
    ["executing", "succeeded", "gate"],
    ["executing", "failed_no_effect", "gate"],
    ["executing", "unknown", "gate"],
    ["executing", "unknown", "clock"],
    ["unknown", "succeeded", "person"],
    ["unknown", "failed_no_effect", "person"],
    // Reopened: the refusal ends, and the operation may be asked for again, as a new request.
    ["denied", "withdrawn", "person"],
  ];

/** States in which a request stands for its operation: at most one for each (scope, digest). */
export const LIVE_STATES = [
  "pending",
  "approved",
  "executing",
  "unknown",
  "denied",
] as const satisfies readonly RequestState[];

/** States in which nothing may be done to the same resource, by anybody, until a person says more. */
export const BLOCKING_STATES = [
  "denied",
  "executing",
  "unknown",
] as const satisfies readonly RequestState[];
export type BlockingState = (typeof BLOCKING_STATES)[number];

/** Whether an edge exists. */
export function mayMove(from: RequestState, to: RequestState, by: Mover): boolean {
  return TRANSITIONS.some(([one, other, mover]) => one === from && other === to && mover === by);
}

/** Who asked, as the operating system tells it. */
export interface Requester {
  /**
   * The lineage that an approval is for: `session:ID`, or `lineage:PID:STARTED:BOOT` of its oldest
   * ancestor that is not everybody's. The same agent asks with the same scope again.
   */
  readonly scope: string;
  /** The session's public id, where the requester is inside one. */
  readonly session?: string;
  readonly pid: number;
  /** The names of its ancestors, nearest first: `bash, claude, zsh`. */
  readonly lineage: string;
  /** The recognised agent: `Claude Code`. */
  readonly agent?: string;
  /** The operating system's name of the user, and the machine's. */
  readonly user: string;
  readonly machine: string;
  /** What it says for itself. Nothing rests on it, and people see it marked as unverified. */
  readonly said?: string;
}

/** A person who decided, as the operating system or the database tells it, never from text. */
export interface Decider {
  /** Operating system's user name; the database's `session_user` on PostgreSQL. */
  readonly user: string;
  readonly machine: string;
  readonly pid: number;
  /** How we know a person from an agent: `terminal`, or `code` from the session's banner. */
  readonly proof: "terminal" | "code";
}

/** What is asked: everything that a store keeps when a request is filed. */
export interface NewRequest {
  readonly digest: string;
  readonly resourceKey: string;
  readonly operation: Operation;
  /** What could be looked up when it was filed. A person is shown a fresh one. */
  readonly card: Card;
  readonly requester: Requester;
  /** Why the gate asks. */
  readonly reason: Reason;
  readonly policyDigest: string;
  /** How long it waits for an answer, and how long an approval may be used, in milliseconds. */
  readonly pendingMs: number;
  readonly usableMs: number;
  /** How many distinct approvers it takes, at least 1. */
  readonly approvers: number;
}

/** One answer. */
export interface RequestDecision {
  readonly verdict: "approve" | "deny";
  readonly by: Decider;
  /** RFC 3339, UTC, by the store's clock; as are all times here. */
  readonly at: string;
}

/** One attempt: from the claim on it may have happened. */
export interface Attempt {
  /** Random; fences a writer that comes too late. */
  readonly id: string;
  readonly machine: string;
  readonly pid: number;
  readonly since: string;
  /** When it counts as lapsed unless it is renewed. */
  readonly leaseUntil: string;
}

/** A request as a store keeps it. */
export interface ApprovalRequest extends Omit<NewRequest, "pendingMs" | "usableMs"> {
  /** Four to six base32 characters; unique in its store. */
  readonly id: string;
  readonly state: RequestState;
  readonly createdAt: string;
  /** Until when it may be answered; once approved, until when it may be used. */
  readonly expiresAt: string;
  readonly decisions: readonly RequestDecision[];
  readonly attempt?: Attempt;
  /** Why it is over, or what was found out: one line. */
  readonly note?: string;
  /** Who ended it by hand (withdrawn, revoked, resolved, reopened), and when. */
  readonly endedBy?: Decider;
  readonly endedAt?: string;
}

/** What the gate finds in the store about one operation (decide.ts, step 3 and 5). */
export type ApprovalStanding =
  | { readonly standing: "none" }
  /** This lineage has asked, and nobody has answered. */
  | { readonly standing: "pending"; readonly id: string; readonly expiresAt: string }
  /** This lineage may do exactly this, once. */
  | { readonly standing: "approved"; readonly id: string; readonly expiresAt: string }
  /** The same resource, by whatever lineage and spelling. */
  | { readonly standing: BlockingState; readonly id: string; readonly since: string };
