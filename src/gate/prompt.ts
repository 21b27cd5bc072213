// The question to a person, as text, and what counts as a yes.
//
// Q1 Only `y` or `yes` confirms; an irreversible target only by its exact name. Anything else keeps it.
// Q2 Nothing that others wrote can change how the question looks: not its lines either. Only labels
//    stand where labels stand; a long text goes on below itself, is cut where it would push the rest
//    off the screen, and says so.

import type { Card, CardRow } from "../policy/card.ts";
import type { Facts } from "../policy/decide.ts";
import { cut, wrapped } from "../system/cell-width.ts";
import { askAtTerminal } from "../system/terminal.ts";
import { visible } from "../system/terminal-text.ts";

const MARGIN = 2;
/** Below this, text goes under its label instead of beside it. In cells, as all widths here. */
const NARROWEST_TEXT = 24;
/** The longest text that others wrote, and the longest part of the request, in characters. */
const LONGEST = 300;
const LONGEST_OF_REQUEST = 1000;

interface Layout {
  /** Width of the labels. */
  readonly label: number;
  /** Where text stands, and how wide it may be. */
  readonly indent: number;
  readonly width: number;
  readonly isNarrow: boolean;
}

/**
 * The card as lines for a terminal of that many columns, ending with a line end.
 *
 * @param whole nothing is cut: what cannot be shown whole must not be approved
 */
export function cardText(card: Card, columns: number, whole = false): string {
  const rows = [...card.rows, ...card.unknown.map((text) => ({ label: "unknown", text }))];
  const layout = layoutOf(rows, columns);
  const lines = rows.flatMap((row) => rowLines(row, layout, whole));
  return `${[...questionLines(card.question, layout), ...lines].join("\n")}\n`;
}

function layoutOf(rows: readonly CardRow[], columns: number): Layout {
  const label = Math.max(0, ...rows.map((row) => row.label.length));
  const beside = MARGIN + label + 2;
  const isNarrow = columns - beside - 1 < NARROWEST_TEXT;
  const indent = isNarrow ? 2 * MARGIN : beside;
  // The last column stays free: some terminals wrap a line that fills it.
  return { label, indent, width: Math.max(2, columns - indent - 1), isNarrow };
}

function rowLines(
  row: CardRow,
  { label, indent, width, isNarrow }: Layout,
  whole: boolean,
): string[] {
  const text = textLines(row, width, whole);
  const [first = "", ...rest] = isNarrow ? ["", ...text] : text;
  const head = `${" ".repeat(MARGIN)}${visible(row.label).padEnd(label)}  ${first}`;
  return [first === "" ? head.trimEnd() : head, ...rest.map((line) => " ".repeat(indent) + line)];
}

function textLines({ label, text }: CardRow, width: number, whole: boolean): string[] {
  const shown = visible(text);
  // A command is there to be copied, in one piece.
  if (label === "safer") return [shown];
  const part = whole ? shown : shortened(shown, LONGEST_OF_REQUEST);
  if (label === "target") return wrapped(part, width);
  // What will be sent is shown to the last space.
  if (["request", "headers", "body", "runs", "argument"].includes(label)) return cut(part, width);
  return wrapped(whole ? shown : shortened(shown, LONGEST), width);
}

function questionLines(question: string, { indent, width }: Layout): string[] {
  const [first = "", ...rest] = wrapped(shortened(visible(question), LONGEST), width);
  return [first, ...rest.map((line) => " ".repeat(indent) + line)];
}

function shortened(text: string, longest: number): string {
  const characters = [...text];
  const more = characters.length - longest;
  if (more <= 0) return text;
  return `${characters.slice(0, longest).join("")}… (${more} more characters)`;
}

/** The line that asks. A name with hidden characters is typed as it is shown. */
export function questionText(card: Card): string {
  if (card.typedName !== undefined)
    return `This cannot be undone. Type ${visible(card.typedName)} to go ahead: `;
  const verb = /^(Delete|Remove|Discard|Cancel)\b/.exec(card.question)?.[1];
  return `${verb ?? "Go ahead"}? [y/N] `;
}

/** What the typed line means for this card (Q1). */
export function judgeAnswer(card: Card, line: string): "yes" | "no" | "mismatch" {
  const typed = line.trim();
  if (card.typedName === undefined) return /^y(es)?$/i.test(typed) ? "yes" : "no";
  if (typed === "") return "no";
  return typed === visible(card.typedName) ? "yes" : "mismatch";
}

/** Asks the person at the controlling terminal. */
export async function askPerson(card: Card): Promise<NonNullable<Facts["answer"]>> {
  const answer = await askAtTerminal((columns) => cardText(card, columns), questionText(card));
  if (answer.kind === "interrupted") return "interrupted";
  return answer.kind === "line" ? judgeAnswer(card, answer.text) : "no";
}
