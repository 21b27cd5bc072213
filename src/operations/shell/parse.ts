// From shell text to the words of one command, where bash would do nothing but run it.
//
// Z1 Two readers, written apart, must agree: a small one of our own that takes only what means the same
//    everywhere, and one that knows bash's whole grammar. Where they differ, a shell has to run it.
// Z2 Whatever the text, an answer: what cannot be read is a script.

import { parse } from "unbash";
import { readPlainWords } from "./plain-words.ts";
import type { ShellReading } from "./reading.ts";
import { whyNoProgram } from "./reserved.ts";
import { commandsWithin, MOST_TEXT, UNREAD_MARKER } from "./within.ts";

/** Reads shell text as bash would. Never throws. */
export function readShellText(text: string): ShellReading {
  if (text.length > MOST_TEXT)
    return {
      kind: "script",
      because: `it is longer than can be looked through (${MOST_TEXT} characters)`,
      within: [[UNREAD_MARKER]],
    };
  const plain = readPlainWords(text);
  const because = "because" in plain ? plain.because : whyNotPlain(plain.words, text);
  if ("words" in plain && because === undefined) return { kind: "argv", argv: plain.words };
  return { kind: "script", because: because ?? "", within: commandsWithin(text) };
}

/**
 * Why bash would run nothing of it: what its grammar misses, as one clause. Undefined: it would run, or
 * nobody knows. Of more than one line bash runs those before the one that it cannot read.
 */
export function whyUnreadable(text: string): string | undefined {
  if (text.length > MOST_TEXT || text.trim().includes("\n")) return undefined;
  try {
    return parse(text).errors?.[0]?.message;
  } catch {
    return undefined;
  }
}

function whyNotPlain(words: readonly string[], text: string): string | undefined {
  return whyNoProgram(words[0] ?? "") ?? (isAgreed(words, text) ? undefined : DOUBTFUL);
}

const DOUBTFUL = "it is no shell text that can be read in one way only";

/** Whether the whole grammar finds the same words in it, and nothing else (Z1). */
function isAgreed(words: readonly string[], text: string): boolean {
  try {
    const { commands, errors = [] } = parse(text);
    const [statement, ...more] = commands;
    const command = statement?.command;
    if (errors.length > 0 || more.length > 0 || statement?.background === true) return false;
    if (command?.type !== "Command" || command.prefix.length > 0) return false;
    const found = [command.name, ...command.suffix].map((each) =>
      each?.type === "Word" ? each.value : undefined,
    );
    return found.length === words.length && found.every((each, index) => each === words[index]);
  } catch {
    return false;
  }
}
