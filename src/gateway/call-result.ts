// What came of a call, in words for a model and in fields for a program.

import { decisionJson } from "../gate/report.ts";
import type { GateResult } from "../gate/run.ts";
import { requestWords } from "../policy/command-line.ts";
import type { Decision } from "../policy/decide.ts";
import type { Environment } from "../policy/environment.ts";
import type { Failure } from "../policy/failure.ts";
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
  const lines = [`holdfast: ${message} [${code}]`, ...(fix === undefined ? [] : [`  fix  ${fix}`])];
  return { text: visibleLines(lines), structured, isError: true };
}

/** Something was begun, and then broke: it may have happened. */
export function brokenResult(called: Called, message: string): CallResult {
  const text = `it was begun, and what came of it is not known: ${message}`;
  const structured: ToolResult = {
    ...base(called),
    ...{ status: "unknown", text, error: { code: "outcome-unknown", message } },
  };
  const lines = [`holdfast: ${text}`, `  ${DO_NOT_REPEAT}`];
  return { text: visibleLines(lines), structured, isError: true };
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
  const status = STATUS_OF[outcome];
  const structured: ToolResult = {
    ...decided,
    status,
    execution: { outcome, ...(response === undefined ? {} : { status: response.status }) },
    output: output.structured,
    ...(error === undefined ? {} : { error: errorOf(error) }),
  };
  const text = [
    output.text,
    ...(error === undefined ? [] : [`holdfast: ${visible(error.message)} [${error.code}]`]),
    ...(status === "unknown" ? [`holdfast: what came of it is not known. ${DO_NOT_REPEAT}`] : []),
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

const DO_NOT_REPEAT = "Do not try it again; a person finds out.";

const STATUS_OF = {
  succeeded: "done",
  failed_no_effect: "failed",
  unknown: "unknown",
} as const satisfies Record<ToolExecution["outcome"], ToolResult["status"]>;

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
      ...(unasked === undefined ? [] : [`  not asked: ${unasked}`]),
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
