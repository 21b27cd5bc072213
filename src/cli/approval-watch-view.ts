// How `approval watch` looks: one screen that fits any terminal, or one line for each change.
//
// V1 Nothing that others wrote moves the cursor, and no line is wider or longer than the terminal.

import { askedBy } from "../gate/approval-card.ts";
import type { ApprovalRequest } from "../policy/approval.ts";
import { cellWidth, cut } from "../system/cell-width.ts";
import { visible } from "../system/terminal-text.ts";
import { aboutText, stateText } from "./approval-text.ts";

export interface Screen {
  readonly columns: number;
  readonly rows: number;
}

export interface Sight {
  /** What waits or needs an eye: what waits first, the newest first. */
  readonly requests: readonly ApprovalRequest[];
  /** What cannot be read or delivered just now, one line each. */
  readonly problems: readonly string[];
  /** Whether keys are read, so that q ends it too. */
  readonly hasKeys?: boolean;
}

/** The text as it is shown, cut to `width` cells. */
function clipped(text: string, width: number): string {
  const shown = visible(text);
  if (cellWidth(shown) <= width) return shown;
  return width < 3 ? (cut(shown, 2)[0] ?? "") : `${cut(shown, width - 1)[0]}…`;
}

/** Lines of the screen, the last column free: some terminals wrap a line that fills it. */
export function screenLines(sight: Sight, screen: Screen, now: Date): string[] {
  const width = Math.max(2, screen.columns - 1);
  const footer = footerOf(sight.requests);
  const head = [headline(sight), ...sight.problems];
  const room = Math.max(1, screen.rows - head.length - (footer === undefined ? 0 : 1));
  const body = bodyLines(sight.requests, room, now);
  return [...head, ...body, ...(footer === undefined ? [] : [footer])]
    .slice(0, Math.max(1, screen.rows))
    .map((line) => clipped(line, width));
}

/** Short: it says the way out, whatever the terminal's width. */
function headline({ requests, hasKeys }: Sight): string {
  const count = (state: ApprovalRequest["state"]) =>
    requests.filter((request) => request.state === state).length;
  const parts = [
    `${count("pending")} waiting`,
    ...(count("executing") === 0 ? [] : [`${count("executing")} under way`]),
    ...(count("unknown") === 0 ? [] : [`${count("unknown")} unknown`]),
  ];
  return `holdfast: ${parts.join(", ")}; ${hasKeys === true ? "q" : "Ctrl-C"} ends`;
}

/** Two lines for each request; where not all fit, the last line says how many more there are. */
function bodyLines(requests: readonly ApprovalRequest[], room: number, now: Date): string[] {
  const all = requests.flatMap((request) => [
    `${request.id}  ${aboutText(request)}`,
    `  ${stateText(request, now)}; asked by ${askedBy(request, now)}`,
  ]);
  if (all.length <= room) return all;
  const fit = Math.max(0, Math.floor((room - 1) / 2));
  return [...all.slice(0, 2 * fit), `… ${requests.length - fit} more`];
}

function footerOf(requests: readonly ApprovalRequest[]): string | undefined {
  const pending = requests.filter(({ state }) => state === "pending");
  const [first] = pending;
  if (first === undefined) return undefined;
  return `answer with: holdfast approve ${pending.length === 1 ? first.id : "ID"}`;
}

/** One change, for what is not a terminal: one line. */
export function changeLine(request: ApprovalRequest, now: Date): string {
  const { id, state } = request;
  const asked = state === "pending" ? `; asked by ${askedBy(request, now)}` : "";
  const how = state === "pending" ? `; answer with: holdfast approve ${id}` : "";
  return visible(`${id}  ${aboutText(request)}: ${stateText(request, now)}${asked}${how}`);
}
