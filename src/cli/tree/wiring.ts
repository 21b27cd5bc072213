// What every part of the command tree needs: the shared flags, examples, repeatable flags.

import { Command } from "commander";
import type { CliContext, GlobalOptions } from "../context.ts";

/** Told the exit code of the command that ran. */
export type OnExit = (code: number) => void;

/** The examples of a command, as the end of its help. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`;
}

/** The flags that all commands share, wherever they stood. */
export function globalsOf(command: Command): GlobalOptions {
  const { json, markdown, quiet, color, debug, dryRun } = command.optsWithGlobals();
  return {
    json: json === true,
    markdown: markdown === true,
    quiet: quiet === true,
    color: color !== false,
    debug: debug === true,
    dryRun: dryRun === true,
  };
}

/** For flags that repeat: collects the values in order. */
export const collect = (value: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];

/** `holdfast` itself, without its commands. */
export function rootCommand(context: CliContext): Command {
  return new Command("holdfast")
    .description("Stands between coding agents and the delete button of your infrastructure.")
    .version(context.version, "--version", "print the version")
    .option("--json", "print one JSON object on stdout")
    .option("--markdown", "print Markdown on stdout")
    .option("--dry-run", "say what would happen, and change nothing")
    .option("--quiet", "print nothing on stdout for mutations, and never prompt")
    .option("--no-color", "print without colour (as NO_COLOR does)")
    .option("--debug", "print stack traces")
    .addHelpText(
      "after",
      examples([
        "holdfast demo",
        "holdfast harness exec --allow-delete=workspaces,runs -- claude",
        "holdfast api /workspaces/ws-8ZkQ -X DELETE --dry-run",
      ]),
    );
}
