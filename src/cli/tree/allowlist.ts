// `holdfast allowlist`.

import { Command } from "commander";
import type { CliContext } from "../context.ts";
import { wordsGiven } from "./gate.ts";
import { examples, globalsOf, type OnExit } from "./wiring.ts";

const ADD_EXAMPLES = [
  "holdfast allowlist add /usr/bin/git -- status",
  "holdfast allowlist add --expires 30d /usr/bin/git -- ls-files '*'",
  "holdfast allowlist add --agent claude-code /usr/bin/git -- status '**'",
];

interface AddFlags {
  readonly agent?: string;
  readonly expires?: string;
}

/** The command, with its three subcommands. */
export function allowlistCommand(context: CliContext, onExit: OnExit): Command {
  const load = () => import("../allowlist-command.ts");
  const allowlist = new Command("allowlist")
    .description("look at, add or remove what is allowed for good")
    .addHelpText("after", examples(["holdfast allowlist list", ...ADD_EXAMPLES.slice(0, 1)]));
  allowlist
    .command("list")
    .description("list entries: whose, what they cover, when they were last used")
    .addHelpText("after", examples(["holdfast allowlist list --json"]))
    .action(async (_: unknown, command: Command) => {
      const { openAnswers, runAllowlistList } = await load();
      onExit(
        await runAllowlistList(
          globalsOf(command),
          context,
          await openAnswers(context, globalsOf(command)),
        ),
      );
    });
  allowlist
    .command("add")
    .argument("<pattern>", "absolute path of the program, links followed; * and ? within a name")
    .argument("[args...]", "its arguments, after --: * is any one, a last ** any more")
    .option("--agent <ID>", "whose commands: an agent's id, or * for every agent (default: main)")
    .option("--expires <DURATION>", "how long it lasts (default: until it is removed)")
    .description("allow a command for good; without -- ARGS, with any arguments, after a yes")
    .addHelpText("after", examples(ADD_EXAMPLES))
    .action(async (pattern: string, parsed: string[], flags: AddFlags, command: Command) => {
      const { argsAfter, openAnswers, runAllowlistAdd } = await load();
      const args = argsAfter(parsed, wordsGiven(command));
      const answers = await openAnswers(context, globalsOf(command));
      onExit(
        await runAllowlistAdd({ ...flags, pattern, args }, globalsOf(command), context, answers),
      );
    });
  allowlist
    .command("remove")
    .argument("<id>", "the entry's id")
    .description("take an entry back, at once and for good")
    .addHelpText("after", examples(["holdfast allowlist remove 7KQF2M"]))
    .action(async (id: string, _: unknown, command: Command) => {
      const { openAnswers, runAllowlistRemove } = await load();
      const answers = await openAnswers(context, globalsOf(command));
      onExit(await runAllowlistRemove(id, globalsOf(command), context, answers));
    });
  return allowlist;
}
