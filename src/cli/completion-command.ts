// `holdfast completion SHELL`: a script that knows the command tree as it is now.

import type { Command } from "commander";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { quoted } from "./api/usage-failure.ts";
import { bashScript } from "./completion/bash.ts";
import { fishScript } from "./completion/fish.ts";
import {
  type CompletedCommand,
  completedCommands,
  SHELLS,
  type Shell,
} from "./completion/words.ts";
import { zshScript } from "./completion/zsh.ts";
import type { CliContext } from "./context.ts";

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Prints the script for `shell`. @throws Failure for a shell that is not known */
export async function runCompletion(
  shell: string,
  program: Command,
  context: Pick<CliContext, "stdout">,
): Promise<ExitCode> {
  const known = SHELLS.find((name) => name === shell);
  if (known === undefined)
    throw new Failure("usage", `SHELL: ${quoted(shell)} is none of ${SHELLS.join(", ")}`, {
      exitCode: EXIT.usage,
      fix: "holdfast completion bash, or zsh, or fish",
    });
  context.stdout.write(SCRIPTS[known](completedCommands(program)));
  return EXIT.ok;
}
