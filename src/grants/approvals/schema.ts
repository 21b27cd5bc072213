// The tables, as both databases have them. Times are milliseconds since 1970 by the database's clock.

import { BLOCKING_STATES, LIVE_STATES, REQUEST_STATES } from "../../policy/approval.ts";
import { LONGEST } from "./bounds.ts";
import { literals } from "./sql.ts";

/** SQL: what stands for its operation. Queries repeat it word for word, so that its index is used. */
export const IS_LIVE = `state IN (${literals(LIVE_STATES)})`;
/** SQL: what blocks a resource. */
export const IS_BLOCKING = `state IN (${literals(BLOCKING_STATES)})`;
/** SQL: what a clock may end. */
export const IS_WAITING = "state IN ('pending', 'approved')";

const columns = (texts: readonly string[], numbers: readonly string[]): string =>
  [...texts.map((name) => `{text:${name}}`), ...numbers.map((name) => `{number:${name}}`)].join(
    ", ",
  );

/** Every column of a table, for reading. To sort by one, name it with its table. */
export const REQUEST = columns(
  [
    ...["id", "scope", "session", "digest", "resource_key", "policy_digest", "requested_by"],
    ...["state", "attempt_id", "attempt_machine", "note", "body"],
    ...["ended_user", "ended_machine", "ended_proof"],
  ],
  [
    ...["approvers", "created_at", "changed_at", "expires_at", "attempt_pid", "attempt_since"],
    ...["lease_until", "ended_pid", "ended_at"],
  ],
);
export const DECISION = columns(
  ["request", "verdict", "by_user", "by_machine", "by_proof"],
  ["by_pid", "at"],
);
export const NOTICE = columns(["id", "request", "recipient"], ["tries"]);

const upTo = (name: string, longest: number): string =>
  `CHECK (length(${name}) BETWEEN 1 AND ${longest})`;

/** `{integer}`, `{key}` and `{me}` are a database's own words, as are the names of tables. */
export const TABLES: readonly string[] = [
  `CREATE TABLE {request} (
    id TEXT PRIMARY KEY ${upTo("id", 6)},
    scope TEXT NOT NULL ${upTo("scope", LONGEST.key)},
    session TEXT ${upTo("session", LONGEST.name)},
    digest TEXT NOT NULL ${upTo("digest", LONGEST.key)},
    resource_key TEXT NOT NULL ${upTo("resource_key", LONGEST.resourceKey)},
    policy_digest TEXT NOT NULL ${upTo("policy_digest", LONGEST.key)},
    approvers {integer} NOT NULL CHECK (approvers BETWEEN 1 AND 100),
    pending_ms {integer} NOT NULL CHECK (pending_ms BETWEEN 1 AND ${LONGEST.pendingMs}),
    usable_ms {integer} NOT NULL CHECK (usable_ms BETWEEN 1 AND ${LONGEST.usableMs}),
    requested_by {me},
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN (${literals(REQUEST_STATES)})),
    created_at {integer} NOT NULL DEFAULT ({now}),
    changed_at {integer} NOT NULL DEFAULT ({now}),
    expires_at {integer} NOT NULL,
    attempt_id TEXT ${upTo("attempt_id", LONGEST.name)},
    attempt_machine TEXT ${upTo("attempt_machine", LONGEST.name)},
    attempt_pid {integer},
    attempt_since {integer},
    lease_until {integer},
    note TEXT ${upTo("note", LONGEST.line)},
    ended_user TEXT ${upTo("ended_user", LONGEST.name)},
    ended_machine TEXT ${upTo("ended_machine", LONGEST.name)},
    ended_pid {integer},
    ended_proof TEXT CHECK (ended_proof IN ('terminal', 'code')),
    ended_at {integer},
    body TEXT NOT NULL ${upTo("body", LONGEST.body)}
  )`,
  // P1, by the database itself.
  `CREATE UNIQUE INDEX request_live ON {request} (scope, digest) WHERE ${IS_LIVE}`,
  `CREATE INDEX request_blocking ON {request} (resource_key, state) WHERE ${IS_BLOCKING}`,
  // P2, P6: two approvals of one resource are not used at the same time.
  `CREATE UNIQUE INDEX request_attempt ON {request} (resource_key)
    WHERE state IN ('executing', 'unknown')`,
  `CREATE INDEX request_waiting ON {request} (expires_at) WHERE ${IS_WAITING}`,
  `CREATE INDEX request_leased ON {request} (lease_until) WHERE state = 'executing'`,
  "CREATE INDEX request_newest ON {request} (created_at)",
  "CREATE INDEX request_by_state ON {request} (state, created_at)",
  "CREATE INDEX request_by_resource ON {request} (resource_key, created_at)",
  "CREATE INDEX request_by_session ON {request} (session, created_at) WHERE session IS NOT NULL",
  `CREATE TABLE {decision} (
    request TEXT NOT NULL REFERENCES {request} (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'deny')),
    by_user TEXT NOT NULL {decider} ${upTo("by_user", LONGEST.name)},
    by_machine TEXT NOT NULL ${upTo("by_machine", LONGEST.name)},
    by_pid {integer} NOT NULL,
    by_proof TEXT NOT NULL CHECK (by_proof IN ('terminal', 'code')),
    digest TEXT NOT NULL,
    at {integer} NOT NULL DEFAULT ({now}),
    PRIMARY KEY (request, by_user, verdict)
  )`,
  `CREATE TABLE {notice} (
    id TEXT PRIMARY KEY,
    request TEXT NOT NULL REFERENCES {request} (id),
    recipient TEXT NOT NULL ${upTo("recipient", LONGEST.line)},
    due_at {integer} NOT NULL,
    lease_until {integer} NOT NULL DEFAULT 0,
    tries {integer} NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'open'
      CHECK (state IN ('open', 'delivered', 'given-up', 'not-needed')),
    error TEXT ${upTo("error", LONGEST.line)},
    UNIQUE (request, recipient)
  )`,
  "CREATE INDEX notice_open ON {notice} (due_at) WHERE state = 'open'",
  // The hash has no index: one would be written at a place of its own for every entry, and nobody
  // looks for an entry by it.
  `CREATE TABLE {audit} (
    position {serial},
    hash TEXT NOT NULL,
    writer TEXT NOT NULL,
    seq {integer} NOT NULL,
    written_by {me},
    entry TEXT NOT NULL ${upTo("entry", LONGEST.entry)},
    UNIQUE (writer, seq)
  )`,
];
