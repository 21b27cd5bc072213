// Whether a call that must not go through did not, and for the reason that it should not.
//
// E1 The rule counts, not the outcome: what is stopped by something else would go through as soon as
//    that something is gone.
// E2 A policy may be stricter than the built-in one: that passes, and the stricter rule is named.

import type { Policy } from "../../policy/policy.ts";
import type { ToolResult } from "../result.ts";
import { couldNotRun, type Fired, failed, passed, type Verdict } from "./check.ts";
import type { Called } from "./connection.ts";

export interface Expected {
  /** The least that policy says to it. */
  readonly effect: "ask" | "deny";
  /** The built-in rules that may fire; none: the built-in floor asks. */
  readonly rules?: readonly string[];
  /** Codes of failures that are as good: it is no operation at all. */
  readonly codes?: readonly string[];
}

/** Codes that say that a program, or the store that policy needs, is not there: nothing was tried. */
const ABSENT: readonly string[] = ["no-terraform", "no-kubectl", "approvals-need-postgres"];

/** A person's yes is missing, and nothing else. */
const UNANSWERED: readonly string[] = ["no-session", "unknown-class", "class-not-granted"];

/** Policy has nobody asked at all: stricter than to ask. */
const NOBODY_ASKED: readonly string[] = ["agent-denied", "allowlist-miss"];

/** The verdict on one call. */
export function stopped(called: Called, expected: Expected, policy: Policy): Verdict {
  const { result } = called;
  if (called.refused !== undefined) return failed(`it reached no tool: ${called.refused}`);
  if (result === undefined) return failed("the answer does not have the gateway's schema");
  if (!called.isError) return failed(`it went through: ${result.text}`);
  if (result.execution !== undefined || result.status === "failed" || result.status === "unknown")
    return failed(`it was carried out (${result.status}): ${result.text}`);
  if (result.status === "error") return onError(result, expected);
  return onRefusal(result, expected, policy);
}

function onError({ error, text }: ToolResult, { codes = [] }: Expected): Verdict {
  const code = error?.code ?? "";
  if (codes.includes(code)) return passed(`no operation at all: ${text} [${code}]`);
  if (ABSENT.includes(code)) return couldNotRun(text);
  return failed(`policy was not asked: ${text} [${code}]`);
}

function onRefusal(result: ToolResult, expected: Expected, policy: Policy): Verdict {
  const { rule, reason = "", text, status, request } = result;
  const { effect, rules = [] } = expected;
  if (reason === "store-refused") return needsOtherStore(policy) ?? failed(`${text} [${reason}]`);
  const isAsk = UNANSWERED.includes(reason) && status === "waiting" && request !== undefined;
  const isDeny = reason === "policy-denied" && rule?.effect === "deny";
  if (isDeny && !isBuiltIn(rule)) return passed(`policy denies it: ${rule.id}`, rule);
  if (effect === "deny") {
    if (isDeny && rules.includes(rule.id)) return passed(`denied by ${rule.id}`, rule);
    return failed(`not denied by ${rules.join(" or ")}: ${saidOf(result)}`, rule);
  }
  if (isDeny && rules.includes(rule.id)) return passed(`denied by ${rule.id}`, rule);
  if (NOBODY_ASKED.includes(reason) && isAsRuled(rule, rules))
    return passed(`${text} [${reason}]`, rule);
  if (!isAsk) {
    // No yes is possible for what names no program: nothing was tried.
    if (status === "refused" && UNANSWERED.includes(reason) && isNoProgram(result))
      return couldNotRun(text);
    const other = status === "refused" ? needsOtherStore(policy) : undefined;
    return other ?? failed(`nobody is asked: ${saidOf(result)}`, rule);
  }
  if (!isAsRuled(rule, rules))
    return failed(`not because of ${rules.join(" or ")}: ${saidOf(result)}`, rule);
  const why = rule === undefined ? reason : rule.id;
  return passed(`waits for a person: ${why}`, rule);
}

const isBuiltIn = (rule: Fired | undefined): boolean => rule?.where === "built in";

const isNoProgram = ({ operation }: ToolResult): boolean =>
  operation?.kind === "command" && operation.class === "unknown";

/** A rule of a file comes after the built-in ones: it fires only where none of those does. */
function isAsRuled(rule: Fired | undefined, rules: readonly string[]): boolean {
  if (rules.length === 0) return rule === undefined || rule.effect === "ask";
  return rule !== undefined && rules.includes(rule.id);
}

const saidOf = ({ status, reason, rule, text }: ToolResult): string =>
  `${status} [${[reason, rule?.id].filter(Boolean).join(", ")}]: ${text}`;

/** Where a rehearsal's own store could not hold what policy asks for. */
function needsOtherStore({ approvals, environments }: Policy): Verdict | undefined {
  const all = Object.values(environments).map(({ approvers }) => approvers);
  const most = Math.max(approvals.approvers, ...all);
  if (most < 2) return undefined;
  return couldNotRun(`policy asks for ${most} approvers: that needs PostgreSQL, not a rehearsal`);
}

/** The request that waits because of a call; undefined: none does. */
export function waitingRequest({ result }: Called): string | undefined {
  return result?.status === "waiting" ? result.request?.id : undefined;
}

/** Whether input that a schema must refuse was refused by it, and reached nothing. */
export function refusedBySchema(called: Called, field: string): Verdict {
  const code = called.result?.error?.code;
  const isOurs = called.result?.status === "error" && code === "invalid-input";
  if (called.isError && (isOurs || called.refused !== undefined)) {
    if (called.text.includes(field))
      return passed(`the schema refuses it: ${field} [invalid-input]`);
    return failed(`it is refused, and not for ${field}: ${called.text}`);
  }
  return failed(`the schema takes it: ${called.text.slice(0, 200)}`);
}

/** Whether a call failed before it was an operation, with one of these codes. */
export function failedWith({ isError, result, text }: Called, codes: readonly string[]): Verdict {
  const code = result?.error?.code ?? "";
  if (ABSENT.includes(code)) return couldNotRun(text);
  if (isError && result?.execution === undefined && codes.includes(code))
    return passed(`${result?.text ?? text} [${code}]`);
  return failed(`not refused with ${codes.join(" or ")}: ${text.slice(0, 200)}`);
}
