// What may be behind a wrapper or in a shell's text. No option of any wrapper is modelled: every word
// could be the inner program. That finds too much, and what is found only makes the gate stricter.
//
// S1 A known destroyer behind any wrapper, however many, is one, and so is the whole command.
// S2 Never used to trust: whatever the inner program is, the operation stays the whole argv.

import { whyItDestroys } from "./destroyers.ts";
import { bindObstacle, readsInput } from "./known-programs.ts";

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

/** What `timeout 5`, `nice -n 3`, `env A=b` put before the inner program. */
const BEFORE_PROGRAM = /^(?:-.*|\d+[smhd]?|[A-Za-z_]\w*=.*)$/s;

/** Whether the program, or the one behind its wrappers or in its text, reads what to do as input. */
export function innerReadsInput(path: string, args: readonly string[]): boolean {
  if (readsInput(path, args)) return true;
  if (bindObstacle(path, args) === undefined) return false;
  const texts = args.filter((each) => /[\s|;&]/.test(each)).slice(0, 64);
  const parts = [
    args,
    ...texts.flatMap((text) => text.split(/[|;&\n]+/).map((part) => part.trim().split(/\s+/))),
  ];
  return parts.slice(0, MOST_WORDS).some((part) => {
    const [program, ...rest] = afterWrappers(part);
    return program !== undefined && readsInput(program, rest);
  });
}

function afterWrappers(words: readonly string[]): readonly string[] {
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index] ?? "";
    if (!BEFORE_PROGRAM.test(word) && bindObstacle(word) !== "wrapper") break;
    if (readsInput(word, [])) break;
  }
  return words.slice(index);
}
