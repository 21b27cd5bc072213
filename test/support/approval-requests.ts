// Requests for the approvals stores, with true digests, and people to answer them.

import type { Decider, NewRequest } from "../../src/policy/approval.ts";
import { operationDigest } from "../../src/policy/digest.ts";
import type { HcpOperation } from "../../src/policy/operation.ts";
import { resourceKey } from "../../src/policy/resource-key.ts";
import type { ClaimQuery, StandingQuery } from "../../src/grants/approvals/store.ts";
import { deletion } from "./operations.ts";

export const POLICY = "a".repeat(64);

/** A deletion of a workspace of its own: `name` is five letters or more. */
export function workspaceDeletion(name: string, more: Partial<HcpOperation> = {}): HcpOperation {
  return deletion("workspaces", "app.terraform.io", {
    target: {
      hostname: "app.terraform.io",
      organization: "acme",
      path: `/workspaces/ws-${name}`,
      id: `ws-${name}`,
    },
    request: { method: "DELETE", path: `/api/v2/workspaces/ws-${name}`, query: [], headers: {} },
    ...more,
  });
}

export interface Asked {
  readonly operation?: HcpOperation;
  readonly scope?: string;
  readonly session?: string;
  readonly policyDigest?: string;
  readonly pendingMs?: number;
  readonly usableMs?: number;
  readonly approvers?: number;
}

/** What the gate would file. */
export function asked(name: string, more: Asked = {}): NewRequest {
  const operation = more.operation ?? workspaceDeletion(name);
  return {
    digest: operationDigest(operation),
    resourceKey: resourceKey(operation),
    operation,
    card: { question: `Delete workspace ${name}?`, rows: [], unknown: [] },
    requester: {
      scope: more.scope ?? "session:AB12",
      ...(more.session === undefined ? {} : { session: more.session }),
      pid: 4242,
      lineage: "bash, claude, zsh",
      agent: "Claude Code",
      user: "alice",
      machine: "laptop",
    },
    reason: "class-not-granted",
    policyDigest: more.policyDigest ?? POLICY,
    pendingMs: more.pendingMs ?? 60_000,
    usableMs: more.usableMs ?? 60_000,
    approvers: more.approvers ?? 1,
  };
}

/** How the gate asks what is known of it. */
export function queryOf({ digest, resourceKey: key, requester, policyDigest }: NewRequest) {
  return { digest, resourceKey: key, scope: requester.scope, policyDigest } as StandingQuery;
}

/** How the gate takes an approval of it. */
export function claimOf(
  request: NewRequest,
  id: string,
  more: Partial<ClaimQuery> = {},
): ClaimQuery {
  return {
    ...queryOf(request),
    operation: request.operation,
    user: request.requester.user,
    ...(request.requester.session === undefined ? {} : { session: request.requester.session }),
    id,
    attempt: "attempt-1",
    machine: "laptop",
    pid: 4242,
    leaseMs: 60_000,
    ...more,
  };
}

export const PERSON: Decider = { user: "alice", machine: "laptop", pid: 77, proof: "terminal" };
