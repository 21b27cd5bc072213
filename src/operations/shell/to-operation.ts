// From shell text to the operation that it means.
//
// T1 One plain command is that command's operation, as if its words had been given: no shell runs.
// T2 Anything else is bash with the whole text as its argument: an interpreter, so a person decides.

import {
  type CommandContext,
  type ResolvedCommand,
  toCommandOperation,
} from "../command/to-operation.ts";
import { readShellText } from "./parse.ts";
import type { ShellReading } from "./reading.ts";

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
  const reading = readShellText(text);
  const argv = reading.kind === "argv" ? reading.argv : [...SHELL, text];
  return { ...(await toCommandOperation(argv, context)), reading };
}
