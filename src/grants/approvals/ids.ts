// Ids of requests: short enough to be read out and typed.
//
// N1 Four to six characters of base32, random; longer ones only where short ones are taken.

import { randomInt } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** A million rows leave few ids of four characters, and a thousand million of six. */
const LENGTHS = [4, 4, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6] as const;

/** Ids to try, one after the other. */
export function* candidates(): Generator<string> {
  for (const length of LENGTHS)
    yield Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** What was typed, as an id; undefined where it cannot be one. */
export function idFrom(text: string): string | undefined {
  const id = text.toUpperCase();
  return /^[A-Z2-7]{4,6}$/.test(id) ? id : undefined;
}
