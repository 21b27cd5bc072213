// Runs a command for somebody who reads what it prints: shell_exec.
//
// X6 Everything of command.ts holds: what runs is what was decided on, resolved again just before. What
//    was let through because it only reads must still only read.
// X7 Its input is closed. Whoever wants it ended, or has waited long enough, ends its process group;
//    what came of it then is unknown, unless it only read.

import { isAbsolute } from "node:path";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { CommandOperation } from "../../policy/operation.ts";
import type { Execution } from "../run.ts";
import { type CommandMeans, changeOf, notStarted } from "./command.ts";
import { type ProgramEnding, runProgram } from "./program.ts";

/** What became of it, and what it printed; `ending` is missing where it was never started. */
export interface CapturedResult extends Execution {
  readonly ending?: ProgramEnding;
}

export interface CapturedMeans extends CommandMeans {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Makes it ready; nothing can fail before it is run. */
export async function prepareCaptured(
  operation: CommandOperation,
  means: CapturedMeans,
): Promise<() => Promise<CapturedResult>> {
  return () => runCaptured(operation, means);
}

async function runCaptured(
  operation: CommandOperation,
  { environment, resolveAgain, signal, timeoutMs }: CapturedMeans,
): Promise<CapturedResult> {
  const { executable, calledAs, typed, args, cwd, unbindable } = operation.command;
  if (unbindable === "not-resolved" || !isAbsolute(executable)) return missing("ENOENT", typed);
  const changed = await changeOf(operation, () => stillReading(operation, resolveAgain));
  if (changed !== undefined) return { outcome: "failed_no_effect", error: changed };
  const ending = await runProgram({
    executable,
    args,
    ...(calledAs === undefined ? {} : { argv0: calledAs }),
    cwd,
    env: environment,
    signal,
    onAbort: "kill",
    timeoutMs,
  });
  if (ending.notStarted !== undefined) return missing(ending.notStarted, typed);
  return { ...outcomeOf(ending, operation, timeoutMs), ending };
}

async function stillReading(
  { impact }: CommandOperation,
  resolveAgain: CommandMeans["resolveAgain"],
): Promise<CommandOperation> {
  const now = await resolveAgain();
  if (impact !== "read" || now.impact === "read") return now;
  throw new Failure("command-changed", "what it would read has changed", {
    exitCode: EXIT.refused,
  });
}

function missing(code: string, typed: string): CapturedResult {
  const { outcome, error } = notStarted(code, typed);
  return error === undefined ? { outcome } : { outcome, error };
}

function outcomeOf(
  { ended, exitCode, signal }: ProgramEnding,
  { impact, command }: CommandOperation,
  timeoutMs: number,
): Execution {
  if (ended === undefined && exitCode !== undefined)
    return { outcome: "succeeded", response: { status: exitCode } };
  const why =
    ended === "timeout"
      ? `it was ended after ${timeoutMs / 1000} s`
      : ended === "aborted"
        ? "it was ended because nobody waited for it any more"
        : `${signal ?? "a signal"} ended it`;
  const isRead = impact === "read";
  const error = new Failure(
    "command-ended",
    `${command.typed}: ${why}${isRead ? "" : "; nobody can tell how far it had come"}`,
    {
      exitCode: EXIT.ownFailure,
      fix: isRead
        ? "ask for less, or give it more time: timeout_seconds"
        : "look at what it was to change before trying again",
    },
  );
  return { outcome: isRead ? "failed_no_effect" : "unknown", error };
}
