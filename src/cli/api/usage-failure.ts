// Wrong usage of a flag: one line that names the flag, and what to write instead.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { visible } from "../../system/terminal-text.ts";

/** Longest piece of a person's own input that an error repeats, in characters. */
const QUOTED_LENGTH = 60;

/**
 * A failure for something that was typed wrongly: exit 1, nothing was sent. `message` starts with
 * the flag (or `PATH`); `fix` says what works.
 */
export function usageFailure(message: string, fix: string, cause?: unknown): Failure {
  return new Failure("usage", visible(message), {
    exitCode: EXIT.usage,
    fix: visible(fix),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A person's own input, in quotes, cut where it is long: an error stays one line. */
export function quoted(text: string): string {
  const characters = [...text];
  const cut = characters.length > QUOTED_LENGTH;
  return `"${cut ? `${characters.slice(0, QUOTED_LENGTH).join("")}…` : text}"`;
}
