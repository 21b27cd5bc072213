// What policy says, on a person's card.
//
// U1 The rules are those of whoever answers, and those that the asker's own policy added besides: a
//    gateway may have been started with a file that is not here.

import type { Card, CardRow } from "../policy/card.ts";
import type { Operation } from "../policy/operation.ts";
import type { Ruling } from "../policy/rule.ts";
import { ruleText } from "./report.ts";

const LABELS = ["environment", "rule"];

const isOurs = ({ label }: CardRow): boolean => LABELS.includes(label);

/** The rows: the environments, then every rule that matched. */
function rulingRows({ served }: Operation, { environments, matched }: Ruling): CardRow[] {
  const named = environments.map((each) => (each === served ? `${each} (the gateway's)` : each));
  return [
    ...(named.length === 0 ? [] : [{ label: "environment", text: named.join(", ") }]),
    ...matched.map((rule) => ({ label: "rule", text: `${rule.effect}: ${ruleText(rule)}` })),
  ];
}

/**
 * The card with them.
 *
 * @param ruling undefined where policy cannot be read: the gate refuses then anyway
 * @param asked the card that was filed, for what the asker's policy said besides (U1)
 */
export function withRuling(
  card: Card,
  operation: Operation,
  ruling: Ruling | undefined,
  asked?: Card,
): Card {
  const here = ruling === undefined ? [] : rulingRows(operation, ruling);
  const texts = here.map(({ text }) => text);
  const besides = (asked?.rows ?? [])
    .filter((row) => isOurs(row) && !texts.includes(row.text))
    .map(({ label, text }) => ({ label, text: `${text} (when it was asked)` }));
  return { ...card, rows: [...card.rows.filter((row) => !isOurs(row)), ...here, ...besides] };
}
