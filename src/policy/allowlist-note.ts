// What an entry of `approve --always` is about, for people: a digest alone can be reviewed by nobody.

import { commandLine } from "./command-line.ts";
import type { CommandRequest } from "./operation.ts";

/** The longest note, in characters. */
export const LONGEST_NOTE = 500;

/**
 * The command line and its directory: `git status, in /home/ana/app`. Not yet visible().
 *
 * @param redact takes secrets out: the allowlist is no place for them
 */
export function noteOf(
  { typed, args, cwd }: Pick<CommandRequest, "typed" | "args" | "cwd">,
  redact: (text: string) => string,
): string {
  const where = clipped(redact(`, in ${cwd}`), LONGEST_NOTE / 2);
  return clipped(redact(commandLine([typed, ...args])), LONGEST_NOTE - where.length) + where;
}

function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  // No half of a character stays.
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
