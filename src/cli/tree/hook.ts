// `holdfast hook`.

import { Command } from "commander";
import type { CliContext } from "../context.ts";
import { examples, type OnExit } from "./wiring.ts";

/** Optional to the parser, which must not exit over it; the hook itself refuses one without a value. */
const optionOf = (environment: string | true | undefined): string[] =>
  environment === undefined ? [] : ["-e", ...(environment === true ? [] : [environment])];

/** The command. Whatever it is called with, it answers: an agent takes an error of usage for a yes. */
export function hookCommand(context: CliContext, onExit: OnExit): Command {
  return new Command("hook")
    .description("answer an agent that asks before it uses a tool: its JSON on stdin")
    .argument("[agent...]", "claude-code, codex, opencode, cursor, gemini-cli or copilot-cli")
    .option("-e, --environment [ENV]", "whose rules hold: dev, staging or prod, as its gateway's")
    .allowUnknownOption()
    .addHelpText("after", examples(["holdfast hook claude-code -e dev < call.json"]))
    .action(async (words: string[], { environment }: { environment?: string | true }) => {
      const { runHook } = await import("../hook-command.ts");
      onExit(await runHook([...words, ...optionOf(environment)], context));
    });
}
