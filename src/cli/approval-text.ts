// How requests look: in a list, alone, and as JSON. What others wrote is made visible here.

import { answersTo } from "../policy/approvable.ts";
import type { ApprovalRequest } from "../policy/approval.ts";
import { requestWords } from "../policy/command-line.ts";
import { reasonText } from "../policy/reason.ts";
import { askedBy, endedText, span } from "../gate/approval-card.ts";
import { visible } from "../system/terminal-text.ts";

/** What a request is about, in one line. */
export function aboutText({ operation, card }: ApprovalRequest): string {
  const question = card.question.replace(/\?$/, "");
  const { hostname } = operation.target;
  return operation.kind === "hcp"
    ? `${question}: ${requestWords(operation)} on ${hostname}`
    : question;
}

/** Where it stands, in a few words. */
export function stateText(request: ApprovalRequest, now: Date): string {
  const left = span(Date.parse(request.expiresAt) - now.getTime());
  switch (request.state) {
    case "pending":
      return `waits for an answer, for ${left} more`;
    case "approved":
      return `approved, not used yet; for ${left} more`;
    case "executing":
      return `under way on ${request.attempt?.machine} (pid ${request.attempt?.pid}) since ${request.attempt?.since}`;
    case "unknown":
      return "OUTCOME UNKNOWN: it may have happened, and nothing will try it again";
    default:
      return endedText(request, now);
  }
}

/** `in prod`: for what was asked of a gateway, or belongs to an environment. */
const servedText = ({ operation: { served } }: ApprovalRequest): string =>
  served === undefined ? "" : `; in ${served}`;

/** One line of the list. */
export function listLine(request: ApprovalRequest, now: Date): string {
  return `${request.id.padEnd(6)}  ${visible(aboutText(request))}\n        ${visible(stateText(request, now))}${servedText(request)}; asked by ${visible(askedBy(request, now))}`;
}

/** Everything about one request, as rows. */
export function requestRows(request: ApprovalRequest, now: Date): [label: string, text: string][] {
  const { requester, reason, operation, attempt, note, decisions, digest } = request;
  const context = {
    operation,
    ...(requester.session === undefined ? {} : { session: requester.session }),
  };
  return [
    ["state", stateText(request, now)],
    ["asks for", aboutText(request)],
    ["target", `${operation.target.path}, ${operation.target.hostname}`],
    ...(operation.served === undefined ? [] : [["in", operation.served] as [string, string]]),
    ["asked by", askedBy(request, now)],
    ["why", `${reasonText(reason, context)} [${reason}]`],
    ...decisions.map(({ verdict, by, at }): [string, string] => [
      verdict === "approve" ? "approved" : "denied",
      `by ${by.user}@${by.machine} (${by.proof}), ${at}`,
    ]),
    ...(attempt === undefined
      ? []
      : [
          [
            "attempt",
            `${attempt.id}, claimed ${attempt.since} on ${attempt.machine} (pid ${attempt.pid})`,
          ] as [string, string],
        ]),
    ...(note === undefined ? [] : [["note", note] as [string, string]]),
    ...(requester.said === undefined
      ? []
      : [["it says", `(unverified) ${requester.said}`] as [string, string]]),
    ["digest", digest],
  ];
}

/** What a person can do next about it: commands that work as printed. */
export function nextCommands(request: ApprovalRequest): string[] {
  const { id, state } = request;
  const answers = answersTo(request);
  switch (state) {
    case "pending":
      return [
        `holdfast approve ${id}`,
        ...(answers.session ? [`holdfast approve ${id} --session`] : []),
        ...(answers.always ? [`holdfast approve ${id} --always`] : []),
        `holdfast deny ${id}`,
      ];
    case "approved":
      return [`holdfast approval withdraw ${id}`];
    case "denied":
      return [`holdfast approval reopen ${id}`];
    case "unknown":
      return ["--happened", "--did-not-happen"].map(
        (flag) => `holdfast approval resolve ${id} ${flag} --evidence 'what you saw'`,
      );
    default:
      return [];
  }
}

/** The one object for --json. */
export function requestJson(request: ApprovalRequest): object {
  const { operation, card, ...rest } = request;
  return {
    ...rest,
    operation: {
      kind: operation.kind,
      class: operation.resourceClass,
      title: operation.title,
      reversible: operation.reversibility,
      target: operation.target,
      line: requestWords(operation),
    },
    card,
    next: nextCommands(request),
  };
}
