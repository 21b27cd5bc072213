// `holdfast explain`.

import { Command } from "commander";
import type { ApiFlags } from "../api/flags.ts";
import type { CliContext } from "../context.ts";
import { addApiFlags } from "./api.ts";
import { wordsGiven } from "./gate.ts";
import { collect, examples, globalsOf, type OnExit } from "./wiring.ts";

const EXAMPLES = [
  "holdfast explain api -X DELETE /workspaces/ws-8ZkQ",
  "holdfast explain gate -- make clean",
  "holdfast explain --allow-delete=reversible",
];

/** The command, with `explain api` and `explain gate` below it. */
export function explainCommand(context: CliContext, onExit: OnExit): Command {
  const explain = new Command("explain")
    .description("say what the gate would decide, and why")
    .option(
      "--allow-delete <CLASSES>",
      "print every class as such a session would treat it",
      collect,
    )
    .addHelpText("after", examples(EXAMPLES))
    .action(async (flags: { allowDelete?: string[] }, command: Command) => {
      const { runExplainClasses } = await import("../explain-command.ts");
      onExit(await runExplainClasses(flags.allowDelete, globalsOf(command), context));
    });
  const api = addApiFlags(new Command("api"))
    .description("explain one request; nothing is sent but reads")
    .argument("<path>", "path below the API root, or a URL on the configured host")
    .addHelpText("after", examples(EXAMPLES.slice(0, 1)))
    .action(async (path: string, flags: Omit<ApiFlags, "path">, command: Command) => {
      const { refuseBoth, runExplainApi } = await import("../explain-command.ts");
      refuseBoth(command.optsWithGlobals().allowDelete, "api");
      onExit(await runExplainApi({ ...flags, path }, globalsOf(command), context));
    });
  const gate = new Command("gate")
    .description("explain one command; it is not run")
    .argument("[command...]", "the command and its arguments, after --")
    .option("--agent <ID>", "whose command it is, for policy and the allowlist")
    .option(
      "-e, --environment <ENV>",
      "as the gateway and the hook of this environment would decide",
    )
    .addHelpText("after", examples(EXAMPLES.slice(1, 2)))
    .action(
      async (
        parsed: string[],
        flags: { agent?: string; environment?: string },
        command: Command,
      ) => {
        const { refuseBoth, runExplainGate } = await import("../explain-command.ts");
        refuseBoth(command.optsWithGlobals().allowDelete, "gate");
        const words = wordsGiven(command);
        onExit(await runExplainGate(parsed, words, flags, globalsOf(command), context));
      },
    );
  return explain.addCommand(api).addCommand(gate);
}
