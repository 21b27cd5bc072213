// What the database itself refuses, whoever asks and with whatever client: the same rules as triggers
// of both databases.
//
// G1 States move along TRANSITIONS only (P3).
// G2 What was asked never changes: no digest, operation, scope, policy, or number of approvers.
// G3 `approved` takes enough distinct approvals of the same digest, and an approval's time is the one
//    that was asked for.
// G4 A claim needs an approval in time, and an attempt; an attempt is never exchanged for another.
// G5 Nothing expires before its time; a lapsed attempt is not revived.
// G6 A request begins as pending; a decision belongs to a pending request and its digest.

import { type Mover, TRANSITIONS } from "../../policy/approval.ts";
import { literals } from "./sql.ts";

export interface Guard {
  /** One clause, for whoever runs into it. No quotes in it. */
  readonly says: string;
  /** SQL over `old` and `new`, true where the change is refused. */
  readonly refuses: string;
}

/** Columns that are written once, when a request is filed. */
const ASKED = [
  "id",
  "scope",
  "session",
  "digest",
  "resource_key",
  "policy_digest",
  "approvers",
  "pending_ms",
  "usable_ms",
  "created_at",
  "requested_by",
  "body",
];

/** No attempt is let go on for longer without a sign of life: one day. */
const MOST_LEASE_MS = 24 * 60 * 60_000;

/** SQL: the edge from `old` to `new` is one of those that `by` may take. */
export function isEdge(by: (mover: Mover) => boolean): string {
  const edges = TRANSITIONS.filter(([, , mover]) => by(mover)).map(
    ([from, to]) => `(old.state = '${from}' AND new.state = '${to}')`,
  );
  return `(${[...new Set(edges)].join(" OR ")})`;
}

const enough = `(SELECT count(DISTINCT by_user) FROM {decision} AS d WHERE d.request = new.id
  AND d.digest = new.digest AND d.verdict = 'approve'
  AND (new.approvers = 1 OR d.by_user <> new.requested_by)) >= new.approvers`;

/** For every UPDATE of a request. */
export const ON_CHANGE: readonly Guard[] = [
  {
    says: "a state does not follow from the other",
    refuses: `old.state <> new.state AND NOT ${isEdge(() => true)}`,
  },
  {
    says: "only the lease of an attempt changes without a new state",
    refuses: "old.state = new.state AND old.state <> 'executing'",
  },
  {
    says: "what was asked does not change",
    refuses: ASKED.map((name) => `old.${name} IS DISTINCT FROM new.${name}`).join(" OR "),
  },
  {
    says: "not enough people have approved this digest",
    refuses: `new.state = 'approved' AND old.state <> 'approved' AND NOT ${enough}`,
  },
  {
    says: "the time of an approval is the one that was asked for",
    refuses: `old.expires_at IS DISTINCT FROM new.expires_at AND NOT (old.state = 'pending'
      AND new.state = 'approved' AND new.expires_at <= {now} + new.usable_ms)`,
  },
  {
    says: "it has expired",
    refuses: `((old.state = 'approved' AND new.state = 'executing')
      OR (old.state = 'pending' AND new.state IN ('approved', 'denied')))
      AND old.expires_at <= {now}`,
  },
  {
    says: "it has not expired yet",
    refuses: "new.state = 'expired' AND old.state <> 'expired' AND old.expires_at > {now}",
  },
  {
    says: "there is no attempt without a lease",
    refuses: `new.state = 'executing' AND (new.attempt_id IS NULL OR new.lease_until IS NULL
      OR new.lease_until > {now} + ${MOST_LEASE_MS})`,
  },
  {
    says: "an attempt stays the one it is",
    refuses: `old.attempt_id IS DISTINCT FROM new.attempt_id
      AND NOT (old.state = 'approved' AND new.state = 'executing')`,
  },
  {
    says: "the lease has lapsed",
    refuses: `old.state = 'executing' AND new.state <> 'unknown' AND old.lease_until <= {now}`,
  },
];

/** For every new request. */
export const ON_REQUEST: readonly Guard[] = [
  {
    says: "a request begins as pending",
    refuses: `new.state <> 'pending' OR new.attempt_id IS NOT NULL OR new.lease_until IS NOT NULL
      OR new.ended_user IS NOT NULL`,
  },
];

/** For every new decision. */
export const ON_DECISION: readonly Guard[] = [
  {
    says: "a decision needs a pending request with its digest",
    refuses: `NOT EXISTS (SELECT 1 FROM {request} AS r WHERE r.id = new.request
      AND r.digest = new.digest AND r.state = 'pending' AND r.expires_at > {now})`,
  },
];

/** The audit events that stand for a person's word. */
export const PERSONS_EVENTS = literals([
  "approved",
  "denied",
  "reopened",
  "approval-revoked",
  "resolved",
]);
