// One run of the command line: parse, run, and turn whatever happened into an exit code.

import { type Command, CommanderError } from "commander";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { visible } from "../system/terminal-text.ts";
import type { CliContext } from "./context.ts";
import { failureJson, failureText } from "../gate/report.ts";

/** Builds the commands that this run may need. */
export type BuildProgram = (context: CliContext, onExit: (code: number) => void) => Command;

/** Runs `holdfast` with the words after its name. Never throws; returns the exit code. */
export async function runCli(
  words: readonly string[],
  context: CliContext,
  build: BuildProgram,
): Promise<number> {
  let code: number = EXIT.ok;
  const program = build(context, (result) => {
    code = result;
  });
  prepare(program, context);
  try {
    await program.parseAsync([...words], { from: "user" });
    return code;
  } catch (error) {
    return conclude(error, words, context);
  }
}

function prepare(command: Command, context: CliContext, path = command.name()): void {
  command.exitOverride((error) => {
    throw isUsageError(error) ? usageFailure(error, path) : error;
  });
  suggestWithoutValue(command);
  command.configureHelp({ showGlobalOptions: true });
  command.configureOutput({
    writeOut: (text) => context.stdout.write(text),
    writeErr: (text) => context.stderr.write(text),
    getOutHelpWidth: () => context.stdout.columns || 80,
    getErrHelpWidth: () => context.stderr.columns || 80,
    outputError: () => {},
  });
  for (const child of command.commands) prepare(child, context, `${path} ${child.name()}`);
}

/** commander looks for a similar flag with the value still attached, and finds none. */
function suggestWithoutValue(command: Command): void {
  const internal = command as unknown as { unknownOption(flag: string): void };
  const unknownOption = internal.unknownOption.bind(command);
  internal.unknownOption = (flag) => unknownOption(flag.split("=")[0] ?? flag);
}

const isUsageError = (error: CommanderError): boolean =>
  error.exitCode !== 0 && error.code !== "commander.help";

function usageFailure(error: CommanderError, path: string): Failure {
  const message = visible(error.message.replace(/^error: /, "").replace(/\n+/g, " "));
  return new Failure("usage", message, { exitCode: EXIT.usage, fix: `${path} --help` });
}

function commandMissing(): Failure {
  return new Failure("usage", "which command?", { exitCode: EXIT.usage, fix: "holdfast --help" });
}

function conclude(error: unknown, words: readonly string[], context: CliContext): number {
  const flags = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
  const isHelp = error instanceof CommanderError && error.code === "commander.help";
  const failure = isHelp ? commandMissing() : asFailure(error, context.version);
  if (flags.includes("--debug") && error instanceof Error)
    context.stderr.write(`${error.stack ?? error.message}\n`);
  // Commander has printed the help: it says more.
  if (!isHelp) context.stderr.write(failureText(failure));
  if (flags.includes("--json"))
    context.stdout.write(`${JSON.stringify(failureJson(failure), null, 2)}\n`);
  return failure.exitCode;
}

function asFailure(error: unknown, version: string): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure("defect", `a defect in holdfast ${version}: ${message}`, {
    exitCode: EXIT.ownFailure,
    fix: "run it again with --debug, and report what it prints",
    cause: error,
  });
}
