// The receipt for people: as text, in the form that `harness exec` prints, and as Markdown for a pull
// request. Everything in it that others wrote is made visible first.

import { visible } from "../system/terminal-text.ts";
import { inertCode as code } from "./inert-code.ts";
import type { ReceiptEvent, ReceiptLine, ReceiptResult, ReceiptView } from "./receipt.ts";

const SHOWN_PER_RESULT = 5;
const SHOWN_IN_TABLE = 50;

const ORDER: readonly ReceiptResult[] = [
  "deleted",
  "ran",
  "failed",
  "unknown",
  "under way",
  "refused",
];

/** The short name of the session's command. */
const commandOf = ({ startedBy }: ReceiptView): string =>
  visible(/\(([^()]*)\)$/.exec(startedBy ?? "")?.[1] ?? "its command");

/** By whose yes something was let through: `request K7QF, approved by ana@laptop`. */
export function yesText({ reason, request, entry, approvedBy }: ReceiptLine): string {
  const person = approvedBy === undefined ? "" : `, approved by ${visible(approvedBy)}`;
  if (reason === "granted") return "the session's grant";
  if (reason === "approved")
    return `${request === undefined ? "an approval" : `request ${visible(request)}`}${person}`;
  if (reason === "allowlisted")
    return entry === undefined ? "an allowlist entry" : `allowlist entry ${visible(entry)}`;
  if (reason === "confirmed") return "a person at the terminal";
  return visible(reason ?? "");
}

/** ` (409)`, or of a command that ran ` (exit code 1)`; empty where all went well. */
function statusText({ result, status }: ReceiptLine): string {
  if (status === undefined || result === "deleted") return "";
  if (result !== "ran") return ` (${status})`;
  return status === 0 ? "" : ` (exit code ${status})`;
}

function lineText(line: ReceiptLine): string {
  const { operation, items, reason } = line;
  const many = items > 1 ? ` (${items} items)` : "";
  const why = reason === undefined || reason === "granted" ? "" : ` [${visible(reason)}]`;
  const yes = line.request === undefined && line.entry === undefined ? "" : `, by ${yesText(line)}`;
  return `${visible(operation)}${many}${statusText(line)}${why}${yes}`;
}

function resultRows(view: ReceiptView, result: ReceiptResult): string[] {
  const count = view.counts[result];
  if (count === 0) return [];
  const matching = view.lines.filter((line) => line.result === result);
  const shown = matching.slice(-SHOWN_PER_RESULT).map((line) => `           ${lineText(line)}`);
  const hidden = matching.length - shown.length;
  const more = hidden > 0 ? [`           and ${hidden} before`] : [];
  return [`  ${result.padEnd(8)} ${count}`, ...more, ...shown];
}

const LABELS: Partial<Record<ReceiptEvent["event"], string>> = {
  "session-widened": "widened",
  "session-adopted": "adopted",
  "session-revoked": "revoked",
  "session-expired": "expired",
  "session-spent": "spent",
};

/** `widened`, and `projects, at 2026-01-02 14:02 UTC, for request K7QF, by ana@laptop`. */
function eventParts(event: ReceiptEvent): readonly [label: string, text: string] {
  const { class: name, detail, at, request, by } = event;
  const parts = [
    ...(name === undefined ? [] : [visible(name)]),
    ...(detail === undefined ? [] : [visible(detail)]),
    `at ${timeText(at)}`,
    ...(request === undefined ? [] : [`for request ${visible(request)}`]),
    ...(by === undefined ? [] : [`by ${visible(by)}`]),
  ];
  return [LABELS[event.event] ?? event.event, parts.join(", ")];
}

/** `2026-01-02 14:02 UTC`: a receipt is read in other places than it was made. */
export const timeText = (at: string): string => `${visible(at.slice(0, 16).replace("T", " "))} UTC`;

/** The rows below the heading. */
export function receiptRows(view: ReceiptView): string[] {
  const granted = view.granted === undefined ? [] : [`  granted  ${visible(view.granted)}`];
  const events = view.events.map(eventParts).map(([label, text]) => `  ${label.padEnd(8)} ${text}`);
  const rows = ORDER.flatMap((result) => resultRows(view, result));
  const nothing = rows.length === 0 ? ["  nothing was deleted, nothing refused"] : [];
  return [...granted, ...events, ...rows, ...nothing];
}

/** The receipt of a session that is over, as text. */
export function receiptViewText(view: ReceiptView): string {
  const { session, ending, startedAt, endedAt } = view;
  const how =
    ending === undefined
      ? "is not live, and its host wrote no end"
      : `ended: ${commandOf(view)} ${visible(ending)}`;
  const span = [
    ...(startedAt === undefined ? [] : [`from ${timeText(startedAt)}`]),
    ...(endedAt === undefined ? [] : [`to ${timeText(endedAt)}`]),
  ];
  const time = span.length === 0 ? [] : [`  time     ${span.join(" ")}`];
  return [`holdfast: session ${session} ${how}`, ...time, ...receiptRows(view), ""].join("\n");
}

function tableRow(line: ReceiptLine): string {
  const { result, operation, items, reason } = line;
  const what = `${code(operation)}${items > 1 ? ` (${items} items)` : ""}`;
  const why = result === "refused" ? code(reason ?? "") : code(yesText(line));
  return `| ${result}${statusText(line)} | ${what} | ${why} |`;
}

/** The receipt for a pull request. `budget`: what a live session's host says of it. */
export function receiptMarkdown(view: ReceiptView, budget?: string): string {
  const { counts, lines, granted, startedBy, startedAt, ending } = view;
  const total = ORDER.filter((result) => counts[result] > 0)
    .map((result) => `${counts[result]} ${result}`)
    .join(", ");
  const shown = [
    ...lines.filter(({ result }) => result !== "refused"),
    ...lines.filter(({ result }) => result === "refused"),
  ];
  const hidden = Math.max(0, shown.length - SHOWN_IN_TABLE) + view.earlier;
  const started = startedBy === undefined ? "" : `, started by ${code(startedBy)}`;
  const when = startedAt === undefined ? "" : `, ${timeText(startedAt)}`;
  return [
    `### holdfast: session ${code(view.session)}`,
    "",
    `${total === "" ? "Nothing was deleted, nothing refused" : total}${started}${when}`,
    "",
    ...(granted === undefined ? [] : [`- granted: ${code(granted)}`]),
    ...view.events.map(eventParts).map(([label, text]) => `- ${label}: ${code(text)}`),
    `- used of the budget: ${budget === undefined ? view.spent : code(budget)}`,
    ...(ending === undefined ? [] : [`- ended: ${code(ending)}`]),
    "",
    ...(shown.length === 0
      ? []
      : [
          "| result | what | by whose yes, or why not |",
          "| --- | --- | --- |",
          ...shown.slice(0, SHOWN_IN_TABLE).map(tableRow),
          "",
        ]),
    ...(hidden > 0 ? [`and ${hidden} more`, ""] : []),
  ].join("\n");
}
