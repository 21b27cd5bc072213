// `holdfast session`.

import { Command } from "commander";
import type { CliContext } from "../context.ts";
import { examples, globalsOf, type OnExit } from "./wiring.ts";

const EXAMPLES = [
  "holdfast session list",
  "holdfast session show 7KQF2M",
  "holdfast session revoke 7KQF2M",
];

/** The command, with its four subcommands. */
export function sessionCommand(context: CliContext, onExit: OnExit): Command {
  const load = () => import("../session-command.ts");
  const session = new Command("session")
    .description("look at, end or extend running sessions")
    .addHelpText("after", examples(EXAMPLES));
  session
    .command("list")
    .description("list sessions")
    .addHelpText("after", examples(["holdfast session list --json"]))
    .action(async (_: unknown, command: Command) =>
      onExit(await (await load()).runSessionList(globalsOf(command), context)),
    );
  session
    .command("show")
    .argument("<id>", "the session's id")
    .description("show a session and its receipt so far")
    .addHelpText("after", examples(["holdfast session show 7KQF2M"]))
    .action(async (id: string, _: unknown, command: Command) =>
      onExit(await (await load()).runSessionShow(id, globalsOf(command), context)),
    );
  session
    .command("revoke")
    .argument("<id>", "the session's id")
    .description("take a session's grant away; its command runs on")
    .addHelpText("after", examples(["holdfast session revoke 7KQF2M"]))
    .action(async (id: string, _: unknown, command: Command) =>
      onExit(await (await load()).runSessionRevoke(id, globalsOf(command), context)),
    );
  session
    .command("adopt")
    .argument("<pid>", "a process that came loose from the session, such as a tmux server")
    .option("--session <ID>", "which session, where more than one is live")
    .description("bring a process, and what it starts, into a session")
    .addHelpText("after", examples(["holdfast session adopt 4242 --session 7KQF2M"]))
    .action(async (pid: string, flags: { session?: string }, command: Command) =>
      onExit(await (await load()).runSessionAdopt(pid, flags, globalsOf(command), context)),
    );
  return session;
}
