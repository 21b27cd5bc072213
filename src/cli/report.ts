// How failures, refusals and decisions look: the one place that words them for people and programs.

import { commandLine } from "../policy/command-line.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import type { Decision } from "../policy/decide.ts";
import type { Failure } from "../policy/failure.ts";
import { type Operation, typedPath } from "../policy/operation.ts";
import { type ReasonContext, reasonText, remediesOf } from "../policy/reason.ts";
import { visible } from "../system/terminal-text.ts";

/** `DELETE /workspaces/ws-8ZkQ`, as people type it. */
export function requestLine(operation: Operation): string {
  if (operation.kind === "command") {
    const { typed, args } = operation.command;
    return visible(commandLine([typed, ...args]));
  }
  const { request } = operation;
  const path = typedPath(request.path);
  const query = request.query.map(([name, value]) => `${name}=${value}`).join("&");
  return visible(`${request.method} ${path}${query === "" ? "" : `?${query}`}`);
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

/** A refusal, with ways on that work as printed. */
export function refusalText(decision: Decision): string {
  const heading = decision.reason === "declined" ? "kept, nothing sent" : "refused, nothing sent";
  const remedies = remediesOf(decision.reason, contextOf(decision));
  const width = Math.max(0, ...remedies.map((remedy) => remedy.for.length));
  return [
    `holdfast: ${heading}: ${requestLine(decision.operation)}`,
    `  why  ${whyText(decision)}`,
    ...(remedies.length === 0
      ? []
      : ["  Only a person can allow this. Show them this; do not try another way."]),
    ...remedies.map((remedy) => `    ${remedy.for.padEnd(width)}  ${visible(remedy.command)}`),
    "",
  ].join("\n");
}

/** A decision as the one object that --json prints. */
export async function decisionJson(decision: Decision): Promise<object> {
  const { operationDigest } = await import("../policy/digest.ts");
  const { effect, reason, operation } = decision;
  const context = contextOf(decision);
  return {
    effect,
    reason,
    text: reasonText(reason, context),
    ...(decision.session === undefined ? {} : { session: decision.session }),
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
  };
}

function detailsOf(operation: Operation): object {
  if (operation.kind === "hcp") {
    const { method, path, query } = operation.request;
    return { method, path, query };
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
export function refusalExit(decision: Decision): ExitCode {
  return decision.reason === "declined" && decision.detail === "interrupted at the prompt"
    ? EXIT.interrupted
    : EXIT.refused;
}
