// The question whether to answer a request with yes: at the controlling terminal, the whole card.
//
// A1 What counts as a yes is prompt.ts's Q1; an answer is never taken from what was typed before.

import type { ApprovalRequest } from "../policy/approval.ts";
import type { Card } from "../policy/card.ts";
import type { Facts } from "../policy/decide.ts";
import { askAtTerminal } from "../system/terminal.ts";
import { visible } from "../system/terminal-text.ts";
import { cardText, judgeAnswer } from "./prompt.ts";

const HOW = {
  once: () => "Allow it, once",
  session: ({ operation, requester }: ApprovalRequest) =>
    `Allow ${operation.resourceClass} for session ${requester.session}, until it ends`,
  always: () => "Allow exactly this command, always",
} as const;

const UNDO = { once: "It cannot be undone. ", session: "", always: "" } as const;

/** Asks. */
export async function askToAnswer(
  request: ApprovalRequest,
  card: Card,
  way: keyof typeof HOW,
): Promise<NonNullable<Facts["answer"]>> {
  const allow = HOW[way](request);
  const question =
    card.typedName === undefined
      ? `${allow}? [y/N] `
      : `${allow}? ${UNDO[way]}Type ${visible(card.typedName)} to allow it: `;
  const answer = await askAtTerminal((columns) => cardText(card, columns, true), question);
  if (answer.kind === "interrupted") return "interrupted";
  return answer.kind === "line" ? judgeAnswer(card, answer.text) : "no";
}
