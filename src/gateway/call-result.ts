// What came of a call, in words for a model and in fields for a program.

import { decisionJson } from "../gate/report.ts";
import type { GateResult } from "../gate/run.ts";
import { requestWords } from "../policy/command-line.ts";
import type { Decision } from "../policy/decide.ts";
import type { Environment } from "../policy/environment.ts";
import type { Failure } from "../policy/failure.ts";
import type { Operation } from "../policy/operation.ts";
import { adviceOf, type Remedy } from "../policy/reason.ts";
import { visible } from "../system/terminal-text.ts";
import { type CallResult, RESULT_SCHEMA, type ToolResult } from "./result.ts";
import type { ToolExecution, ToolOutput } from "./tool.ts";

/** What a result says whatever came of the call. */
export interface Called {
  readonly tool: string;
  readonly environment: Environment;
}

type Base = Pick<ToolResult, "schema" | "tool" | "environment" | "remedies">;

const base = ({ tool, environment }: Called): Base => ({
  ...{ schema: RESULT_SCHEMA, tool, environment },
  remedies: [],
});

/** What a look into the gateway's own records gave. */
export function lookedResult(called: Called, output: ToolOutput): CallResult {
  const structured: ToolResult = {
    ...base(called),
    ...{
      status: "done",
      text: "it only looks at the gateway's records",
      output: output.structured,
    },
  };
  return { text: output.text, structured, isError: false };
}

/** Nothing was done, and here is why. */
export function failureResult(
  called: Called,
  { code, message, fix }: Pick<Failure, "code" | "message" | "fix">,
): CallResult {
  const withFix = fix === undefined ? {} : { fix };
  const structured: ToolResult = {
    ...base(called),
    ...{ status: "error", text: message, error: { code, message, ...withFix } },
  };
  return { text: failureText({ code, message, fix }), structured, isError: true };
}

/** Something was begun, and then broke: it may have happened. */
export function brokenResult(called: Called, message: string): CallResult {
  const text = `it was begun, and what came of it is not known: ${message}`;
  const fix = LOOK_FIRST;
  const structured: ToolResult = {
    ...base(called),
    ...{ status: "unknown", text, error: { code: "outcome-unknown", message, fix } },
  };
  return { text: visibleLines([`holdfast: ${text}`, fixLine(fix)]), structured, isError: true };
}

/** What the gate decided, and what came of it. */
export async function gateResult(
  called: Called,
  result: GateResult<Decision["operation"], ToolExecution>,
): Promise<CallResult> {
  const decided = await decidedPart(called, result);
  const { execution } = result;
  if (execution === undefined) return refusal(decided, called.tool, result);
  const { outcome, response, error, output } = execution;
  const status = statusOf(result.decision.operation, execution);
  const structured: ToolResult = {
    ...decided,
    status,
    execution: { outcome, ...(response === undefined ? {} : { status: response.status }) },
    output: output.structured,
    ...(error === undefined ? {} : { error: errorOf(error) }),
  };
  const text = [
    output.text,
    ...(error === undefined ? [] : [failureText(error)]),
    ...(status === "unknown" ? [unknownText(result.decision)] : []),
  ];
  return {
    text: text.filter((part) => part !== "").join("\n"),
    ...{ structured, isError: status !== "done" },
  };
}

/** What became of asking for a call of `tool`: a request that is filed is what was asked for. */
export async function proposalResult(
  called: Called,
  tool: string,
  result: GateResult<Decision["operation"], ToolExecution>,
): Promise<CallResult> {
  const decided = await decidedPart(called, result);
  if (result.decision.effect !== "allow") {
    const refused = refusal(decided, tool, result);
    return { ...refused, isError: result.waiting === undefined };
  }
  const text = `nobody needs to be asked: ${decided.text} [${decided.reason}]; call ${tool} with these arguments`;
  return { text: visible(text), structured: { ...decided, status: "done" }, isError: false };
}

const LOOK_FIRST = "look at what it was to change before you try again";

/** Only what rests on a person's yes is stopped from being tried twice. */
function unknownText({ reason }: Decision): string {
  const isBlocked = reason === "approved" || reason === "granted";
  const then = isBlocked
    ? "Do not try it again: it is refused until a person has found out."
    : `Nothing stops a second call: ${LOOK_FIRST}.`;
  return `holdfast: what came of it is not known. ${then}`;
}

const fixLine = (fix: string): string => `  fix  ${fix}`;

