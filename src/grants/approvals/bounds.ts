// How long what comes from outside may be. Whatever decides is refused when it is longer; what only
// people read is cut.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";

/** Characters, or milliseconds. */
export const LONGEST = {
  key: 512,
  resourceKey: 4096,
  name: 256,
  line: 2000,
  body: 1_048_576,
  entry: 16_384,
  pendingMs: 31 * 24 * 60 * 60_000,
  usableMs: 24 * 60 * 60_000,
} as const;

/** What no database keeps as text: NUL, and halves of characters. */
const UNKEEPABLE = /[\0\p{Cs}]/gu;

/** Text for people, cut to `longest` characters; never empty. */
export function bounded(text: string, longest: number = LONGEST.line): string {
  const kept = text.replace(UNKEEPABLE, "\u{fffd}");
  const characters = kept.length <= longest ? kept : `${[...kept].slice(0, longest - 1).join("")}…`;
  return characters === "" ? "-" : characters;
}

/** Text that decides something: refused, never cut. @throws Failure `request-too-long` */
export function whole(text: string, longest: number, what: string): string {
  if (text.length <= longest && text !== "" && text.search(UNKEEPABLE) === -1) return text;
  throw new Failure(
    "request-too-long",
    `the request's ${what} has ${text.length} characters, or some that cannot be kept: at most ${longest} are`,
    { exitCode: EXIT.refused, fix: "ask for a smaller operation" },
  );
}
