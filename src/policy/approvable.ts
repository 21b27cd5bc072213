// What may be asked of a person at all, by what answers, and for how long an answer is good.

import type { Ask } from "./allowlist.ts";
import type { ApprovalRequest } from "./approval.ts";
import type { Card } from "./card.ts";
import { isHarmless, type Operation } from "./operation.ts";
import { isWidenable } from "./reason.ts";

const MINUTE_MS = 60_000;

/** What a person could answer to a request, besides `once`. */
export interface Answers {
  /** Widening the session that asked. */
  readonly session: boolean;
  /** An allowlist entry. */
  readonly always: boolean;
}

/** What may be asked of a person for an operation, and for how long the answer is good. */
export interface Approvable extends Answers {
  readonly approvable: boolean;
  /** One clause: why so. */
  readonly because: string;
  readonly pendingMs: number;
  readonly usableMs: number;
}

/**
 * The one table of what can be approved. The first row that matches decides. Policy may shorten the
 * times and ask for more approvers; it never adds.
 */
export const APPROVABLE: readonly (Approvable & {
  /** For the documentation. */
  readonly what: string;
  readonly matches: (operation: Operation, card: Pick<Card, "truncated" | "typedName">) => boolean;
})[] = [
  {
    what: "anything of which the card cannot show, or pin, the whole",
    matches: (_, card) => card.truncated === true,
    approvable: false,
    because: "it cannot be shown or pinned whole, and nobody can approve what they cannot see",
    pendingMs: 0,
    usableMs: 0,
    session: false,
    always: false,
  },
  {
    what: "the deletion of an organization",
    matches: ({ resourceClass, impact }) =>
      resourceClass === "organizations" && impact === "destroy",
    approvable: false,
    because: "an organization is deleted by hand or not at all",
    pendingMs: 0,
    usableMs: 0,
    session: false,
    always: false,
  },
  {
    what: "a command of which no program was found",
    matches: (operation) =>
      operation.kind === "command" && operation.command.unbindable === "not-resolved",
    approvable: false,
    because: "what it would run was not found, or cannot be told",
    pendingMs: 0,
    usableMs: 0,
    session: false,
    always: false,
  },
  {
    what: "a read or a change of HCP Terraform that a rule of policy asks about",
    matches: (operation) => operation.kind === "hcp" && isHarmless(operation),
    approvable: true,
    because: "one request, exactly as it is",
    pendingMs: 24 * 60 * MINUTE_MS,
    usableMs: 60 * MINUTE_MS,
    session: false,
    always: false,
  },
  {
    what: "an HCP Terraform request that no known route matches",
    matches: ({ kind, resourceClass }) => kind === "hcp" && resourceClass === "unknown",
    approvable: true,
    because: "nobody knows what it does, so the answer is good for a short time",
    pendingMs: 60 * MINUTE_MS,
    usableMs: 10 * MINUTE_MS,
    session: false,
    always: false,
  },
  {
    what: "a command that is known to destroy",
    matches: ({ kind, reversibility }) => kind === "command" && reversibility === "irreversible",
    approvable: true,
    because: "it destroys, so no standing answer covers it",
    pendingMs: 24 * 60 * MINUTE_MS,
    usableMs: 15 * MINUTE_MS,
    session: false,
    always: false,
  },
  {
    what: "a shell, an interpreter or a wrapper",
    matches: (operation) =>
      operation.kind === "command" && operation.command.unbindable !== undefined,
    approvable: true,
    because: "its arguments decide what really runs, so no standing answer covers it",
    pendingMs: 24 * 60 * MINUTE_MS,
    usableMs: 15 * MINUTE_MS,
    session: false,
    always: false,
  },
  {
    what: "any other command",
    matches: ({ kind }) => kind === "command",
    approvable: true,
    because: "one command with exactly its arguments",
    pendingMs: 24 * 60 * MINUTE_MS,
    usableMs: 60 * MINUTE_MS,
    session: false,
    always: true,
  },
  {
    what: "a plan of Terraform whose changes cannot all be undone",
    matches: ({ kind, reversibility }) => kind === "terraform" && reversibility === "irreversible",
    approvable: true,
    because: "it cannot all be undone, so the answer is good for a short time",
    pendingMs: 24 * 60 * MINUTE_MS,
    usableMs: 15 * MINUTE_MS,
    session: false,
    always: false,
  },
  {
    what: "any other plan of Terraform, and planning itself",
    matches: ({ kind }) => kind === "terraform",
    approvable: true,
    because: "exactly this plan, once",
    pendingMs: 24 * 60 * MINUTE_MS,
    usableMs: 60 * MINUTE_MS,
    session: false,
    always: false,
  },
  {
    what: "anything in a cluster",
    matches: ({ kind }) => kind === "kubectl",
    approvable: true,
    because: "exactly this, on exactly these objects",
    pendingMs: 24 * 60 * MINUTE_MS,
    usableMs: 15 * MINUTE_MS,
    session: false,
    always: false,
  },
  {
    what: "a deletion that cannot be undone",
    matches: ({ reversibility }, { typedName }) =>
      reversibility === "irreversible" || typedName !== undefined,
    approvable: true,
    because: "it cannot be undone, so the answer is good for a short time",
    pendingMs: 24 * 60 * MINUTE_MS,
    usableMs: 15 * MINUTE_MS,
    session: true,
    always: false,
  },
  {
    what: "any other deletion",
    matches: () => true,
    approvable: true,
    because: "one deletion of exactly this resource",
    pendingMs: 24 * 60 * MINUTE_MS,
    usableMs: 60 * MINUTE_MS,
    session: true,
    always: false,
  },
];

/** The row for an operation, as its card shows it. */
export function approvability(
  operation: Operation,
  card: Pick<Card, "truncated" | "typedName">,
): Approvable {
  const row = APPROVABLE.find(({ matches }) => matches(operation, card));
  if (row === undefined) throw new Error("the last row matches everything");
  return row;
}

/**
 * What would help besides once: a yes that changes nothing for the next run is none.
 *
 * @param ask the asking agent's knob, where policy is at hand
 */
export function answersTo(
  {
    operation,
    card,
    requester,
    reason,
  }: Pick<ApprovalRequest, "operation" | "card" | "requester" | "reason">,
  ask?: Ask,
): Answers {
  const row = approvability(operation, card);
  return {
    session: row.session && requester.session !== undefined && isWidenable(reason),
    always: row.always && ask !== "always",
  };
}
