// What the gate would decide, shown: `holdfast explain api` and `holdfast api --dry-run`.

import type { Decision } from "../policy/decide.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { type CommandOperation, type HcpOperation, isHarmless } from "../policy/operation.ts";
import { isResourceClass, RESOURCE_CLASSES } from "../policy/resource-class.ts";
import { visible } from "../system/terminal-text.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { decisionJson, requestLine, ruleText, whyText } from "../gate/report.ts";

const VERDICT = {
  ask: "would ask the person at this terminal",
  deny: "would be refused",
} as const;

/** A line of an explanation. */
export type ExplanationRow = readonly [label: string, text: string];

function verdict({ effect, operation }: Decision): string {
  if (effect !== "allow") return VERDICT[effect];
  return operation.kind === "hcp" ? "would be sent" : "would be run";
}

function reversibilityText({ operation }: Decision): string | undefined {
  if (isHarmless(operation)) return undefined;
  if (operation.resourceClass === "unknown")
    return operation.kind === "hcp"
      ? "unknown: no known request matches it"
      : "unknown: what would run could not be found, or not be pinned";
  if (operation.resourceClass === "commands") return "commands: what one does cannot be known";
  const { resourceClass, reversibility } = operation;
  if (!isResourceClass(resourceClass)) return `${resourceClass}: ${reversibility}`;
  return `${resourceClass}: ${reversibility}, ${RESOURCE_CLASSES[resourceClass].because}`;
}

function requestRows(operation: HcpOperation): [string, string][] {
  const { request, target } = operation;
  return [
    ["request", requestLine(operation)],
    ["host", target.hostname],
    ...Object.entries(request.headers).map(([name, value]): [string, string] => [
      "header",
      `${name}: ${value}`,
    ]),
    ["header", "authorization: Bearer ... (not shown)"],
    ...(request.body === undefined ? [] : [["body", request.body] as [string, string]]),
  ];
}

function commandRows({ command }: CommandOperation): [string, string][] {
  return [
    ["runs", command.executable],
    ...command.args.map((arg): [string, string] => ["argument", arg]),
    ["in", command.cwd],
    ["passes", Object.keys(command.environment).join(" ") || "no variables"],
  ];
}

/**
 * The explanation as lines: the verdict, why, and what would be sent or run, credentials left out.
 *
 * @param more rows to add below
 */
export function explanationText(decision: Decision, more: readonly ExplanationRow[] = []): string {
  const { operation } = decision;
  const reversibility = reversibilityText(decision);
  const rows: ExplanationRow[] = [
    ["why", whyText(decision)],
    ...(decision.rule === undefined ? [] : [["rule", ruleText(decision.rule)] as const]),
    ...(reversibility === undefined ? [] : [["class", reversibility] as [string, string]]),
    ...(operation.items === 1
      ? []
      : [["counts as", `${operation.items} deletions`] as [string, string]]),
    ...(operation.kind === "hcp" ? requestRows(operation) : []),
    ...(operation.kind === "command" ? commandRows(operation) : []),
    ...more,
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `holdfast: dry run, nothing ${operation.kind === "hcp" ? "sent" : "run"}: ${verdict(decision)}: ${visible(operation.title)}`,
    ...rows.map(([label, text]) => `  ${label.padEnd(width)}  ${visible(text)}`),
    "",
  ].join("\n");
}

/** Shows it: text on stderr, JSON or Markdown on stdout. Exit 7 where it would be refused. */
export async function showExplanation(
  decision: Decision,
  globals: GlobalOptions,
  context: CliContext,
  more: readonly ExplanationRow[] = [],
): Promise<ExitCode> {
  context.stderr.write(explanationText(decision, more));
  if (globals.json)
    context.stdout.write(`${JSON.stringify(await decisionJson(decision), null, 2)}\n`);
  else if (globals.markdown)
    context.stdout.write(
      `**${decision.effect}** (\`${decision.reason}\`): \`${requestLine(decision.operation)}\`\n`,
    );
  return decision.effect === "deny" ? EXIT.refused : EXIT.ok;
}
