// What the audit log holds, and how its entries are chained. The log's file and the approvals store
// both keep entries of this one form.
//
// L1 An entry's hash covers everything else in it, and the hash of its writer's entry before it.
// L2 A writer counts its entries from 1, without gaps.
// L3 An entry names the latest entries of others that its writer saw (`seen`): so the chains hold
//    each other, and a whole chain cannot vanish unnoticed.

import { randomBytes } from "node:crypto";
import { canonicalDigest } from "./digest.ts";

/** Everything that is recorded. The text of docs/audit.md comes from this table. */
export const AUDIT_EVENTS = {
  decided: "the gate decided on an operation",
  outcome: "what became of an operation that was let through",
  "session-started": "a session was started, with what it grants",
  "session-widened": "a person added a class to a running session",
  "session-adopted": "a person brought a process into a session",
  "session-revoked": "a person revoked a session's grant",
  "session-expired": "a session's time was up",
  "session-spent": "a session's budget was used up",
  "session-ended": "a session's command ended",
  requested: "a request was filed for a person",
  approved: "a person approved a request",
  denied: "a person denied a request",
  withdrawn: "a request was withdrawn",
  reopened: "a person lifted their no",
  "approval-revoked": "a person took an approval back before it was used",
  "approval-expired": "a request or an approval expired",
  claimed: "an approval was taken for one attempt",
  concluded: "the outcome of an attempt became known, or was lost",
  resolved: "a person found out what became of an attempt",
  "allowlist-added": "a person added an allowlist entry",
  "allowlist-removed": "a person removed an allowlist entry",
  "log-repaired": "a torn last line was set aside",
  "log-cut": "the end of the log was found missing",
} as const satisfies Record<string, string>;
export type AuditEvent = keyof typeof AUDIT_EVENTS;

/** What a surface or a store says; what is said freely is redacted before it is kept. */
export interface AuditFacts {
  readonly event: AuditEvent;
  /** The session's public id. */
  readonly session?: string;
  /** The request's id. */
  readonly request?: string;
  readonly class?: string;
  readonly digest?: string;
  /** What people read: `DELETE /workspaces/ws-8ZkQ`, or a command line. */
  readonly operation?: string;
  readonly target?: string;
  readonly effect?: "allow" | "ask" | "deny";
  readonly reason?: string;
  readonly outcome?: string;
  readonly status?: number;
  readonly items?: number;
  /** Who, as the operating system or the database tells it. */
  readonly by?: string;
  /** One line more, for people. */
  readonly detail?: string;
}

/**
 * Where a secret could stand. The rest are our own words and the API's ids: whoever runs a command
 * chooses its variables, and must not be able to blank what the entry is about.
 */
export const SAID_FREELY: ReadonlySet<string> = new Set(["operation", "detail", "by"]);

/** One entry, as it is kept: one line of JSON, or one row. */
export interface AuditEntry extends AuditFacts {
  readonly version: 1;
  /** Which chain: random, one for each process that writes. */
  readonly writer: string;
  readonly seq: number;
  /** RFC 3339, UTC, by the writer's clock. */
  readonly at: string;
  /** The hash of the writer's entry before; 64 zeros for the first. */
  readonly previous: string;
  /** Hashes of the latest entries of others that the writer knew of; at most a few. */
  readonly seen: readonly string[];
  /** L1, 64 hex digits. */
  readonly hash: string;
}

export const NO_HASH = "0".repeat(64);

/** The hash that an entry must have. */
export function entryHash(entry: Omit<AuditEntry, "hash">): string {
  const { hash: _, ...rest } = entry as AuditEntry;
  return canonicalDigest(rest);
}

/** One writer's chain. An entry counts only once it is kept: `keep` it then, and not before. */
export class AuditChain {
  readonly writer = randomBytes(8).toString("hex");
  #seq = 0;
  #previous = NO_HASH;

  /** The next entry of this chain; the chain moves on with `keep`. */
  next(facts: AuditFacts, at: Date, seen: readonly string[]): AuditEntry {
    const entry = {
      version: 1 as const,
      writer: this.writer,
      seq: this.#seq + 1,
      at: at.toISOString(),
      previous: this.#previous,
      seen,
      ...facts,
    };
    return { ...entry, hash: entryHash(entry) };
  }

  keep({ seq, hash }: AuditEntry): void {
    this.#seq = seq;
    this.#previous = hash;
  }
}