/** Models read the text, so all of a failure stands in it. */
const failureText = ({
  code,
  message,
  fix,
}: {
  readonly code: string;
  readonly message: string;
  readonly fix: string | undefined;
}): string =>
  visibleLines([`holdfast: ${message} [${code}]`, ...(fix === undefined ? [] : [fixLine(fix)])]);

const STATUS_OF = {
  succeeded: "done",
  failed_no_effect: "failed",
  unknown: "unknown",
} as const satisfies Record<ToolExecution["outcome"], ToolResult["status"]>;

/** A program that ran to its end and says that it failed has not done what it was called for. */
function statusOf({ kind }: Operation, { outcome, response }: ToolExecution): ToolResult["status"] {
  const code = kind === "hcp" ? 0 : (response?.status ?? 0);
  return outcome === "succeeded" && code !== 0 ? "exited" : STATUS_OF[outcome];
}

const errorOf = ({ code, message, fix }: Failure): NonNullable<ToolResult["error"]> => ({
  ...{ code, message },
  ...(fix === undefined ? {} : { fix }),
});

type Decided = Omit<ToolResult, "status">;

async function decidedPart(
  called: Called,
  { decision, waiting, unasked }: GateResult<Decision["operation"], unknown>,
): Promise<Decided> {
  const { operation, effect, reason, rule } = decision;
  const aftermath = {
    ...(waiting === undefined ? {} : { waiting }),
    ...(unasked === undefined ? {} : { unasked }),
  };
  const json = (await decisionJson(decision, aftermath)) as DecisionJson;
  const { organization, id, hostname, path } = operation.target;
  return {
    ...base(called),
    ...{ effect, reason, text: json.text },
    ...(rule === undefined ? {} : { rule }),
    operation: {
      kind: operation.kind,
      class: operation.resourceClass,
      title: operation.title,
      line: visible(requestWords(operation)),
      impact: operation.impact,
      reversible: operation.reversibility,
      target: {
        ...{ hostname, path },
        ...(organization === undefined ? {} : { organization }),
        ...(id === undefined ? {} : { id }),
      },
      digest: json.operation.digest,
    },
    ...requestOf(json, waiting !== undefined),
    remedies: json.remedies.map((each) => ({ for: each.for, command: each.command })),
  };
}

interface DecisionJson {
  readonly text: string;
  readonly operation: { readonly digest: string };
  readonly remedies: readonly Remedy[];
  readonly request?: { readonly id: string; readonly status?: string; readonly expiresAt?: string };
}

function requestOf({ request }: DecisionJson, isWaiting: boolean): Pick<ToolResult, "request"> {
  if (request === undefined) return {};
  const { id, status = isWaiting ? "pending" : "answered", expiresAt } = request;
  return { request: { id, status, ...(expiresAt === undefined ? {} : { expiresAt }) } };
}

/** Which program is missing: nobody can be asked about what is not there. */
function notFound({ operation }: Decision): string | undefined {
  if (operation.kind !== "command" || operation.command.unbindable !== "not-resolved")
    return undefined;
  const { typed } = operation.command;
  return typed.includes("/") ? `no program at ${typed}` : `no ${typed} on PATH`;
}

function refusal(
  decided: Decided,
  tool: string,
  { decision, waiting, unasked }: GateResult<Decision["operation"], unknown>,
): CallResult {
  const { operation, rule, remedies, request } = decided;
  const status = waiting === undefined ? "refused" : "waiting";
  const nothing = decision.operation.kind === "hcp" ? "nothing sent" : "nothing run";
  const what = waiting === undefined ? "refused" : "a person must answer";
  const width = Math.max(0, ...remedies.map((each) => each.for.length));
  const because = rule?.because === undefined ? "" : `: ${rule.because}`;
  return {
    text: visibleLines([
      `holdfast: ${what}, ${nothing}: ${operation?.line}`,
      `  why  ${decided.text} [${decided.reason}]`,
      ...(rule === undefined ? [] : [`  rule ${rule.id} (${rule.where})${because}`]),
      ...(unasked === undefined ? [] : [`  not asked: ${notFound(decision) ?? unasked}`]),
      ...(remedies.length === 0 ? [] : [`  ${adviceOf(decision.reason, decision.rule)}`]),
      ...remedies.map((each) => `    ${each.for.padEnd(width)}  ${each.command}`),
      ...(waiting === undefined
        ? []
        : [
            `  Once it is approved, call ${tool} again with the same arguments; check_approval ${request?.id} says whether it is.`,
          ]),
    ]),
    structured: { ...decided, status },
    isError: true,
  };
}

/** Nothing that came from outside moves a cursor. */
const visibleLines = (lines: readonly string[]): string => lines.map(visible).join("\n");
