// What a person sees before answering a request: what would run, whole; what it would lose, looked up
// now; who asks and why; what was answered before.
//
// W1 The request is shown whole, to the last character, or it cannot be approved.
// W2 The agent's own words stand last, marked as what they are.

import { approvability } from "../policy/approvable.ts";
import type { ApprovalRequest } from "../policy/approval.ts";
import type { Card, CardRow } from "../policy/card.ts";
import type { HcpOperation, Operation } from "../policy/operation.ts";
import { typedPath } from "../policy/operation.ts";
import { reasonText } from "../policy/reason.ts";

/** The longest request that a person can be expected to read, in characters. */
const MOST_SHOWN = 8192;

const PARTS = ["request", "headers", "body"];

/** The request as it will be sent, whole (W1). */
function requestRows({ request }: HcpOperation): CardRow[] {
  const query = new URLSearchParams(request.query.map(([...pair]) => pair)).toString();
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
  return [
    {
      label: "request",
      text: `${request.method} ${typedPath(request.path)}${query === "" ? "" : `?${query}`}`,
    },
    ...(headers.length === 0 ? [] : [{ label: "headers", text: headers.join("; ") }]),
    ...(request.body === undefined ? [] : [{ label: "body", text: request.body }]),
  ];
}

/** A card with the whole request on it; `truncated` where that is more than a person reads (W1). */
export function withWholeRequest(card: Card, operation: Operation): Card {
  if (operation.kind !== "hcp") return card;
  const whole = requestRows(operation);
  const length = whole.reduce((sum, { text }) => sum + text.length, 0);
  const rows = card.rows.filter(({ label }) => !PARTS.includes(label));
  const isSafer = ({ label }: CardRow) => label === "safer";
  return {
    ...card,
    rows: [...rows.filter((row) => !isSafer(row)), ...whole, ...rows.filter(isSafer)],
    ...(length > MOST_SHOWN ? { truncated: true } : {}),
  };
}

/** `just now`, `3 minutes ago`. */
export function ago(ms: number): string {
  return ms < 45_000 ? "just now" : `${span(ms)} ago`;
}

/** `3 minutes`, `2 hours`, `5 days`. */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const [count, unit] =
    minutes < 60
      ? [minutes, "minute"]
      : minutes < 48 * 60
        ? [Math.round(minutes / 60), "hour"]
        : [Math.round(minutes / 1440), "day"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** `claude in session 7KQF2M (bash, claude, zsh), ada@laptop, 3 minutes ago`. */
export function askedBy({ requester, createdAt }: ApprovalRequest, now: Date): string {
  const { agent, session, lineage, user, machine } = requester;
  const who = agent ?? "a command";
  const where = session === undefined ? "" : ` in session ${session}`;
  const chain = lineage === "" ? "" : ` (${lineage})`;
  return `${who}${where}${chain}, ${user}@${machine}, ${ago(now.getTime() - Date.parse(createdAt))}`;
}

/** One line on how a request that is over ended. */
export function endedText(request: ApprovalRequest, now: Date): string {
  const by = request.endedBy ?? request.decisions.at(-1)?.by;
  const at = request.endedAt ?? request.decisions.at(-1)?.at;
  const when = at === undefined ? "" : `, ${ago(now.getTime() - Date.parse(at))}`;
  const who = by === undefined ? "" : ` by ${by.user}`;
  // Another grant, or a change of policy, stands in its place: nobody took it back.
  if (request.state === "withdrawn" && request.note !== undefined)
    return `over: ${request.note}${who}${when}`;
  return `${request.state.replaceAll("_", " ")}${who}${when}`;
}

/** What a yes would allow, besides or instead of one run. */
export interface Allows {
  readonly text: string;
  /** What is typed for it, where that is not the target's name. */
  readonly typedName?: string;
}

/**
 * The card of a request, as it stands now.
 *
 * @param card what could be looked up now, or when it was asked
 * @param earlier other requests for the same resource, the newest first
 * @param allows what a yes would allow; without it exactly one run
 */
export function approvalCard(
  request: ApprovalRequest,
  card: Card,
  earlier: readonly ApprovalRequest[],
  now: Date,
  allows?: Allows,
): Card {
  const { operation, reason, requester, digest, decisions, approvers } = request;
  const whole = withWholeRequest(card, operation);
  const row = approvability(operation, whole);
  const context = {
    operation,
    ...(requester.session === undefined ? {} : { session: requester.session }),
  };
  return {
    ...whole,
    ...(allows?.typedName === undefined ? {} : { typedName: allows.typedName }),
    rows: [
      ...whole.rows,
      { label: "asked by", text: askedBy(request, now) },
      { label: "why", text: `${reasonText(reason, context)} [${reason}]` },
      ...(approvers === 1
        ? []
        : [{ label: "answers", text: `${decisions.length} of ${approvers} so far` }]),
      ...earlier.slice(0, 3).map((each) => ({
        label: "before",
        text: `${endedText(each, now)} (${each.id})`,
      })),
      {
        label: "allows",
        text: allows?.text ?? `exactly one run of exactly this, for ${span(row.usableMs)}`,
      },
      { label: "digest", text: digest.slice("sha256:".length, "sha256:".length + 16) },
      ...(requester.said === undefined
        ? []
        : [{ label: "it says", text: `(unverified) ${requester.said}` }]),
    ],
  };
}
