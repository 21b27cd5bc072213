// What a person sees of a command before answering: all of it, or no answer counts.
//
// A1 Every argument is on the card, whole and quoted, so that blanks, empty ones and what is hidden
//    show, and nothing in one can look like another, or like a row of ours.
// A2 Of what does not fit, or is not there to be seen (a program that comes as input), the card says
//    so, and it cannot be approved.

import type { Card, CardRow } from "../../policy/card.ts";
import { commandLine, shellWord } from "../../policy/command-line.ts";
import type { ResolvedCommand } from "./to-operation.ts";

/** More than this, in characters, nobody reads. */
const MOST_SHOWN = 8192;
/** A row of what is run is shown whole up to here. */
const MOST_IN_ROW = 900;
const MOST_IN_QUESTION = 200;
/** Stands before the rest of an argument; no quoted word begins like it. */
const GOES_ON = "(goes on) ";

/** The card of a command. Its text is as it came: whoever shows it makes it visible. */
export function describeCommand(resolved: ResolvedCommand): Card {
  const { command } = resolved.operation;
  const shown = fitting(command.args.flatMap(argumentRows));
  return {
    question: `Run ${shortLine([command.typed, ...command.args])}?`,
    rows: [
      { label: "runs", text: command.executable },
      ...(command.calledAs === undefined ? [] : [{ label: "called", text: command.calledAs }]),
      ...shown.rows,
      { label: "in", text: command.cwd },
      { label: "passes", text: Object.keys(resolved.environment).join(" ") },
      ...Object.keys(command.files).map((path) => ({ label: "file", text: path })),
      ...(resolved.destroys === undefined ? [] : [{ label: "known for", text: resolved.destroys }]),
      { label: "agent", text: `${command.agent} (as it calls itself)` },
    ],
    unknown: [
      "what it does: nobody can tell from its words",
      ...(resolved.readsInput
        ? ["what it is told to do: it comes as its input, which nobody can see beforehand"]
        : []),
      ...resolved.notes,
    ],
    ...(shown.isCut || resolved.readsInput ? { truncated: true } : {}),
  };
}

/** For the question only: the rows below have all of it. */
function shortLine(argv: readonly string[]): string {
  const line = commandLine(argv.slice(0, MOST_IN_QUESTION).map((each) => each.slice(0, 512)));
  const characters = [...line];
  const isWhole = characters.length <= MOST_IN_QUESTION && argv.length <= MOST_IN_QUESTION;
  return isWhole ? line : `${characters.slice(0, MOST_IN_QUESTION).join("")}…`;
}

/** One argument, in as many rows as it needs (A1). */
function argumentRows(argument: string): CardRow[] {
  const pieces = inPieces(shellWord(argument));
  return pieces.map((text, index) => ({
    label: "argument",
    text: index === 0 ? text : GOES_ON + text,
  }));
}

/** Pieces that are shown whole: a piled-up mark takes ten times the room when it is made visible. */
function inPieces(text: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  let room = MOST_IN_ROW;
  for (const character of text) {
    room -= /\p{M}/u.test(character) ? 10 : 1;
    if (room < 0) {
      pieces.push(piece);
      piece = "";
      room = MOST_IN_ROW - 10;
    }
    piece += character;
  }
  return [...pieces, piece];
}

function fitting(rows: readonly CardRow[]): { rows: readonly CardRow[]; isCut: boolean } {
  let length = 0;
  const whole = rows.findIndex((row) => {
    length += row.text.length + 1;
    return length > MOST_SHOWN;
  });
  if (whole === -1) return { rows, isCut: false };
  const left = rows.length - whole;
  const rest = { label: "argument", text: `(cut: ${left} more rows do not fit on a card)` };
  return { rows: [...rows.slice(0, whole), rest], isCut: true };
}
