// The question to a person, as text, and what counts as a yes.
//
// Q1 Only `y` or `yes` confirms; an irreversible target only by its exact name. Anything else keeps it.
// Q2 Nothing that others wrote can change how the question looks.

import type { Card } from "../policy/card.ts";
import type { Facts } from "../policy/decide.ts";
import { askAtTerminal } from "../system/terminal.ts";
import { visible } from "../system/terminal-text.ts";

/** The card as lines for a terminal, ending with a line end. */
export function cardText(card: Card): string {
  const rows = [...card.rows, ...card.unknown.map((text) => ({ label: "unknown", text }))];
  const width = Math.max(0, ...rows.map((row) => row.label.length));
  const lines = rows.map((row) => `  ${visible(row.label).padEnd(width)}  ${visible(row.text)}`);
  return `${[visible(card.question), ...lines].join("\n")}\n`;
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
  const answer = await askAtTerminal(cardText(card), questionText(card));
  if (answer.kind === "interrupted") return "interrupted";
  return answer.kind === "line" ? judgeAnswer(card, answer.text) : "no";
}
