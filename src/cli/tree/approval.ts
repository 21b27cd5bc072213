// `holdfast approve`, `deny` and `approval`.

import { Command } from "commander";
import type { CliContext } from "../context.ts";
import { examples, globalsOf, type OnExit } from "./wiring.ts";

/** The command. */
export function approveCommand(context: CliContext, onExit: OnExit): Command {
  return new Command("approve")
    .description("say yes to a request that waits: this once, for the session, or always")
    .argument("[id]", "the request's id; without it the only one that waits")
    .option("--session", "add its class to the session that asked, until it ends")
    .option("--always", "add an allowlist entry for exactly this command")
    .addHelpText(
      "after",
      examples(["holdfast approve", "holdfast approve K7QF", "holdfast approve K7QF --session"]),
    )
    .action(async (id: string | undefined, flags: Record<string, never>, command: Command) => {
      const { runApprove } = await import("../answer-command.ts");
      onExit(await runApprove(id, flags, globalsOf(command), context));
    });
}

/** The command. */
export function denyCommand(context: CliContext, onExit: OnExit): Command {
  return new Command("deny")
    .description("say no to a request; it stays so until you reopen it")
    .argument("[id]", "the request's id; without it the only one that waits")
    .addHelpText("after", examples(["holdfast deny K7QF"]))
    .action(async (id: string | undefined, _: unknown, command: Command) => {
      const { runDeny } = await import("../answer-command.ts");
      onExit(await runDeny(id, globalsOf(command), context));
    });
}

/** The command, with its subcommands. */
export function approvalCommand(context: CliContext, onExit: OnExit): Command {
  const load = () => import("../approval-command.ts");
  const approval = new Command("approval")
    .description("look at requests, and at what became of them")
    .addHelpText("after", examples(["holdfast approval list", "holdfast approval show K7QF"]));
  approval
    .command("list")
    .description("list requests: what waits, runs, is denied or unknown")
    .option("--state <STATE>", "only these: pending, approved, denied, unknown, …")
    .option("--all", "the finished ones too")
    .addHelpText("after", examples(["holdfast approval list --all --json"]))
    .action(async (flags: Record<string, never>, command: Command) =>
      onExit(await (await load()).runApprovalList(flags, globalsOf(command), context)),
    );
  approval
    .command("show")
    .argument("<id>", "the request's id")
    .description("show a request, and what a read of its target shows now")
    .addHelpText("after", examples(["holdfast approval show K7QF"]))
    .action(async (id: string, _: unknown, command: Command) =>
      onExit(await (await load()).runApprovalShow(id, globalsOf(command), context)),
    );
  approval
    .command("watch")
    .description("a live list of what waits, for a second terminal; delivers notifications too")
    .addHelpText("after", examples(["holdfast approval watch"]))
    .action(async (_: unknown, command: Command) => {
      const { runApprovalWatch } = await import("../approval-watch-command.ts");
      onExit(await runApprovalWatch(globalsOf(command), context));
    });
  approval
    .command("courier", { hidden: true })
    .description("deliver notifications until none is left; holdfast starts it by itself")
    .addHelpText("after", examples(["holdfast approval courier"]))
    .action(async () => {
      const { runCourierCommand } = await import("../courier-command.ts");
      onExit(await runCourierCommand(context));
    });
  approval
    .command("reopen")
    .argument("<id>", "the request's id")
    .description("end a no: the operation may be asked for again")
    .addHelpText("after", examples(["holdfast approval reopen K7QF"]))
    .action(async (id: string, _: unknown, command: Command) =>
      onExit(await (await load()).runApprovalReopen(id, globalsOf(command), context)),
    );
  approval
    .command("withdraw")
    .argument("<id>", "the request's id")
    .description("take back a request, or an approval that was not used")
    .addHelpText("after", examples(["holdfast approval withdraw K7QF"]))
    .action(async (id: string, _: unknown, command: Command) =>
      onExit(await (await load()).runApprovalWithdraw(id, globalsOf(command), context)),
    );
  approval
    .command("resolve")
    .argument("<id>", "the request's id")
    .option("--happened", "it took effect")
    .option("--did-not-happen", "it did not take effect")
    .option("--evidence <TEXT>", "what you saw")
    .description("say what became of an attempt of which the outcome is unknown")
    .addHelpText(
      "after",
      examples(["holdfast approval resolve K7QF --happened --evidence 'the workspace is gone'"]),
    )
    .action(async (id: string, flags: Record<string, never>, command: Command) =>
      onExit(await (await load()).runApprovalResolve(id, flags, globalsOf(command), context)),
    );
  return approval;
}
