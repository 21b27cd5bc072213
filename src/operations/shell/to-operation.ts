// From shell text to the operation that it means.
//
// T1 One plain command is that command's operation, as if its words had been given: no shell runs.
// T2 Anything else is bash with the whole text as its argument: an interpreter, so a person decides.
// T3 What is longer than can be looked through is no operation: a rule that denies could not see it.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import {
  type CommandContext,
  type ResolvedCommand,
  toCommandOperation,
} from "../command/to-operation.ts";
import { unsetVariables, withUnset } from "../command/unset-variables.ts";
import { readShellText } from "./parse.ts";
import type { ShellReading } from "./reading.ts";
import { MOST_TEXT } from "./within.ts";

/** A command's operation, and how its text was read. */
export interface ResolvedShell extends ResolvedCommand {
  readonly reading: ShellReading;
}

const SHELL = ["bash", "--noprofile", "--norc", "-c"] as const;

/**
 * The operation that this shell text means. `served` is for whoever knows it to set.
 * @throws Failure usage for text that cannot be passed on; `no-directory` where `cwd` is gone
 */
export async function toShellOperation(
  text: string,
  context: CommandContext,
): Promise<ResolvedShell> {
  checkText(text);
  const reading = readShellText(text);
  if (reading.kind === "argv")
    return { ...(await toCommandOperation(reading.argv, context)), reading };
  const { operation, ...more } = await toCommandOperation([...SHELL, text], context);
  const unset = unsetVariables([text], Object.keys(operation.command.environment));
  const command = { ...operation.command, within: withUnset(reading.within, unset) };
  return { ...more, operation: { ...operation, command }, reading };
}

/** @throws Failure usage (T3) */
function checkText(text: string): void {
  const fail = (what: string, fix: string): never => {
    throw new Failure("usage", `the command ${what}`, { exitCode: EXIT.usage, fix });
  };
  if (text.trim() === "") fail("is empty", "give the command that is to be run");
  if (text.length > MOST_TEXT)
    fail(
      `is longer than can be looked through (${text.length} characters, at most ${MOST_TEXT})`,
      "write it to a file, and run that",
    );
  if (/[\p{Cs}\0\ufffd]/u.test(text))
    fail("is not text: it holds a NUL, or what is not UTF-8", "give it as plain UTF-8 text");
}
