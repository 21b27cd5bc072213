// `holdfast gate`.

import { Command } from "commander";
import type { GateFlags } from "../command-world.ts";
import type { CliContext } from "../context.ts";
import { examples, globalsOf, type OnExit } from "./wiring.ts";

/** Every word that holdfast was called with, `--` included, which commander leaves out. */
export function wordsGiven(command: Command): readonly string[] {
  let root: Command = command;
  while (root.parent !== null) root = root.parent;
  return (root as unknown as { readonly rawArgs: readonly string[] }).rawArgs;
}

/** The command. */
export function gateCommand(context: CliContext, onExit: OnExit): Command {
  return new Command("gate")
    .description("run one command, through the gate")
    .argument("[command...]", "the command and its arguments, after --")
    .option("--agent <ID>", "whose command it is, for policy and the allowlist")
    .option(
      "--wait [DURATION]",
      "where a person must answer, wait for it instead of exiting with 8",
    )
    .option("--reason <TEXT>", "why, for the person who answers; shown as unverified")
    .addHelpText(
      "after",
      examples([
        "holdfast gate -- make clean",
        "holdfast gate --agent claude-code --wait 10m -- terraform apply plan.tfplan",
        "holdfast gate --dry-run -- kubectl delete pod web-0",
      ]),
    )
    .action(async (parsed: string[], flags: GateFlags, command: Command) => {
      const { commandWords, runGate } = await import("../gate-command.ts");
      const words = commandWords(parsed, wordsGiven(command));
      onExit(await runGate(words, flags, globalsOf(command), context));
    });
}
