// What a person sees of a command before answering: all of it, or no answer counts.
//
// A1 Every argument is on the card, whole and quoted, so that blanks, empty ones and what is hidden
//    show, and nothing in one can look like another, or like a row of ours (shown-words.ts).
// A2 Of what does not fit, could not be pinned, or comes out of a pipe, the card says so, and it
//    cannot be approved.
// A3 Every row is made from the operation, and from what its digest covers: a card that was stored
//    beside it need not be believed. Only who asks is as they call themselves.
// A4 What comes as input is on no card: nobody could have said yes to it. Whoever says yes at the
//    terminal where it runs has it passed on; everybody else's yes is for an empty one.

import type { Card, CardRow } from "../../policy/card.ts";
import type { CommandOperation } from "../../policy/operation.ts";
import { pipesIntoProgram, whyCommandDestroys } from "./see-through.ts";
import { lengthOf, listedRows, shownLine, shownWord, wholeRows } from "./shown-words.ts";
import type { ResolvedCommand } from "./to-operation.ts";
import { unsetVariables } from "./unset-variables.ts";

/** More than this, in characters, nobody reads. */
const MOST_SHOWN = 8192;
const MOST_IN_QUESTION = 200;

const NO_INPUT: CardRow = { label: "input", text: "none: what is piped in is not passed on" };
const OWN_INPUT: CardRow = {
  label: "input",
  text: "passed on from where this runs: nobody has seen it beforehand",
};

/** The card of a command. Its text is as it came: whoever shows it makes it visible. */
export function describeCommand({ operation, notes }: ResolvedCommand): Card {
  const card = describeOperation(operation);
  return { ...card, unknown: [...card.unknown, ...notes] };
}

/** The card of a command, from the operation alone: as it is stored, whoever stored it (A3). */
export function describeOperation(operation: CommandOperation): Card {
  const { command } = operation;
  const said = fitting(
    command.args.flatMap((each) => wholeRows("argument", shownWord(each))),
    "argument",
  );
  const rest = fitting(rowsAfter(operation), "cut");
  const isPinned = operation.resourceClass !== "unknown";
  const isPiped = pipesIntoProgram(command.args);
  return {
    question: `Run ${shortLine([command.typed, ...command.args])}?`,
    rows: [...rowsBefore(operation), ...said.rows, ...rest.rows],
    unknown: [
      "what it does: nobody can tell from its words",
      ...(isPinned ? [] : ["what would run: not all of it could be found, or pinned"]),
      ...(isPiped ? ["what is piped into a program that does what it reads"] : []),
    ],
    ...(said.isCut || rest.isCut || isPiped || !isPinned ? { truncated: true } : {}),
  };
}

/** The card for somebody who answers at the terminal where it is run at once (A4). */
export function atThisTerminal(card: Card): Card {
  const rows = card.rows.map((row) => (row.label === NO_INPUT.label ? OWN_INPUT : row));
  return { ...card, rows };
}

function rowsBefore({ command: { executable, calledAs } }: CommandOperation): readonly CardRow[] {
  return [
    ...wholeRows("runs", shownWord(executable)),
    ...(calledAs === undefined ? [] : wholeRows("called", shownWord(calledAs))),
  ];
}

function rowsAfter({ command }: CommandOperation): readonly CardRow[] {
  const { args, cwd, environment, files, agent, within } = command;
  const destroys = whyCommandDestroys(command);
  const names = Object.keys(environment).map(shownWord);
  const unset = within === undefined ? [] : unsetVariables(args, Object.keys(environment));
  return [
    ...wholeRows("in", shownWord(cwd)),
    ...unset.flatMap((each) =>
      wholeRows("unset", `$${each}: not passed on; a shell puts nothing there`),
    ),
    ...(destroys === undefined ? [] : wholeRows("known for", destroys)),
    ...wholeRows("agent", `${shownWord(agent)} (as it calls itself)`),
    NO_INPUT,
    ...listedRows("passes", [...names, "PWD", "TERM"]),
    ...Object.keys(files).flatMap((path) => wholeRows("file", shownWord(path))),
  ];
}

/** For the question only: the rows below have all of it. */
function shortLine(argv: readonly string[]): string {
  const line = shownLine(argv.slice(0, MOST_IN_QUESTION).map((each) => each.slice(0, 512)));
  const characters = [...line];
  const isWhole = characters.length <= MOST_IN_QUESTION && argv.length <= MOST_IN_QUESTION;
  return isWhole ? line : `${characters.slice(0, MOST_IN_QUESTION).join("")}…`;
}

/** What fits; where not all does, the last row says how much is missing (A2). */
function fitting(
  rows: readonly CardRow[],
  label: string,
): { rows: readonly CardRow[]; isCut: boolean } {
  let length = 0;
  const whole = rows.findIndex((row) => {
    length += lengthOf(row);
    return length > MOST_SHOWN;
  });
  if (whole === -1) return { rows, isCut: false };
  const left = rows.length - whole;
  const rest = { label, text: `(cut: ${left} more rows do not fit on a card)` };
  return { rows: [...rows.slice(0, whole), rest], isCut: true };
}
