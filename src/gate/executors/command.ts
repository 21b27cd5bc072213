// Runs a command: the only place from which the gate starts one.
//
// X1 What is run is exactly what was decided on: its executable by its absolute path, its arguments
//    byte for byte, its directory, the variables that were hashed, and nothing else. There is no shell;
//    but a file that the kernel refuses as no program at all the C library hands to /bin/sh, and only
//    what does not begin like a program is known beforehand to be one (of class unknown).
// X2 Just before that it is resolved again, from the words that were typed. If anything has changed
//    meanwhile (the executable, a link, a script, a variable), nothing is run.
// X3 The exit code is the command's own; 128+n for its signal; 126 and 127 when it cannot start.
// X4 Its input is empty, unless a person said yes to it at the terminal where it runs, at that moment:
//    what comes in was never part of what a standing yes was given to.
// X5 `succeeded` means that it ran to its end, whatever its exit code, which is recorded: a command
//    that failed may have had an effect, and may also be tried again. What a signal ended is unknown:
//    nobody can tell how far it had come. What never started had no effect.

import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { isAbsolute } from "node:path";
import type { Decision } from "../../policy/decide.ts";
import { operationDigest } from "../../policy/digest.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { CommandOperation } from "../../policy/operation.ts";
import { type Forwarding, startForwarding } from "../../session/launch/signals.ts";
import { letGoOfHungUpTerminals } from "../../system/hung-up-terminal.ts";
import type { Execution } from "../run.ts";

/** What became of a command. Its exit code is also `response.status`, where it came to one. */
export interface CommandResult extends Execution {
  /** What holdfast exits with (X3). */
  readonly exitCode: number;
}

/** What running a command takes, besides the operation. */
export interface CommandMeans {
  /** The variables to run it with, values and all. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves the words that were typed again, as they are now (X2). */
  readonly resolveAgain: () => Promise<CommandOperation>;
}

/**
 * Makes it ready; nothing can fail before it is run.
 *
 * @param decision what it rests on; where nobody says, on a yes that was given before (X4)
 */
export async function prepareCommand(
  operation: CommandOperation,
  means: CommandMeans,
  decision?: Pick<Decision, "reason">,
): Promise<() => Promise<CommandResult>> {
  const input = decision?.reason === "confirmed" ? "inherit" : "ignore";
  return () => runCommand(operation, means, input);
}

/** For `spawn`: the caller's own, or /dev/null. */
type Input = "inherit" | "ignore";

async function runCommand(
  operation: CommandOperation,
  { environment, resolveAgain }: CommandMeans,
  input: Input,
): Promise<CommandResult> {
  const { executable, typed, unbindable } = operation.command;
  // A name that was found nowhere must not be looked for by anybody else.
  if (unbindable === "not-resolved" || !isAbsolute(executable)) return notStarted("ENOENT", typed);
  const changed = await changeOf(operation, resolveAgain);
  if (changed !== undefined)
    return { outcome: "failed_no_effect", exitCode: changed.exitCode, error: changed };
  const started = start(operation, environment, input);
  if ("exitCode" in started) return started;
  letGoAtExit();
  try {
    return await endingOf(started.child, typed);
  } finally {
    started.stop();
  }
}

/** However many commands this process runs (E3 of launch.ts). */
function letGoAtExit(): void {
  if (!process.listeners("exit").includes(letGoOfHungUpTerminals))
    process.on("exit", letGoOfHungUpTerminals);
}

/** What has changed since the decision (X2); undefined: nothing. */
export async function changeOf(
  operation: CommandOperation,
  resolveAgain: CommandMeans["resolveAgain"],
): Promise<Failure | undefined> {
  try {
    const now = await resolveAgain();
    if (operationDigest(now) === operationDigest(operation)) return undefined;
    return changedFailure(whatDiffers(operation, now));
  } catch (error) {
    if (error instanceof Failure) return changedFailure(error.message, error);
    throw error;
  }
}

function changedFailure(what: string, cause?: Failure): Failure {
  return new Failure("command-changed", `nothing was run: ${what} since it was decided on`, {
    exitCode: EXIT.refused,
    fix: "look at what changed it, and run the same command again: it is decided on anew",
    ...(cause === undefined ? {} : { cause }),
  });
}

function whatDiffers({ command }: CommandOperation, { command: now }: CommandOperation): string {
  if (command.executable !== now.executable)
    return `${command.typed} has come to mean ${now.executable}, not ${command.executable},`;
  const paths = [...Object.keys(command.files), ...Object.keys(now.files)];
  const path = paths.find((each) => command.files[each] !== now.files[each]);
  return path === undefined ? "something about it has changed" : `${path} has changed`;
}

function start(
  { command }: CommandOperation,
  env: Readonly<Record<string, string>>,
  input: Input,
): Forwarding<ChildProcess> | CommandResult {
  const { executable, calledAs = executable, args, cwd, typed } = command;
  const stdio = [input, "inherit", "inherit"] as const;
  try {
    return startForwarding(() =>
      spawn(executable, args, { argv0: calledAs, cwd, env, stdio: [...stdio], shell: false }),
    );
  } catch (error) {
    // Node throws some reasons not to start and reports others later.
    return notStarted((error as NodeJS.ErrnoException).code, typed);
  }
}

/** What came of a command that could not be started (X3). */
export function notStarted(code: string | undefined, typed: string): CommandResult {
  const isMissing = code === "ENOENT";
  const why = isMissing
    ? "not found: it, its directory, or the interpreter that its first line names"
    : `cannot be executed (${code})`;
  const exitCode = isMissing ? EXIT.commandNotFound : EXIT.cannotExecute;
  const error = new Failure(
    isMissing ? "command-not-found" : "cannot-execute",
    `${typed}: ${why}`,
    {
      exitCode,
    },
  );
  return { outcome: "failed_no_effect", exitCode, error };
}

function endingOf(child: ChildProcess, typed: string): Promise<CommandResult> {
  return new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => resolve(notStarted(error.code, typed)));
    child.once("exit", (code, signal) => {
      if (signal !== null)
        resolve({ outcome: "unknown", exitCode: 128 + constants.signals[signal] });
      else resolve({ outcome: "succeeded", exitCode: code ?? 0, response: { status: code ?? 0 } });
    });
  });
}
