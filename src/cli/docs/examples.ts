// The examples of a command, read back from its help: commander keeps text after the help to itself.

import type { Command } from "commander";

/** The command lines under `Examples:`, without the prompt. */
export function examplesOf(command: Command): string[] {
  let help = "";
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  const [, after = ""] = help.split("\nExamples:\n");
  return after
    .split("\n")
    .filter((line) => line.startsWith("  $ "))
    .map((line) => line.slice("  $ ".length));
}
