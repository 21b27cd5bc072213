// What the gate would decide, shown: `holdfast explain api` and `holdfast api --dry-run`.

import type { Decision } from "../policy/decide.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { type CommandOperation, type HcpOperation, isHarmless } from "../policy/operation.ts";
import { RESOURCE_CLASSES } from "../policy/resource-class.ts";
import { visible } from "../system/terminal-text.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { decisionJson, requestLine, whyText } from "./report.ts";

const VERDICT = {
  allow: "would be sent",
  ask: "would ask the person at this terminal",
  deny: "would be refused",
} as const;

function reversibilityText({ operation }: Decision): string | undefined {
  if (isHarmless(operation)) return undefined;
  if (operation.resourceClass === "unknown") return "unknown: no known request matches it";
  if (operation.resourceClass === "commands") return "commands: what one does cannot be known";
  const { because } = RESOURCE_CLASSES[operation.resourceClass];
  return `${operation.resourceClass}: ${operation.reversibility}, ${because}`;
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

/** The explanation as lines: the verdict, why, and what would be sent, credentials left out. */
export function explanationText(decision: Decision): string {
  const { operation, effect } = decision;
  const reversibility = reversibilityText(decision);
  const rows: [string, string][] = [
    ["why", whyText(decision)],
    ...(reversibility === undefined ? [] : [["class", reversibility] as [string, string]]),
    ...(operation.items === 1
      ? []
      : [["counts as", `${operation.items} deletions`] as [string, string]]),
    ...(operation.kind === "hcp" ? requestRows(operation) : commandRows(operation)),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `holdfast: dry run, nothing sent: ${VERDICT[effect]}: ${visible(operation.title)}`,
    ...rows.map(([label, text]) => `  ${label.padEnd(width)}  ${visible(text)}`),
    "",
  ].join("\n");
}

/** Shows it: text on stderr, JSON or Markdown on stdout. Exit 7 where it would be refused. */
export async function showExplanation(
  decision: Decision,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  context.stderr.write(explanationText(decision));
  if (globals.json)
    context.stdout.write(`${JSON.stringify(await decisionJson(decision), null, 2)}\n`);
  else if (globals.markdown)
    context.stdout.write(
      `**${decision.effect}** (\`${decision.reason}\`): \`${requestLine(decision.operation)}\`\n`,
    );
  return decision.effect === "deny" ? EXIT.refused : EXIT.ok;
}
