// What installing shows: before, and after.

import type { Agent, Launch } from "../agents/agent.ts";
import { AGENTS } from "../agents/catalogue.ts";
import { detected } from "../agents/detect.ts";
import { unifiedDiff } from "../agents/diff.ts";
import type { Plan } from "../agents/installation.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { visible } from "../system/terminal-text.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

/** What would change, as one difference. */
export const diffsOf = (plans: readonly [Agent, Plan][]): string =>
  plans
    .flatMap(([, { changes }]) => changes)
    .map(({ file, after, shownText }) => unifiedDiff(file.path, file.text, after, shownText))
    .join("");

/** What an installation for another environment takes the place of. */
export function switchText(plans: readonly [Agent, Plan][]): string {
  return plans
    .map(([agent, { changes }]) => {
      const gateways = changes.filter(({ parts }) => parts.includes("gateway"));
      const [before] = gateways.flatMap(({ file, shownText }) => served(file.text, shownText));
      const [after] = gateways.flatMap((each) => served(each.after, each.shownText));
      if (before === undefined || after === undefined || before === after) return "";
      return `holdfast: ${agent.name} is switched from ${before} to ${after}\n`;
    })
    .join("");
}

/** Which environment's gateway a text registers. */
function served(text: string | undefined, shownText: (text: string) => string): string[] {
  const found = /"gateway",\s*"serve",\s*"-e",\s*"([a-z]+)"/.exec(shownText(text ?? ""));
  return found?.[1] === undefined ? [] : [found[1]];
}

/** Says what was done, or would be. */
export function report(
  done: string,
  plans: readonly [Agent, Plan][],
  { dryRun, quiet, json }: GlobalOptions,
  { env, stdout, stderr }: CliContext,
): void {
  for (const [agent, { changes, notes }] of plans) {
    const text =
      changes.length === 0
        ? `nothing to change for ${agent.name}`
        : dryRun
          ? `dry run: ${changes.length} files would be changed for ${agent.name}`
          : `${done} ${agent.name}`;
    const more = [
      ...(changes.length === 0 ? [] : notes),
      ...quieter(agent, changes),
      ...(changes.some(({ after }) => after !== undefined) && env.HOLDFAST_CONFIG_DIR
        ? ["HOLDFAST_CONFIG_DIR is set here: the agent must be started with the same"]
        : []),
    ];
    if (!quiet)
      stderr.write(
        [`holdfast: ${text}`, ...more.map((note) => `  ${visible(note)}`), ""].join("\n"),
      );
  }
  if (!json) return;
  const files = plans.flatMap(([agent, { changes }]) =>
    changes.map(({ file, parts, after }) => ({
      agent: agent.id,
      path: file.path,
      parts,
      change: file.text === undefined ? "made" : after === undefined ? "removed" : "changed",
    })),
  );
  stdout.write(`${JSON.stringify({ dryRun, changes: files }, null, 2)}\n`);
}

/** How to be asked less: the lines of policy, as they can be copied. */
const quieter = (agent: Agent, changes: Plan["changes"]): string[] =>
  changes.some(({ parts, after }) => parts.includes("hook") && after !== undefined)
    ? [
        `every command is ${agent.canAsk ? "asked about" : "denied"} that is not known to be harmless; to be ${agent.canAsk ? "asked" : "stopped"} only at what is known to destroy, or cannot be read, put into policy.yaml:`,
        ...["version: 1", "commands:", "  agents:", `    ${agent.id}:`, "      security: full"].map(
          (line) => `    ${line}`,
        ),
      ]
    : [];

/** Which agents are there. */
export function sayDetected(
  agents: readonly Agent[],
  { json }: GlobalOptions,
  context: CliContext,
): ExitCode {
  const { env, home, stdout, stderr } = context;
  const found = agents.map((agent) => ({ agent: agent.id, found: detected(agent, { env, home }) }));
  if (json) stdout.write(`${JSON.stringify({ detected: found }, null, 2)}\n`);
  else
    for (const { agent, found: where } of found)
      stdout.write(`${agent}\t${visible(where ?? "")}\n`);
  stderr.write(
    found.length === 0
      ? "holdfast: no agent that it knows was found\n"
      : "holdfast: to install for these: holdfast harness install --detect -e ENV\n",
  );
  return EXIT.ok;
}

/** For a client that nobody knows: what its configuration takes, to be copied. */
export function printSnippet(launch: Launch, { env, home, stdout, stderr }: CliContext): ExitCode {
  const [part] = AGENTS.generic.parts({ env, home, file: "/" }, launch);
  if (part?.kind !== "json" || part.name === undefined) throw new Error("no snippet");
  stdout.write(`${JSON.stringify({ mcpServers: { [part.name]: part.value } }, null, 2)}\n`);
  stderr.write("holdfast: nothing was changed; to write it into a file: --file PATH\n");
  return EXIT.ok;
}
