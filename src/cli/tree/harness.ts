// `holdfast harness`.

import { Command } from "commander";
import type { CliContext } from "../context.ts";
import { runExec } from "../harness-command.ts";
import { collect, examples, globalsOf, type OnExit } from "./wiring.ts";

const EXAMPLES = [
  "holdfast harness exec --allow-delete=workspaces,vars --max-deletes 10 -- claude",
  "holdfast harness exec --allow-delete=runs --ttl 30m --receipt receipt.json -- ./clean-up.sh",
  "holdfast harness exec --allow-delete=reversible --dry-run -- claude",
];

/** The command, with `harness exec` below it, and `more`: what is not started as often. */
export function harnessCommand(
  context: CliContext,
  onExit: OnExit,
  more: readonly Command[] = [],
): Command {
  const exec = new Command("exec")
    .description("run a command, and what it starts, inside a session that may delete")
    .argument("[command...]", "the command and its arguments, after --")
    .option(
      "--allow-delete <CLASSES>",
      "classes that may be deleted, with commas; repeats",
      collect,
    )
    .option("--organization <ORG>", "only in this organization")
    .option("--ttl <DURATION>", "how long the grant lasts at most (default: 8h)")
    .option("--max-deletes <N>", "how many deletions in all (default: no limit)")
    .option("--receipt <FILE>", "write the receipt as JSON when the command ends")
    .addHelpText("after", examples(EXAMPLES))
    .action(async (words: string[], flags: Record<string, never>, command: Command) => {
      onExit(await runExec({ ...flags, command: words }, globalsOf(command), context));
    });
  const harness = new Command("harness")
    .description("wrap agents and scripts, and install holdfast for agents")
    .addCommand(exec)
    .addHelpText("after", examples(EXAMPLES.slice(0, 1)));
  for (const each of more) harness.addCommand(each);
  return harness;
}
