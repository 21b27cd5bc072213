// What the policy itself must hold, however it is combined.

import { APPROVABLE } from "../../policy/approvable.ts";
import { type Check, type CheckGroup, failed, passed, type Verdict } from "./check.ts";
import { UNKNOWN_PROGRAM } from "./place.ts";
import type { Stage } from "./stage.ts";
import { stopped } from "./stopped.ts";

const HOUR_MS = 60 * 60_000;
const MOST_PLAN_MS = 2 * HOUR_MS;
const MOST_APPROVAL_MS = 24 * HOUR_MS;

/** `90 minutes`, `24 hours`. */
function lasting(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  return `${Math.round(minutes / 6) / 10} hours`;
}

async function protectedNamespaces({ environment, policy }: Stage): Promise<Verdict> {
  const { protectedNamespaces: names } = policy.environments[environment];
  const rule = policy.rules.find(({ id }) => id === "protected-namespaces");
  if (names.length === 0 || rule === undefined) return failed("no namespace is protected");
  const isKept = names.includes("kube-system") && rule.scopes?.includes("kube-system") === true;
  if (!isKept) return failed("kube-system is not protected");
  return passed(`${names.length} are: ${names.slice(0, 3).join(", ")}, …`);
}

/** The rules without which an agent could do worst. */
const NEEDED: Readonly<Record<string, "ask" | "deny">> = {
  "become-another-user": "deny",
  "recursive-rm-root": "deny",
  "download-into-shell": "deny",
  "world-writable": "deny",
  "network-shell": "deny",
  "kubectl-exec": "ask",
  "delete-cluster-wide": "ask",
  "protected-workspaces": "ask",
  "prod-destroy-plan": "deny",
};

async function builtInRules({ policy }: Stage): Promise<Verdict> {
  const missing = Object.entries(NEEDED).filter(
    ([id, effect]) => !policy.rules.some((rule) => rule.id === id && rule.effect === effect),
  );
  if (missing.length > 0)
    return failed(`missing or milder: ${missing.map(([id]) => id).join(", ")}`);
  const own = policy.rules.filter(({ line }) => line !== undefined).length;
  return passed(`${policy.rules.length - own} built in, ${own} of your own`);
}

async function planTime({ environment, policy }: Stage): Promise<Verdict> {
  const { planMs } = policy.environments[environment];
  return planMs > 0 && planMs <= MOST_PLAN_MS
    ? passed(`${lasting(planMs)}`)
    : failed(`a plan may be applied for ${lasting(planMs)}`);
}

async function approvalTime({ policy: { approvals } }: Stage): Promise<Verdict> {
  const { pendingMs = Number.POSITIVE_INFINITY, usableMs = Number.POSITIVE_INFINITY } = approvals;
  const waits = Math.max(...APPROVABLE.map((row) => Math.min(row.pendingMs, pendingMs)));
  const good = Math.max(...APPROVABLE.map((row) => Math.min(row.usableMs, usableMs)));
  if (Math.max(waits, good) > MOST_APPROVAL_MS)
    return failed(`a request may wait for ${lasting(waits)}, and be used for ${lasting(good)}`);
  return passed(`waits at most ${lasting(waits)}, good for at most ${lasting(good)}`);
}

async function requestEnds({ gateway, policy }: Stage): Promise<Verdict> {
  const called = await gateway.call("shell_exec", { command: `${UNKNOWN_PROGRAM} wait` });
  const seen = stopped(called, { effect: "ask" }, policy);
  const request = called.result?.request;
  // Stricter: nobody is asked at all.
  if (seen.verdict !== "passed" || request === undefined) return seen;
  const ms = Date.parse(request.expiresAt ?? "") - Date.now();
  if (Number.isNaN(ms)) return failed("a request that was filed says no end");
  const text = `a request that was filed ends in ${lasting(ms)}`;
  return ms > 0 && ms <= MOST_APPROVAL_MS ? passed(text) : failed(text);
}

const CHECKS: readonly Check[] = [
  { id: "protected-namespaces", name: "namespaces are protected", run: protectedNamespaces },
  { id: "built-in-rules", name: "the built-in rules are there", run: builtInRules },
  { id: "plan-ttl", name: "a plan is good for 2 hours at most", run: planTime },
  { id: "approval-ttl", name: "an answer is good for 24 hours at most", run: approvalTime },
  { id: "request-ends", name: "a request ends within 24 hours", run: requestEnds },
];

/** The checks. */
export const POLICY: CheckGroup = { title: "policy", checks: CHECKS };
