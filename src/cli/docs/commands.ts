// docs/commands.md: every command, from the tree that parses the command line.

import type { Command, Option } from "commander";
import { EXIT_MEANING } from "../../policy/exit-code.ts";
import { pathOf } from "../completion/words.ts";
import { DOCTOR_CHECKS } from "../doctor-command.ts";
import { examplesOf } from "./examples.ts";
import { shownBelow } from "../completion/words.ts";
import { anchor, block, code, GENERATED, page, plain, table } from "./markdown.ts";

/** What the tree cannot say, by command. */
const NOTES: Readonly<Record<string, () => string[]>> = {
  "harness exec": () => [
    "Exits with the command's own code; with 128 and the signal's number where a signal ended it.",
  ],
  doctor: () => [
    "Exits with 0 where there is no problem, with 1 where there is one. What it checks:",
    table(
      ["check", "id in `--json`"],
      DOCTOR_CHECKS.map(({ id, title }) => [plain(title), code(id)]),
    ),
  ],
};

/** The page. */
export function commandsPage(program: Command): string {
  const commands = below(program);
  return page([
    "# Commands",
    GENERATED,
    plain(program.description()),
    commands.map((command) => `- ${link(command)}: ${plain(command.description())}`).join("\n"),
    exampleBlock(program),
    "## Global flags",
    "They may stand before and after any command.",
    optionTable(program.options),
    "## Exit codes",
    table(
      ["code", "meaning"],
      EXIT_MEANING.map(([number, meaning]) => [String(number), plain(meaning)]),
    ),
    ...commands.flatMap(commandBlocks),
  ]);
}

function below(command: Command): Command[] {
  return shownBelow(command).flatMap((each) => [each, ...below(each)]);
}

const fullName = (command: Command): string => `holdfast ${pathOf(command)}`;

function link(command: Command): string {
  return `[${code(fullName(command))}](${anchor(fullName(command))})`;
}

function commandBlocks(command: Command): string[] {
  const options = command.options.filter(({ hidden }) => !hidden);
  const given = command.registeredArguments;
  const name = fullName(command);
  return [
    `## ${name}`,
    `${sentence(command.description())}${globals(command)}`,
    block([`${name} ${command.usage()}`.trim()]),
    given.length === 0
      ? ""
      : table(
          ["argument", ""],
          given.map((each) => [code(each.name()), plain(each.description)]),
        ),
    options.length === 0 ? "" : optionTable(options),
    command.commands.length === 0
      ? ""
      : shownBelow(command)
          .map((each) => `- ${link(each)}: ${plain(each.description())}`)
          .join("\n"),
    exampleBlock(command),
    ...(NOTES[pathOf(command)]?.() ?? []),
  ];
}

function sentence(description: string): string {
  return plain(`${description.charAt(0).toUpperCase()}${description.slice(1)}.`);
}

function globals(command: Command): string {
  if (command.commands.length > 0) return "";
  return ` Takes the [global flags](${anchor("Global flags")}); exits with an [exit code](${anchor("Exit codes")}).`;
}

function optionTable(options: readonly Option[]): string {
  const shown = options.filter(({ hidden }) => !hidden);
  return table(
    ["flag", ""],
    shown.map(({ flags, description }) => [code(flags), plain(description)]),
  );
}

function exampleBlock(command: Command): string {
  const lines = examplesOf(command);
  return lines.length === 0 ? "" : block(lines, "sh");
}
