// `holdfast hook`.

import { Command } from "commander";
import type { CliContext } from "../context.ts";
import { examples, type OnExit } from "./wiring.ts";

/** The command. Whatever it is called with, it answers: an agent takes an error of usage for a yes. */
export function hookCommand(context: CliContext, onExit: OnExit): Command {
  return new Command("hook")
    .description("answer an agent that asks before it uses a tool: its JSON on stdin")
    .argument("[agent...]", "claude-code, codex, opencode, cursor, gemini-cli or copilot-cli")
    .allowUnknownOption()
    .addHelpText("after", examples(["holdfast hook claude-code < call.json"]))
    .action(async (words: string[]) => {
      const { runHook } = await import("../hook-command.ts");
      onExit(await runHook(words, context));
    });
}
