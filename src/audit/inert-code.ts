// What others wrote, in Markdown that strangers read: a pull request.
//
// M1 Nothing in it means anything: no table cell ends in it, no link or mention begins. All of it is
//    in code, and every character that could is written as a number.

import { visible } from "../system/terminal-text.ts";

/** By M1. Letters, digits, blanks, slashes and hyphens stay as they are. */
export function inertCode(text: string): string {
  const inert = visible(text).replace(
    /[^A-Za-z0-9 /-]/gu,
    (character) => `&#${character.codePointAt(0)};`,
  );
  return `<code>${inert}</code>`;
}
