// `holdfast api`.

import { Command, Option } from "commander";
import { API_FLAGS, type ApiFlags } from "../api/flags.ts";
import { runApi } from "../api-command.ts";
import type { CliContext } from "../context.ts";
import { collect, examples, globalsOf, type OnExit } from "./wiring.ts";

/** Adds the flags that describe a request, as `api` and `explain api` take them. */
export function addApiFlags(command: Command): Command {
  for (const { flags, description, repeat, hidden } of API_FLAGS) {
    const option = new Option(flags, description).hideHelp(hidden === true);
    if (repeat === true) option.argParser(collect);
    command.addOption(option);
  }
  return command;
}

/** The command. */
export function apiCommand(context: CliContext, onExit: OnExit): Command {
  return addApiFlags(new Command("api"))
    .description("make one HCP Terraform request, through the gate")
    .argument("<path>", "path below the API root, or a URL on the configured host")
    .addHelpText(
      "after",
      examples([
        "holdfast api /organizations/{organization}/workspaces --all",
        "holdfast api /workspaces/{workspace} -p workspace=payments-dev",
        "holdfast api /organizations/acme/workspaces -t workspaces -a name=scratch",
        "holdfast api /workspaces/ws-8ZkQ -X DELETE",
      ]),
    )
    .action(async (path: string, flags: Omit<ApiFlags, "path">, command: Command) => {
      onExit(await runApi({ ...flags, path }, globalsOf(command), context));
    });
}
