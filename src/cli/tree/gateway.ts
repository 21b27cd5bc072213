// `holdfast gateway`.

import { Command, Option } from "commander";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import type { GatewayDoctorFlags } from "../gateway-doctor-command.ts";
import { examples, globalsOf, type OnExit } from "./wiring.ts";

interface ServeFlags {
  readonly environment?: string;
  readonly policy?: string;
  readonly listen?: string;
  readonly rehearsal?: string;
}

/** Flags that would change nothing here: whoever gives one must not believe that it does. */
function refuseShared({ json, markdown, quiet, dryRun }: GlobalOptions): void {
  const given = { "--dry-run": dryRun, "--json": json, "--markdown": markdown, "--quiet": quiet };
  const [flag] = Object.entries(given).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  if (flag === undefined) return;
  throw new Failure(
    "usage",
    `gateway serve has no ${flag}: it serves tools, and they do what they say`,
    {
      exitCode: EXIT.usage,
      fix:
        flag === "--dry-run"
          ? "leave it out; holdfast gateway doctor -e ENV shows what is stopped, and reaches nothing"
          : "leave it out",
    },
  );
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
    .addOption(new Option("--rehearsal <DIR>", "where the doctor rehearses").hideHelp())
    .addHelpText(
      "after",
      examples([
        "holdfast gateway serve -e dev",
        "holdfast gateway serve -e prod --policy /etc/payments/policy.yaml",
        "holdfast gateway serve -e staging --listen 7717",
      ]),
    )
    .action(async (flags: ServeFlags, command: Command) => {
      refuseShared(globalsOf(command));
      const { serveGateway } = await import("../../gateway/serve.ts");
      onExit(await serveGateway({ environment: flags.environment, ...flags }, context));
    });
  gateway
    .command("doctor")
    .description("prove that the gateway stops what it must, under your policy; reaches nothing")
    .option("-e, --environment <ENV>", "dev, staging or prod; there is no default")
    .option("--policy <FILE>", "policy besides the machine's and your own; the strictest wins")
    .addHelpText(
      "after",
      examples([
        "holdfast gateway doctor -e dev",
        "holdfast gateway doctor -e prod --policy /etc/payments/policy.yaml",
        "holdfast gateway doctor -e prod --json",
      ]),
    )
    .action(async (flags: GatewayDoctorFlags, command: Command) => {
      const { runGatewayDoctor } = await import("../gateway-doctor-command.ts");
      onExit(await runGatewayDoctor(flags, globalsOf(command), context));
    });
  return gateway;
}
