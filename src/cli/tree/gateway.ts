// `holdfast gateway`.

import { Command, Option } from "commander";
import type { CliContext } from "../context.ts";
import { examples, type OnExit } from "./wiring.ts";

interface ServeFlags {
  readonly environment?: string;
  readonly policy?: string;
  readonly listen?: string;
  readonly rehearsal?: string;
}

/** The command, with `gateway serve` below it. */
export function gatewayCommand(context: CliContext, onExit: OnExit): Command {
  const gateway = new Command("gateway")
    .description("tools for agents (MCP), instead of terraform, kubectl and a shell")
    .addHelpText("after", examples(["holdfast gateway serve -e dev"]));
  gateway
    .command("serve")
    .description("serve the tools: over stdio, or over HTTP on this machine")
    .option("-e, --environment <ENV>", "dev, staging or prod; there is no default")
    .option("--policy <FILE>", "policy besides the machine's and your own; the strictest wins")
    .option("--listen <PORT>", "a port of 127.0.0.1 (0: any), instead of stdio")
    // The doctor's own: gate/rehearsal.ts says what it does, and why it gives nobody anything.
    .addOption(new Option("--rehearsal <DIR>").hideHelp())
    .addHelpText(
      "after",
      examples([
        "holdfast gateway serve -e dev",
        "holdfast gateway serve -e prod --policy /etc/payments/policy.yaml",
        "holdfast gateway serve -e staging --listen 7717",
      ]),
    )
    .action(async (flags: ServeFlags) => {
      const { serveGateway } = await import("../../gateway/serve.ts");
      onExit(await serveGateway({ environment: flags.environment, ...flags }, context));
    });
  return gateway;
}
