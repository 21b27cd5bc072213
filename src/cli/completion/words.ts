// What can be completed, read off the real command tree: whatever a command is given there, every
// shell completes.

import type { Command, Option } from "commander";
import { REQUEST_STATES } from "../../policy/approval.ts";
import { ENVIRONMENTS } from "../../policy/environment.ts";
import { RESOURCE_CLASSES, WILDCARDS } from "../../policy/resource-class.ts";
import { API_FLAGS } from "../api/flags.ts";

/** What a value is completed with. */
export type ValueKind =
  /** Classes and wildcards, several with commas. */
  | "classes"
  | "methods"
  | "files"
  /** Ids of sessions, asked of `holdfast session list`. */
  | "sessions"
  | "shells"
  /** States of a request. */
  | "states"
  | "environments"
  /** Path templates of the API. */
  | "paths"
  /** A command of the system, and its own arguments. */
  | "command"
  /** Nothing that we could know. */
  | "free";

export interface CompletedOption {
  /** `-X`, `--method`: every spelling. */
  readonly names: readonly string[];
  readonly description: string;
  /** Absent: it takes no value. */
  readonly value?: ValueKind;
}

export interface CompletedCommand {
  /** `""` for the root, then `harness exec`. */
  readonly path: string;
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  /** Its own and the global ones. */
  readonly options: readonly CompletedOption[];
  /** The kind of each positional argument; the last one of a variadic command counts for the rest. */
  readonly arguments: readonly ValueKind[];
}

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** Values of options, by long name. What is not here is free text. */
export const OPTION_VALUES: Readonly<Record<string, ValueKind>> = {
  "--allow-delete": "classes",
  "--method": "methods",
  "--input": "files",
  "--receipt": "files",
  "--session": "sessions",
  "--state": "states",
  "--environment": "environments",
  "--policy": "files",
};

/** Positional arguments, by name. */
export const ARGUMENT_VALUES: Readonly<Record<string, ValueKind>> = {
  path: "paths",
  file: "files",
  shell: "shells",
  id: "sessions",
  command: "command",
};

/** Of ids only those of sessions can be asked for: another command's is free text. */
function argumentKind(command: Command, name: string): ValueKind {
  if (name === "id" && command.parent?.name() !== "session") return "free";
  return ARGUMENT_VALUES[name] ?? "free";
}

/** The fixed words of a kind; empty where they are looked up or unknown. */
export function wordsOf(kind: ValueKind): readonly string[] {
  switch (kind) {
    case "classes":
      return [...WILDCARDS, ...Object.keys(RESOURCE_CLASSES)];
    case "methods":
      return API_FLAGS.find(({ name }) => name === "method")?.values ?? [];
    case "shells":
      return SHELLS;
    case "states":
      return REQUEST_STATES.map((state) => state.replaceAll("_", "-"));
    case "environments":
      return ENVIRONMENTS;
    case "files":
    case "sessions":
    case "paths":
    case "command":
    case "free":
      return [];
  }
}

/** The tree as a list, the root first. */
export function completedCommands(program: Command): CompletedCommand[] {
  const global = program.options.filter(isShown).map(completedOption);
  return [program, ...below(program)].map((command) => ({
    path: pathOf(command),
    subcommands: shownBelow(command).map((each) => ({
      name: each.name(),
      description: each.description(),
    })),
    options: [
      ...(command === program ? [] : command.options.filter(isShown).map(completedOption)),
      ...global,
      { names: ["-h", "--help"], description: "display help for command" },
    ],
    arguments: command.registeredArguments.map((each) => argumentKind(command, each.name())),
  }));
}

function below(command: Command): Command[] {
  return shownBelow(command).flatMap((each) => [each, ...below(each)]);
}

/** Its subcommands, but those that only holdfast itself calls. */
export function shownBelow(command: Command): Command[] {
  const shown = command.createHelp().visibleCommands(command);
  return command.commands.filter((each) => shown.includes(each));
}

/** `harness exec`; empty for the root. */
export function pathOf(command: Command): string {
  if (command.parent === null) return "";
  return `${pathOf(command.parent)} ${command.name()}`.trim();
}

const isShown = (option: Option): boolean => !option.hidden;

function completedOption(option: Option): CompletedOption {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const takesValue = option.required || option.optional;
  return {
    names,
    description: option.description,
    ...(takesValue ? { value: OPTION_VALUES[option.long ?? ""] ?? "free" } : {}),
  };
}
