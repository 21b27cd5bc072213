// The gate's rule, all of it, in one place. Pure and total: facts come in, a decision goes out.
//
// P1 What is harmless is allowed. Nothing else is allowed without a person's yes.
// P2 A session grant allows only what its host says it covers, to callers inside it.
// P3 Only a person at a terminal, outside any session and not an agent, is asked; the answer counts
//    for this one operation.
// P4 Everything else is denied, with a reason.

import { isHarmless, type Operation } from "./operation.ts";
import { effectOf, type Reason } from "./reason.ts";

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
    };

/** What can be said to a caller that is, or was, inside a session. */
export type SessionVerdict = Exclude<
  Reason,
  "not-destructive" | "confirmed" | "needs-confirmation" | "no-session" | "declined"
>;

export interface Facts {
  readonly session: SessionFact;
  /** Whether a person can be asked here; `false` carries why not, for the refusal. */
  readonly person:
    | { readonly present: true }
    | { readonly present: false; readonly because?: string };
  /** What the person said; absent on the first pass. */
  readonly answer?: "yes" | "no" | "mismatch" | "interrupted";
}

/** A closed decision. Allow carries the very operation that may run. */
export interface Decision {
  readonly effect: Effect;
  readonly reason: Reason;
  readonly operation: Operation;
  readonly session?: string;
  readonly detail?: string;
}

/** Decides. Called again with the answer after a prompt: the second pass sees fresh facts. */
export function decide(operation: Operation, facts: Facts): Decision {
  if (isHarmless(operation)) return decision(operation, "not-destructive");
  const { session } = facts;
  if (session.standing === "inside")
    return decision(operation, session.reason, session.session, session.detail);
  if (!facts.person.present) return nobodyToAsk(operation, facts);
  if (facts.answer === undefined) return decision(operation, "needs-confirmation");
  if (facts.answer === "yes") return decision(operation, "confirmed");
  return decision(operation, "declined", undefined, DECLINED_BECAUSE[facts.answer]);
}

const DECLINED_BECAUSE = {
  no: undefined,
  mismatch: "the name typed is not the target's",
  interrupted: "interrupted at the prompt",
} as const;

function nobodyToAsk(operation: Operation, facts: Facts): Decision {
  const { session, person } = facts;
  const because = person.present ? undefined : person.because;
  if (session.standing === "foreign-token")
    return decision(operation, session.reason, session.session, session.detail);
  return decision(operation, "no-session", undefined, because);
}

function decision(
  operation: Operation,
  reason: Reason,
  session?: string,
  detail?: string,
): Decision {
  return {
    effect: effectOf(reason),
    reason,
    operation,
    ...(session === undefined ? {} : { session }),
    ...(detail === undefined ? {} : { detail }),
  };
}
