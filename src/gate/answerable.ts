// Whether a request may be answered with yes, and how: asked by the gate, whatever filed the request.
//
// B1 What may not be asked for is not allowed by being asked: the table decides again, on the card
//    that was just made, not on the one that the asker filed.

import { type Ask, agentKnobs } from "../policy/allowlist.ts";
import { notBindableBecause } from "../policy/allowlist-match.ts";
import { answersTo, approvability } from "../policy/approvable.ts";
import type { ApprovalRequest } from "../policy/approval.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { Operation } from "../policy/operation.ts";
import type { Policy } from "../policy/policy.ts";
import { rulingOn } from "../policy/ruling.ts";
import { withWholeRequest } from "./approval-card.ts";

/** This once, for the session that asked, or always. */
export type Way = "once" | "session" | "always";

/** When the agent of a command is asked about; undefined for a request to the API. */
export function askOf(
  operation: Operation,
  { commands }: Pick<Policy, "commands">,
): Ask | undefined {
  if (operation.kind !== "command") return undefined;
  return agentKnobs(commands, operation.command.agent).ask;
}

/** Why the request cannot be answered like that, in one clause; undefined: it can. */
function whyNot(request: ApprovalRequest, way: Way, policy: Policy): string | undefined {
  const { operation, requester } = request;
  const row = approvability(operation, request.card);
  if (!row.approvable) return row.because;
  const { floor, fired } = rulingOn(operation, policy);
  if (floor === "deny") return `policy denies it all the same (${fired?.id}, ${fired?.where})`;
  if (way === "once") return undefined;
  if (way === "session" && requester.session === undefined) return "no session asked for it";
  if (!row[way]) return row.because;
  if (way === "always" && operation.kind === "command") {
    const unbindable = notBindableBecause(operation.command);
    if (unbindable !== undefined) return unbindable;
  }
  return answersTo(request, askOf(operation, policy))[way]
    ? undefined
    : "it would be refused again all the same";
}

/** @throws Failure `not-this-way`, exit 7 (B1). The request's card is the one that was shown. */
export function requireAnswerable(request: ApprovalRequest, way: Way, policy: Policy): void {
  const { id, card, operation } = request;
  const whole = { ...request, card: withWholeRequest(card, operation) };
  const why = whyNot(whole, way, policy);
  if (why === undefined) return;
  const how = way === "once" ? "allowed" : `answered with --${way}`;
  throw new Failure("not-this-way", `request ${id} cannot be ${how}: ${why}`, {
    exitCode: EXIT.refused,
    fix: way === "once" ? `holdfast deny ${id}` : `holdfast approve ${id}`,
  });
}
