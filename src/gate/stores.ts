// What the gate asks besides the session: approvals, the allowlist, policy and the audit log, as one
// port. stores-open.ts opens the real one; a nested delete that its session covers never does.

import type { Answers } from "../policy/approvable.ts";
import type { ApprovalRequest } from "../policy/approval.ts";
import type { Card } from "../policy/card.ts";
import type { Decision, Facts, SessionFact } from "../policy/decide.ts";
import type { Operation } from "../policy/operation.ts";

/** A request that waits for a person, and what a person could answer to it. */
export interface Waiting {
  readonly request: Pick<ApprovalRequest, "id" | "state" | "expiresAt">;
  readonly answers: Answers;
  /** False: it stood there before, and nobody was told again. */
  readonly isNew: boolean;
}

/** Why nobody is asked: one clause for the refusal. */
export interface Unasked {
  readonly unasked: string;
}

/** Something that was let through, from its record to its outcome. */
export interface Begun {
  /** Records what came of it. Never throws: what cannot be recorded stays unknown. */
  end(outcome: "succeeded" | "failed_no_effect" | "unknown", status?: number): Promise<void>;
}

export interface GateStores {
  /** What the stores know of this operation. A store that cannot be used is `problem`, never a throw. */
  facts(
    operation: Operation,
    session: SessionFact,
  ): Promise<Pick<Facts, "approval" | "command" | "problem">>;
  /** Records an allow, taking the approval that it rests on; or says why it is refused after all. */
  begin(decision: Decision, session: SessionFact): Promise<Begun | { readonly decision: Decision }>;
  /** Records a refusal that no session's host recorded. */
  refused(decision: Decision, session: SessionFact): Promise<void>;
  /** Files a request, or finds the one that waits; or says why no person could answer it. */
  file(decision: Decision, facts: Facts, describe: () => Promise<Card>): Promise<Waiting | Unasked>;
  /** Waits until the request is not pending any more: true; or `ms` have passed: false. */
  answered(waiting: Waiting, ms: number): Promise<boolean>;
  close(): Promise<void>;
}
