// Which of a session's refusals are its host's own words: said by the host that the caller descends
// from, and recorded there.

import type { SessionFact } from "../policy/decide.ts";
import type { Reason } from "../policy/reason.ts";

/** Said only to callers that the host itself has placed inside its session. */
const TO_INSIDERS: readonly Reason[] = [
  "granted",
  "unknown-class",
  "class-not-granted",
  "not-reversible",
  "other-hostname",
  "other-organization",
  "budget-spent",
  "expired",
  "revoked",
  "denied",
  "executing",
  "outcome-unknown",
];

/** Said to others too, and recorded by the host all the same. */
const TO_ANYBODY: readonly Reason[] = ["environment-changed", "detached"];

/** The session that the caller surely is in: its host says so. */
export function provenSession(fact: SessionFact): string | undefined {
  const isInside = fact.standing === "inside" && TO_INSIDERS.includes(fact.reason);
  return isInside ? fact.session : undefined;
}

/** Whether the session's host has recorded a refusal for this reason itself. */
export function isRecordedByHost(fact: SessionFact, reason: Reason): boolean {
  if (fact.standing !== "inside" || fact.reason !== reason) return false;
  return TO_INSIDERS.includes(reason) || TO_ANYBODY.includes(reason);
}
