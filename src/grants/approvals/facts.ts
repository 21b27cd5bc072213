// What the audit log says of a request.

import type { ApprovalRequest } from "../../policy/approval.ts";
import type { AuditEvent, AuditFacts } from "../../policy/audit-entry.ts";
import { requestWords } from "../../policy/command-line.ts";
import type { Operation } from "../../policy/operation.ts";

/** What is said of a move, besides what is said of every request. */
export interface Said {
  readonly event: AuditEvent;
  readonly by?: string;
  readonly outcome?: string;
  readonly detail?: string;
}

/** How an operation is named there. */
export type Names = Required<Pick<AuditFacts, "operation" | "target">>;

/** As the operation itself has it: neither redacted nor clipped. */
export function namesOf(operation: Operation): Names {
  const { hostname, organization, path } = operation.target;
  const target = [hostname, organization, path].filter((part) => part !== undefined).join(" ");
  return { operation: requestWords(operation), target };
}

/** Which request, in which session. */
export type About = Pick<ApprovalRequest, "id" | "digest" | "operation"> & {
  readonly session?: string | undefined;
};

/** The facts of a move; the journal redacts and clips them. */
export function factsOf(
  { id, digest, operation, session }: About,
  { event, ...more }: Said,
  names: Names = namesOf(operation),
): AuditFacts {
  return {
    event,
    ...(session === undefined ? {} : { session }),
    request: id,
    class: operation.resourceClass,
    digest,
    ...names,
    ...more,
  };
}
