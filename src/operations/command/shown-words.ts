// The words of a command as rows of a card.
//
// H1 Every line of a word bears its label: a long word goes on in rows of its own, each short enough
//    for a terminal of 80 columns, so that no part of it stands where another row would.
// H2 Nothing in a word looks like the room between two columns: more than one blank in a row, and
//    every blank that is none, is shown by its bytes.

import type { CardRow } from "../../policy/card.ts";
import { shellWord } from "../../policy/command-line.ts";

/** Cells of one row: what is left of 80 beside the longest label. */
const MOST_IN_ROW = 54;
/** Stands before the rest of a word; no quoted word begins like it. */
const GOES_ON = "(goes on) ";

/** Two or more blanks, one at an end, or a blank of another width than a letter's. */
const ROOM = /^ +| +$| {2,}|[^\P{Zs} ]|\u2800/gu;
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|['\\]/gu;

/** One word, quoted so that a shell reads the same word back (H2). */
export function shownWord(word: string): string {
  if (word.search(ROOM) === -1) return shellWord(word);
  const escaped = word
    .replaceAll(HIDDEN, (each) => (each === "'" || each === "\\" ? `\\${each}` : bytesOf(each)))
    .replaceAll(ROOM, bytesOf);
  return `$'${escaped}'`;
}

const bytesOf = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");

/** Words as one line. */
export function shownLine(words: readonly string[]): string {
  return words.map(shownWord).join(" ");
}

/** One text, in as many rows as it needs (H1). */
export function wholeRows(label: string, text: string): CardRow[] {
  return inPieces(text).map((piece, index) => ({
    label,
    text: index === 0 ? piece : GOES_ON + piece,
  }));
}

/** Names, as many to a row as fit: none is broken that fits into one (H1). */
export function listedRows(label: string, names: readonly string[]): CardRow[] {
  const rows: string[] = [];
  for (const name of names) {
    const last = rows.at(-1);
    const longer = last === undefined ? name : `${last} ${name}`;
    if (last !== undefined && inPieces(longer).length === 1) rows[rows.length - 1] = longer;
    else rows.push(name);
  }
  return rows.flatMap((row) => wholeRows(label, row));
}

/** How much of a card a row takes, in characters. */
export function lengthOf({ text }: CardRow): number {
  return text.startsWith(GOES_ON) ? text.length - GOES_ON.length : text.length + 1;
}

function inPieces(text: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  let room = MOST_IN_ROW;
  for (const character of text) {
    room -= cellsOf(character);
    if (room < 0) {
      pieces.push(piece);
      piece = "";
      room = MOST_IN_ROW - GOES_ON.length - cellsOf(character);
    }
    piece += character;
  }
  return [...pieces, piece];
}

/** At most: a mark that is piled up, or what a terminal is not shown, is escaped. */
function cellsOf(character: string): number {
  if (/[\p{M}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(character) && character !== " ")
    return 10;
  return character >= "\u1100" ? 2 : 1;
}
