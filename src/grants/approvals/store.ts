// What an approvals store does, whichever database keeps it. One contract suite runs on every store:
// test/contract/approvals.ts.
//
// P1 One live request for each (scope, digest), whoever else files it at the same moment.
// P2 At most one attempt for each approval: the claim is a compare-and-set, in one transaction with
//    its audit entry, and checks digest, scope, expiry and policy in the same statement.
// P3 States move along policy/approval.ts's TRANSITIONS only; the loser of a race sees the winner's.
// P4 Times are the store's own clock: the database's on PostgreSQL.
// P5 Every change is one transaction with its audit entry. What is not kept did not happen.
// P6 Denied, executing and unknown stand for the resource, whichever lineage asks and however.

import type {
  ApprovalRequest,
  ApprovalStanding,
  BlockingState,
  Decider,
  NewRequest,
  RequestState,
} from "../../policy/approval.ts";
import type { AuditEntry } from "../../policy/audit-entry.ts";
import type { Operation } from "../../policy/operation.ts";

/** A request that was filed, or the one that stood there already. */
export interface Filed {
  readonly request: ApprovalRequest;
  /** False: somebody had filed it before; nobody is notified again. */
  readonly isNew: boolean;
}

export interface StandingQuery {
  readonly digest: string;
  readonly resourceKey: string;
  readonly scope: string;
  /** An approval under another policy does not count. */
  readonly policyDigest: string;
}

/** What blocks resources, for a session's host to remember. */
export interface Block {
  readonly resourceKey: string;
  readonly state: BlockingState;
  readonly id: string;
}

export interface ClaimQuery extends StandingQuery {
  readonly id: string;
  /** The very one that will run: the store holds it against `digest`. */
  readonly operation: Operation;
  /** The requester's session and user, as when it was filed: the audit entry is made before the row is read. */
  readonly session?: string;
  readonly user: string;
  readonly attempt: string;
  readonly machine: string;
  readonly pid: number;
  readonly leaseMs: number;
}

/** What a change came to: `done`, or what stands there instead. */
export type Changed =
  | { readonly done: true; readonly request: ApprovalRequest }
  | { readonly done: false; readonly request: ApprovalRequest | undefined; readonly why: string };

/** What a claim came to. Who wins needs nothing more; who does not is told what stands there. */
export type Claimed = { readonly done: true } | Extract<Changed, { readonly done: false }>;

/** Where and how an outbox row is delivered. */
export interface Notice {
  readonly id: string;
  readonly request: ApprovalRequest;
  readonly recipient: string;
  /** How often it was tried before. */
  readonly tries: number;
}

export interface ListQuery {
  readonly states?: readonly RequestState[];
  readonly session?: string;
  /** Only those that are about this resource. */
  readonly resourceKey?: string;
  /** At most this many, the newest first; default 100. */
  readonly limit?: number;
}

/**
 * A store, open. Every method may throw Failure: `approvals-unreachable`, `approvals-malformed`,
 * `approvals-full`, `approvals-read-only`, `approvals-not-permitted` (the requester's database role),
 * `approvals-newer` (another version's schema), each saying where and what to do.
 */
export interface ApprovalStore {
  /** For people: the file's path, or the server and database without credentials. */
  readonly place: string;
  /** One query: what is known of an operation (P6). Moves what has expired or lapsed first. */
  standing(query: StandingQuery): Promise<ApprovalStanding>;
  /** Everything that blocks, for a host's memory. */
  blocks(): Promise<readonly Block[]>;
  /**
   * Files a request, or returns the live one (P1). `notices`: who hears of a new one, and how many
   * milliseconds from now, if it is still pending then.
   * @throws Failure `too-many-requests` where the scope has MOST_PENDING pending ones already
   */
  file(
    request: NewRequest,
    notices: readonly { readonly recipient: string; readonly afterMs: number }[],
  ): Promise<Filed>;
  /** By id, upper or lower case; undefined when there is none. */
  find(id: string): Promise<ApprovalRequest | undefined>;
  list(query: ListQuery): Promise<readonly ApprovalRequest[]>;
  /**
   * One person's answer. With more than one approver needed the request stays pending until enough
   * distinct ones have approved; the requester's database user and a second answer of the same do
   * not count then. A no is final at once.
   */
  decide(id: string, digest: string, verdict: "approve" | "deny", by: Decider): Promise<Changed>;
  /** Takes an approval for one attempt (P2). */
  claim(query: ClaimQuery): Promise<Claimed>;
  /** Prolongs the lease of an attempt that goes on; false: it has lapsed. */
  renew(id: string, attempt: string, leaseMs: number): Promise<boolean>;
  /** What became of the attempt. A writer that comes too late changes nothing. */
  conclude(
    id: string,
    attempt: string,
    outcome: "succeeded" | "failed_no_effect" | "unknown",
    note?: string,
  ): Promise<Changed>;
  /** Pending -> withdrawn, by the requester or a person. `note` says why. */
  withdraw(id: string, by: Decider, note?: string): Promise<Changed>;
  /** Denied -> withdrawn: the operation may be asked for again. */
  reopen(id: string, by: Decider): Promise<Changed>;
  /** Approved -> revoked. */
  revoke(id: string, by: Decider): Promise<Changed>;
  /** Unknown -> what a person found out, with the evidence. */
  resolve(id: string, happened: boolean, evidence: string, by: Decider): Promise<Changed>;
  /** Takes the next notice that is due, for `leaseMs`; undefined when none is. */
  takeNotice(leaseMs: number): Promise<Notice | undefined>;
  /** `delivered`, or when to try again; `given-up` ends it. */
  settleNotice(
    id: string,
    result:
      | { readonly delivered: true }
      | { readonly delivered: false; readonly againMs: number | undefined; readonly error: string },
  ): Promise<void>;
  /** When the next notice is due, in milliseconds from now; undefined when none is left. */
  nextNoticeMs(): Promise<number | undefined>;
  /** The store's audit entries, oldest first. */
  audit(): AsyncIterable<AuditEntry>;
  /** The hashes of its latest audit entries, for the log's anchors. */
  auditHeads(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** How many requests of one lineage may wait at the same time: a person reads them. */
export const MOST_PENDING = 50;
