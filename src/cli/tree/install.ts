// `holdfast harness install`, `uninstall` and `list`.

import { Command } from "commander";
import type { CliContext } from "../context.ts";
import type { InstallFlags } from "../install-command.ts";
import { examples, globalsOf, type OnExit } from "./wiring.ts";

const AGENT = "claude-code, codex, opencode, cursor, gemini-cli, copilot-cli or generic";

/** The three commands. */
export function installCommands(context: CliContext, onExit: OnExit): Command[] {
  const install = new Command("install")
    .description("give an agent the gateway's tools, the hook and the skill; shows what changes")
    .argument("[agent]", AGENT)
    .option(
      "-e, --environment <ENV>",
      "the environment that its gateway serves: dev, staging or prod",
    )
    .option("--policy <FILE>", "a policy file for its gateway besides the usual ones")
    .option("--project", "in the current project's files instead of the user's")
    .option("--file <PATH>", "for generic: the client's configuration file")
    .option("--detect", "for every agent that is found; without -e, only say which")
    .addHelpText(
      "after",
      examples([
        "holdfast harness install claude-code -e dev --dry-run",
        "holdfast harness install claude-code -e dev",
        "holdfast harness install --detect",
      ]),
    )
    .action(async (agent: string | undefined, flags: InstallFlags, command: Command) => {
      const { runInstall } = await import("../install-command.ts");
      const { openInstallWorld } = await import("../install-world.ts");
      const globals = globalsOf(command);
      const world = await openInstallWorld(context, globals);
      onExit(await runInstall(agent, flags, globals, context, world));
    });
  const uninstall = new Command("uninstall")
    .description("take out of an agent's files what was installed, and nothing else")
    .argument("<agent>", AGENT)
    .option("--project", "out of the current project's files instead of the user's")
    .option("--file <PATH>", "for generic: the client's configuration file")
    .addHelpText("after", examples(["holdfast harness uninstall claude-code"]))
    .action(async (agent: string, flags: InstallFlags, command: Command) => {
      const { runUninstall } = await import("../install-command.ts");
      const { openInstallWorld } = await import("../install-world.ts");
      const globals = globalsOf(command);
      const world = await openInstallWorld(context, globals);
      onExit(await runUninstall(agent, flags, globals, context, world));
    });
  const list = new Command("list")
    .description("list the agents that holdfast knows, and what each one has of it")
    .option("--project", "look at the current project's files instead of the user's")
    .addHelpText("after", examples(["holdfast harness list", "holdfast harness list --json"]))
    .action(async (flags: { project?: boolean }, command: Command) => {
      const { openInstallWorld } = await import("../install-world.ts");
      const { runAgentsList } = await import("../agents-list.ts");
      const globals = globalsOf(command);
      onExit(runAgentsList(flags, globals, context, await openInstallWorld(context, globals)));
    });
  return [install, uninstall, list];
}
