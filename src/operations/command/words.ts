// Words that the kernel takes, and that stay the words that were typed.
//
// W1 A command that could not be passed on unchanged is wrong usage: it is never shortened or mended.

import { isAgentId } from "../../policy/allowlist.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";

/** What Linux takes for one word, for a path, and for all words together, in bytes. */
const MOST_WORD_BYTES = 131_071;
const MOST_PATH_BYTES = 4095;
const MOST_BYTES = 2 * 1024 * 1024;

function refuse(message: string, fix = "holdfast gate -- COMMAND ARGS"): never {
  throw new Failure("usage", message, { exitCode: EXIT.usage, fix });
}

/** Checks a command's words (W1). @throws Failure usage */
export function checkWords(argv: readonly string[]): void {
  if (argv.length === 0 || argv[0] === "") refuse("no COMMAND to run");
  let bytes = 0;
  for (const [index, word] of argv.entries()) {
    const which = index === 0 ? "the command's name" : `argument ${index}`;
    const length = Buffer.byteLength(word);
    bytes += length + 1;
    if (word.includes("\0")) refuse(`${which} holds a NUL, which no argument can`);
    if (/\p{Cs}/u.test(word)) refuse(`${which} is not text that can be passed on unchanged`);
    if (length > (index === 0 ? MOST_PATH_BYTES : MOST_WORD_BYTES))
      refuse(`${which} is longer (${length} bytes) than the system takes`);
  }
  if (bytes > MOST_BYTES) refuse(`the command is longer (${bytes} bytes) than the system takes`);
}

/** What an agent calls itself, in policy and in the allowlist. @throws Failure usage */
export function checkAgent(agent: string): string {
  if (!isAgentId(agent))
    refuse(
      `--agent: ${JSON.stringify(agent.slice(0, 64))} is not an id: a-z, 0-9, ".", "_" and "-", at most 64`,
      "--agent claude-code",
    );
  return agent;
}
