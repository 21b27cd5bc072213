// `holdfast policy`.

import { Command } from "commander";
import type { CliContext } from "../context.ts";
import type { ShowFlags } from "../policy-command.ts";
import { examples, globalsOf, type OnExit } from "./wiring.ts";

const CHECK = "holdfast policy check /etc/holdfast/policy.yaml";
const SHOW = "holdfast policy show -e prod";

/** The command, with its two subcommands. */
export function policyCommand(context: CliContext, onExit: OnExit): Command {
  const load = () => import("../policy-command.ts");
  const policy = new Command("policy")
    .description("check a policy file, and show the policy that holds")
    .addHelpText("after", examples([CHECK, SHOW]));
  policy
    .command("check")
    .description("read a policy file with its rules' examples; exit 1 where it is none")
    .argument("<file>", "the file")
    .addHelpText("after", examples([CHECK, "holdfast policy check policy.yaml --json"]))
    .action(async (file: string, _: unknown, command: Command) =>
      onExit(await (await load()).runPolicyCheck(file, globalsOf(command), context)),
    );
  policy
    .command("show")
    .description("show what holds in an environment, with every rule and where it comes from")
    .option("-e, --environment <ENV>", "dev, staging or prod; there is no default")
    .option("--policy <FILE>", "policy besides the machine's and your own; the strictest wins")
    .addHelpText(
      "after",
      examples([SHOW, "holdfast policy show -e dev --policy ./policy.yaml --json"]),
    )
    .action(async (flags: ShowFlags, command: Command) =>
      onExit(await (await load()).runPolicyShow(flags, globalsOf(command), context)),
    );
  return policy;
}
