// How failures, refusals and decisions look: the one place that words them for people and programs.

import { requestWords } from "../policy/command-line.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import type { Waiting } from "./stores.ts";
import type { Decision } from "../policy/decide.ts";
import type { Failure } from "../policy/failure.ts";
import type { Operation } from "../policy/operation.ts";
import { type ReasonContext, reasonText, remediesOf, adviceOf } from "../policy/reason.ts";
import type { FiredRule } from "../policy/rule.ts";
import { visible } from "../system/terminal-text.ts";

/** `DELETE /workspaces/ws-8ZkQ`, as people type it. */
export function requestLine(operation: Operation): string {
  return visible(requestWords(operation));
}

function contextOf({ operation, session, detail, request }: Decision): ReasonContext {
  return {
    operation,
    ...(session === undefined ? {} : { session }),
    ...(detail === undefined ? {} : { detail }),
    ...(request === undefined ? {} : { request }),
  };
}

/** The clause after `why`, with the reason's code. */
export function whyText(decision: Decision): string {
  return `${visible(reasonText(decision.reason, contextOf(decision)))} [${decision.reason}]`;
}

/** `no-iam (/etc/holdfast/policy.yaml:12): nobody changes who may do what`. */
export function ruleText({ id, where, because }: FiredRule): string {
  return `${id} (${where})${because === undefined ? "" : `: ${because}`}`;
}

/** What a refusal came to, besides itself: a request that waits, or why there is none. */
export interface Aftermath {
  readonly waiting?: Waiting;
  readonly unasked?: string;
}

function contextAfter(decision: Decision, { waiting }: Aftermath): ReasonContext {
  const context = contextOf(decision);
  if (waiting === undefined) return context;
  return { ...context, request: waiting.request.id, answers: waiting.answers };
}

/** A refusal, with ways on that work as printed. */
export function refusalText(decision: Decision, aftermath: Aftermath = {}): string {
  const nothing = decision.operation.kind === "hcp" ? "nothing sent" : "nothing run";
  const heading = `${decision.reason === "declined" ? "kept" : "refused"}, ${nothing}`;
  const remedies = remediesOf(decision.reason, contextAfter(decision, aftermath));
  const { waiting, unasked } = aftermath;
  const width = Math.max(0, ...remedies.map((remedy) => remedy.for.length));
  return [
    `holdfast: ${heading}: ${requestLine(decision.operation)}`,
    `  why  ${whyText(decision)}`,
    ...(decision.rule === undefined ? [] : [`  rule ${visible(ruleText(decision.rule))}`]),
    ...(unasked === undefined
      ? []
      : [`  ${waiting === undefined ? "not asked: " : ""}${visible(unasked)}`]),
    ...(remedies.length === 0 ? [] : [`  ${adviceOf(decision.reason, decision.rule)}`]),
    ...remedies.map((remedy) => `    ${remedy.for.padEnd(width)}  ${visible(remedy.command)}`),
    ...(waiting === undefined ? [] : ["  Once approved, run the same command again."]),
    "",
  ].join("\n");
}

/** A decision as the one object that --json prints. */
export async function decisionJson(decision: Decision, aftermath: Aftermath = {}): Promise<object> {
  const { operationDigest } = await import("../policy/digest.ts");
  const { effect, reason, operation } = decision;
  const context = contextAfter(decision, aftermath);
  const { waiting, unasked } = aftermath;
  return {
    effect,
    reason,
    text: reasonText(reason, context),
    ...(decision.session === undefined ? {} : { session: decision.session }),
    ...(decision.rule === undefined ? {} : { rule: decision.rule }),
    operation: {
      kind: operation.kind,
      name: operation.kind === "hcp" ? (operation.name ?? null) : null,
      title: operation.title,
      impact: operation.impact,
      class: operation.resourceClass,
      reversible: operation.reversibility,
      items: operation.items,
      target: operation.target,
      ...detailsOf(operation),
      digest: operationDigest(operation),
    },
    remedies: remediesOf(reason, context),
    ...requestJson(decision, waiting),
    ...(unasked === undefined ? {} : { unasked }),
  };
}

function requestJson({ request }: Decision, waiting: Waiting | undefined): object {
  if (waiting !== undefined) {
    const { id, state, expiresAt } = waiting.request;
    return { request: { id, status: state, expiresAt } };
  }
  return request === undefined ? {} : { request: { id: request } };
}

function detailsOf(operation: Operation): object {
  if (operation.kind === "hcp") {
    const { method, path, query } = operation.request;
    return { method, path, query };
  }
  if (operation.kind === "terraform") {
    const { action, directory, workspace, plan } = operation.terraform;
    return { action, directory, workspace, ...(plan === undefined ? {} : { plan: plan.id }) };
  }
  if (operation.kind === "kubectl") {
    const { verb, context, objects } = operation.kubectl;
    return { verb, context, objects };
  }
  const { executable, args, cwd, environment, files, agent } = operation.command;
  return { executable, args, cwd, variables: Object.keys(environment), files, agent };
}

/** A failure as two lines for people. */
export function failureText(failure: Failure): string {
  const fix = failure.fix === undefined ? "" : `  fix  ${visible(failure.fix)}\n`;
  return `holdfast: ${visible(failure.message)}\n${fix}`;
}

/** A failure as the one object that --json prints. */
export function failureJson(failure: Failure): object {
  const { code, message, fix, exitCode } = failure;
  return { error: { code, message, ...(fix === undefined ? {} : { fix }), exitCode } };
}

/** The exit code of a decision that let nothing through. */
export function refusalExit(decision: Decision, { waiting }: Aftermath = {}): ExitCode {
  if (waiting !== undefined) return EXIT.waiting;
  return decision.reason === "declined" && decision.detail === "interrupted at the prompt"
    ? EXIT.interrupted
    : EXIT.refused;
}
