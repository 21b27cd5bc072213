// `holdfast harness list`: which agents are there, and what of holdfast each one has.

import { AGENTS } from "../agents/catalogue.ts";
import type { Agent, Launch, Part, PartName, Place } from "../agents/agent.ts";
import { readConfig } from "../agents/config-file.ts";
import { detected } from "../agents/detect.ts";
import { type PartState, stateOf } from "../agents/installation.ts";
import { ENVIRONMENTS, type Environment } from "../policy/environment.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { visible } from "../system/terminal-text.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

interface Row {
  readonly agent: string;
  readonly detected: string | undefined;
  readonly gateway: string;
  readonly hook: string;
  readonly skill: string;
  readonly files: readonly string[];
  readonly documented: string;
}

/** What a person reads of a part; `environment` is not looked at: any is ours. */
const WORDS: Readonly<Record<PartState, string>> = {
  absent: "no",
  same: "yes",
  other: "yes",
  foreign: "not ours",
};

function stateIn(agent: Agent, place: Place, launch: Launch, name: PartName): string {
  // A hook is for an environment, and whichever it is for is as it should be.
  const each = ENVIRONMENTS.map((environment) => partsOf(agent, place, launch, environment, name));
  const states = each.map((parts) => stateOfParts(parts, name));
  return states.find((state) => state === "yes") ?? states[0] ?? "-";
}

const partsOf = (
  agent: Agent,
  place: Place,
  launch: Omit<Launch, "environment">,
  environment: Environment,
  name: PartName,
): Part[] => agent.parts(place, { ...launch, environment }).filter(({ part }) => part === name);

function stateOfParts(parts: readonly Part[], name: PartName): string {
  if (parts.length === 0) return "-";
  try {
    const states = parts.map((part) => stateOf(part, readConfig(part.path).text));
    if (states.includes("foreign")) return WORDS.foreign;
    // A hook, or a skill, from another path or version: installing again mends it.
    if (name !== "gateway" && states.includes("other")) return "outdated";
    return states.includes("absent") ? WORDS.absent : "yes";
  } catch (error) {
    if (error instanceof Failure) return "unreadable";
    throw error;
  }
}

function rowOf(agent: Agent, place: Place, launch: Launch): Row {
  return {
    agent: agent.id,
    detected: detected(agent, place),
    gateway: stateIn(agent, place, launch, "gateway"),
    hook: stateIn(agent, place, launch, "hook"),
    skill: stateIn(agent, place, launch, "skill"),
    files: [...new Set(agent.parts(place, launch).map(({ path }) => path))],
    documented: agent.documented.version,
  };
}

/** Lists them. */
export function runAgentsList(
  { project }: { readonly project?: boolean },
  { json, markdown }: GlobalOptions,
  { env, home, cwd, stdout }: CliContext,
  { node, script }: Pick<Launch, "node" | "script">,
): ExitCode {
  const launch: Launch = { node, script, environment: "dev" };
  const rows = Object.values(AGENTS)
    .filter((agent) => project !== true || agent.hasProjectFiles)
    .map((agent) =>
      rowOf(agent, { env, home, ...(project === true ? { project: cwd } : {}) }, launch),
    );
  if (json) {
    const agents = rows.map((row) => ({ ...row, detected: row.detected ?? null }));
    stdout.write(`${JSON.stringify({ agents }, null, 2)}\n`);
    return EXIT.ok;
  }
  const lines = [
    ["agent", "detected", "gateway", "hook", "skill", "file", "format documented"],
    ...rows.map((row) => [
      row.agent,
      row.detected === undefined ? "no" : "yes",
      row.gateway,
      row.hook,
      row.skill,
      shortened(row.files.find((path) => !path.endsWith("SKILL.md")) ?? "-", home),
      row.documented,
    ]),
  ].map((line) => line.map(visible));
  stdout.write(markdown ? asMarkdown(lines) : asTable(lines));
  return EXIT.ok;
}

const shortened = (path: string, home: string): string =>
  path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;

function asTable(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

function asMarkdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("");
}
