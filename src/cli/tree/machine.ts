// `holdfast doctor`, `demo` and `completion`: what concerns the machine, not the API.

import { Command } from "commander";
import type { CliContext } from "../context.ts";
import { examples, globalsOf, type OnExit } from "./wiring.ts";

/** The command. */
export function doctorCommand(context: CliContext, onExit: OnExit): Command {
  return new Command("doctor")
    .description("check this machine: places, credentials, reachability, sessions")
    .addHelpText("after", examples(["holdfast doctor", "holdfast doctor --json"]))
    .action(async (_: unknown, command: Command) => {
      const { runDoctor } = await import("../doctor-command.ts");
      onExit(await runDoctor(globalsOf(command), context));
    });
}

/** The command. */
export function demoCommand(context: CliContext, onExit: OnExit): Command {
  return new Command("demo")
    .description("see it work: no account, nothing written outside a temporary directory")
    .option("--serve", "keep the stand-in of the API running, and print how to use it")
    .addHelpText("after", examples(["holdfast demo", "holdfast demo --serve"]))
    .action(async (flags: { serve?: boolean }, command: Command) => {
      const { runDemo } = await import("../demo-command.ts");
      onExit(await runDemo(flags.serve === true, globalsOf(command), context));
    });
}

/** The command. */
export function completionCommand(
  context: CliContext,
  onExit: OnExit,
  program: () => Command,
): Command {
  return new Command("completion")
    .description("print a completion script")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText("after", examples(["source <(holdfast completion bash)"]))
    .action(async (shell: string) => {
      const { runCompletion } = await import("../completion-command.ts");
      onExit(await runCompletion(shell, program(), context));
    });
}
