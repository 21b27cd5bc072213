// What may be behind a wrapper or in a shell's text. No option of any wrapper is modelled: every word
// could be the inner program. That finds too much, and what is found only makes the gate stricter.
//
// S1 A known destroyer behind any wrapper, however many, is one, and so is the whole command.
// S2 Never used to trust: whatever the inner program is, the operation stays the whole argv.

import type { CommandRequest } from "../../policy/operation.ts";
import { whyItDestroys } from "./destroyers.ts";
import { bindObstacle, isOneOf, PROGRAM_READERS, SHELLS } from "./known-programs.ts";

/** More words than any command that a person reads has. */
export const MOST_WORDS = 4096;
/** How many words after a name are looked at for what makes it destroy. */
const MOST_AFTER = 256;

/** The arguments, and the words inside those that may be a program's text (`sh -c 'a; b'`). */
export function wordsWithin(args: readonly string[]): string[] {
  const found: string[] = [];
  for (const each of args) {
    found.push(each);
    const inner = each.split(/[\s;|&()`<>"'=,{}[\]$\\]+/).filter((word) => word !== "");
    if (inner.length > 1 || inner[0] !== each) found.push(...inner);
    if (found.length > MOST_WORDS) break;
  }
  return found;
}

/** Why something inside is known to destroy (S1); undefined: nothing that is known. */
export function whyInnerDestroys(args: readonly string[]): string | undefined {
  const words = wordsWithin(args);
  if (words.length > MOST_WORDS) return "it has more words than can be looked through";
  for (const [index, word] of words.entries()) {
    if (word.startsWith("-")) continue;
    const why = whyItDestroys(word, words.slice(index + 1, index + 1 + MOST_AFTER));
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Why the command as a whole is known to destroy, as one clause; undefined: it is not (S1). */
export function whyCommandDestroys({
  executable,
  calledAs,
  args,
}: Pick<CommandRequest, "executable" | "calledAs" | "args">): string | undefined {
  return (
    whyItDestroys(executable, args) ??
    (calledAs === undefined ? undefined : whyItDestroys(calledAs, args)) ??
    whyInnerDestroys(args)
  );
}

/** What `timeout 5`, `nice -n 3`, `env A=b` put before the inner program. */
const BEFORE_PROGRAM = /^(?:-.*|\d+[smhd]?|[A-Za-z_]\w*=.*)$/s;

/**
 * Whether a shell's text pipes into a program that takes what it is to do from there: what that is
 * stands on no card. (Its own input is empty: the gate sees to that.)
 */
export function pipesIntoProgram(args: readonly string[]): boolean {
  return args
    .filter((each) => each.includes("|"))
    .flatMap((text) =>
      text
        .slice(0, MOST_TEXT)
        .replaceAll("|&", "|")
        .split(/[;&\n]|\|\|/),
    )
    .flatMap((list) => list.split("|").slice(1))
    .some((stage) => readsProgram(stage.split(/[\s()`{}"']+/).filter((word) => word !== "")));
}

/** More of a text than any card shows. */
const MOST_TEXT = 16_384;

function readsProgram(words: readonly string[]): boolean {
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index] ?? "";
    if (isOneOf(word, PROGRAM_READERS)) break;
    if (!BEFORE_PROGRAM.test(word) && bindObstacle(word) !== "wrapper") return false;
  }
  const [program, ...rest] = words.slice(index);
  if (program === undefined) return false;
  if (isOneOf(program, new Set(["xargs", "parallel"]))) return true;
  const saysIt = isOneOf(program, SHELLS) ? /^-[a-z]*c$/ : /^-[a-zA-Z]*[cefm]$/;
  return !rest.some((word) => saysIt.test(word) || /^[^-].*[./]/.test(word));
}
