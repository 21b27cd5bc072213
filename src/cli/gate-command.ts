// `holdfast gate -- COMMAND`: one command, through the gate.
//
// G1 The words after `--` are the command, all of them and nothing else: no flag of ours is looked
//    for among them, and no word before `--` is part of it.

import { type GateResult, run } from "../gate/run.ts";
import type { CommandResult } from "../gate/executors/command.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { CommandOperation } from "../policy/operation.ts";
import { type GateFlags, openCommand } from "./command-world.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import {
  decisionJson,
  failureJson,
  failureText,
  refusalExit,
  refusalText,
} from "../gate/report.ts";

/**
 * The command's words, out of everything that holdfast was called with (G1).
 *
 * @param parsed what is left of `all` when the flags are taken out
 * @throws Failure usage where there is no `--`, or something that is no flag before it
 */
export function commandWords(parsed: readonly string[], all: readonly string[]): readonly string[] {
  const words = all.includes("--") ? all.slice(all.indexOf("--") + 1) : [];
  const isAll = parsed.length === words.length && parsed.every((word, at) => word === words[at]);
  if (isAll && words.length > 0) return words;
  throw new Failure("usage", isAll ? "no COMMAND to run" : "the command belongs after --", {
    exitCode: EXIT.usage,
    fix: "holdfast gate -- COMMAND ARGS",
  });
}

/** Runs it, or refuses. Returns the command's own exit code, or 7 or 8. @throws Failure */
export async function runGate(
  argv: readonly string[],
  flags: GateFlags,
  globals: GlobalOptions,
  context: CliContext,
): Promise<number> {
  if (globals.dryRun) {
    const { runExplainGate } = await import("./gate-explanation.ts");
    return runExplainGate(argv, flags, globals, context);
  }
  const { resolved, world } = await openCommand(argv, flags, globals, context, true);
  try {
    return await show(await run(resolved.operation, world), globals, context);
  } finally {
    await world.close();
  }
}

async function show(
  { decision, execution, ...aftermath }: GateResult<CommandOperation, CommandResult>,
  globals: GlobalOptions,
  context: CliContext,
): Promise<number> {
  if (execution === undefined) {
    context.stderr.write(refusalText(decision, aftermath));
    if (globals.json)
      context.stdout.write(`${JSON.stringify(await decisionJson(decision, aftermath), null, 2)}\n`);
    return aftermath.waiting === undefined ? refusalExit(decision) : EXIT.waiting;
  }
  const { error, exitCode } = execution;
  if (error !== undefined) {
    context.stderr.write(failureText(error));
    if (globals.json) context.stdout.write(`${JSON.stringify(failureJson(error), null, 2)}\n`);
  }
  // What it printed is on stdout: nothing of ours is added to it.
  return exitCode;
}
