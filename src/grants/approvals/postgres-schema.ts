// What PostgreSQL adds to schema.ts: its words, the guards as trigger functions, and the two roles.
//
// R1 A requester reads, files, claims, renews, concludes and withdraws its own; an approver decides,
//    denies, reopens, revokes and resolves. Whoever is in both may do both.
// R2 Who decided, who asked and who wrote an audit entry is `session_user`, whatever a client says.

import type { Mover } from "../../policy/approval.ts";
import {
  type Guard,
  isEdge,
  ON_CHANGE,
  ON_DECISION,
  ON_REQUEST,
  PERSONS_EVENTS,
} from "./guards.ts";
import type { Words } from "./sql.ts";

export const ROLES = ["holdfast_requester", "holdfast_approver"] as const;

/** The SQLSTATE of a guard's refusal: a race was lost, or somebody tries something. */
export const GUARD_STATE = "HF409";

export const POSTGRES_WORDS: Words = {
  request: "holdfast.request",
  decision: "holdfast.decision",
  notice: "holdfast.notice",
  audit: "holdfast.audit",
  now: "(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
  lock: "FOR UPDATE",
  integer: "bigint",
  serial: "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
  me: "text NOT NULL DEFAULT session_user",
  decider: "DEFAULT session_user",
  text: "$",
  number: "$",
};

const IS_APPROVER = "pg_has_role(session_user, 'holdfast_approver', 'USAGE')";

const personOnly = (mover: Mover) => mover === "person";
const others = (mover: Mover) => mover !== "person";

const refusal = ({ says, refuses }: Guard, state: string = GUARD_STATE): string =>
  `IF ${refuses} THEN RAISE EXCEPTION 'holdfast: ${says}' USING ERRCODE = '${state}'; END IF;`;

/** Insufficient privilege, as the server itself calls it. */
const NOT_PERMITTED = "42501";

/** R1, R2: what depends on who is connected. */
const BY_WHOM: readonly Guard[] = [
  {
    says: "only a member of holdfast_approver may do that",
    refuses: `old.state <> new.state AND ${isEdge(personOnly)} AND NOT ${isEdge(others)}
      AND NOT ${IS_APPROVER}`,
  },
  {
    says: "a request is used and withdrawn by the database user who filed it",
    refuses: `old.requested_by <> session_user AND (
      (new.state = 'executing')
      OR (old.state = 'executing' AND new.state IN ('succeeded', 'failed_no_effect'))
      OR (old.state = 'executing' AND new.state = 'unknown' AND old.lease_until > {now})
      OR (new.state = 'withdrawn' AND NOT ${IS_APPROVER}))`,
  },
  {
    says: "nobody ends a request in another name",
    refuses: "old.ended_user IS DISTINCT FROM new.ended_user AND new.ended_user <> session_user",
  },
];

function triggerFunction(name: string, when: string, body: string): string[] {
  return [
    `CREATE FUNCTION holdfast.${name}() RETURNS trigger LANGUAGE plpgsql
      SET search_path = pg_catalog AS $body$ BEGIN ${body} RETURN new; END $body$`,
    `CREATE TRIGGER ${name} ${when} EXECUTE FUNCTION holdfast.${name}()`,
  ];
}

const all = (guards: readonly Guard[], state?: string): string =>
  guards.map((guard) => refusal(guard, state)).join("\n");

const TRIGGERS: readonly string[] = [
  ...triggerFunction(
    "request_change",
    "BEFORE UPDATE ON {request} FOR EACH ROW",
    `${all(BY_WHOM, NOT_PERMITTED)} ${all(ON_CHANGE)}
    IF old.state <> new.state THEN new.changed_at := {now}; END IF;`,
  ),
  ...triggerFunction(
    "request_begin",
    "BEFORE INSERT ON {request} FOR EACH ROW",
    `${all(ON_REQUEST)} new.requested_by := session_user; new.created_at := {now};
    new.changed_at := new.created_at; new.expires_at := new.created_at + new.pending_ms;`,
  ),
  ...triggerFunction(
    "decision_begin",
    "BEFORE INSERT ON {decision} FOR EACH ROW",
    `${all(ON_DECISION)} new.at := {now};`,
  ),
  ...triggerFunction(
    "audit_begin",
    "BEFORE INSERT ON {audit} FOR EACH ROW",
    `new.written_by := session_user; ${refusal(
      {
        says: "only a member of holdfast_approver may say that",
        refuses: `new.entry::jsonb->>'event' IN (${PERSONS_EVENTS}) AND NOT ${IS_APPROVER}`,
      },
      NOT_PERMITTED,
    )}`,
  ),
  ...triggerFunction(
    "only_added_to",
    "BEFORE UPDATE OR DELETE OR TRUNCATE ON {audit}",
    refusal({ says: "it is only added to", refuses: "true" }, NOT_PERMITTED),
  ),
  `CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON {decision}
    EXECUTE FUNCTION holdfast.only_added_to()`,
  `CREATE TRIGGER only_added_to BEFORE DELETE OR TRUNCATE ON {request}
    EXECUTE FUNCTION holdfast.only_added_to()`,
];

const ENDED = "ended_user, ended_machine, ended_pid, ended_proof, ended_at";

const GRANTS: readonly string[] = [
  `GRANT USAGE ON SCHEMA holdfast TO ${ROLES.join(", ")}`,
  `GRANT SELECT ON holdfast.migration, {request}, {decision}, {notice}, {audit}
    TO ${ROLES.join(", ")}`,
  `GRANT INSERT (hash, writer, seq, entry) ON {audit} TO ${ROLES.join(", ")}`,
  `GRANT UPDATE (due_at, lease_until, tries, state, error) ON {notice} TO ${ROLES.join(", ")}`,
  `GRANT INSERT (id, request, recipient, due_at) ON {notice} TO holdfast_requester`,
  `GRANT INSERT (id, scope, session, digest, resource_key, policy_digest, approvers, pending_ms,
    usable_ms, expires_at, body) ON {request} TO holdfast_requester`,
  `GRANT UPDATE (state, changed_at, attempt_id, attempt_machine, attempt_pid, attempt_since,
    lease_until, note, ${ENDED}) ON {request} TO holdfast_requester`,
  `GRANT UPDATE (state, changed_at, expires_at, note, ${ENDED}) ON {request} TO holdfast_approver`,
  `GRANT INSERT (request, verdict, by_user, by_machine, by_pid, by_proof, digest) ON {decision}
    TO holdfast_approver`,
];

export const POSTGRES_RULES: readonly string[] = [
  // NOT VALID binds every new row, and lets a dump be restored.
  `ALTER TABLE {decision} ADD CONSTRAINT decision_of_session_user
    CHECK (by_user = session_user) NOT VALID`,
  ...TRIGGERS,
  "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA holdfast FROM PUBLIC",
  ...GRANTS,
];
