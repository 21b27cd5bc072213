// What a session allowed and refused, read from the log.
//
// K1 The session's host writes down what happened in it, and its word counts. What others wrote of
//    the same thing (the gate of a command that was allowlisted, the approvals store) says by whose
//    yes it was, and stands alone only where the host has nothing.
// K2 What was let through and has no outcome is under way; where the session has ended, unknown.
// K3 What ran through `holdfast gate` ran: nothing here says that it deleted something. Only what the
//    session's own grant let through is spent of its budget.

import type { AuditEntry } from "../policy/audit-entry.ts";
import { Attempts } from "./receipt-attempts.ts";
import { ReceiptLines } from "./receipt-lines.ts";

export type ReceiptResult = "deleted" | "ran" | "failed" | "unknown" | "refused" | "under way";

/** One line of the receipt: something that was let through or refused. */
export interface ReceiptLine {
  readonly at: string;
  readonly result: ReceiptResult;
  /** `DELETE /workspaces/ws-8ZkQ`, or a command line. Not yet visible(). */
  readonly operation: string;
  readonly target?: string;
  readonly class?: string;
  readonly items: number;
  /** Why it was let through or refused: a code of policy/reason.ts. */
  readonly reason?: string;
  /** What the API answered; of a command that ran, its exit code. */
  readonly status?: number;
  /** The request or the allowlist entry whose yes it was, and the person, as far as they are known. */
  readonly request?: string;
  readonly entry?: string;
  readonly approvedBy?: string;
}

/** Something in the session's own life: widened, adopted, revoked, expired, spent. */
export interface ReceiptEvent {
  readonly at: string;
  readonly event: AuditEntry["event"];
  readonly class?: string;
  readonly request?: string;
  readonly by?: string;
  readonly detail?: string;
}

export interface ReceiptView {
  readonly session: string;
  /** Who started it, and what: `ana@laptop (claude)`. */
  readonly startedBy?: string;
  readonly startedAt?: string;
  /** `workspaces (at most 10), on app.terraform.io, any organization`. */
  readonly granted?: string;
  readonly events: readonly ReceiptEvent[];
  readonly endedAt?: string;
  /** `exited with 0`. */
  readonly ending?: string;
  /** In items: a bulk request counts for as many as it names. */
  readonly counts: Readonly<Record<ReceiptResult, number>>;
  /** What the session's own grant let through, in items (K3). */
  readonly spent: number;
  /** The latest, oldest first. */
  readonly lines: readonly ReceiptLine[];
  /** How many lines there were before those. */
  readonly earlier: number;
}

const LIFE: readonly AuditEntry["event"][] = [
  "session-widened",
  "session-adopted",
  "session-revoked",
  "session-expired",
  "session-spent",
];

/** More events of a session's life than anybody reads. */
const MOST_EVENTS = 200;

/**
 * The receipt of a session: the last one with this id. Entries of others are passed over.
 *
 * @param entries oldest first: the log's, and the approvals store's where there is one
 * @param isLive false: what has no outcome never got one
 * @returns undefined where no entry is of this session
 */
export async function receiptOf(
  entries: AsyncIterable<AuditEntry> | Iterable<AuditEntry>,
  session: string,
  isLive: boolean,
): Promise<ReceiptView | undefined> {
  let collected: Collected | undefined;
  for await (const entry of entries) {
    if (entry.session !== session) continue;
    if (collected === undefined || entry.event === "session-started") collected = new Collected();
    collected.take(entry);
  }
  return collected?.view(session, isLive);
}

class Collected {
  readonly #hosts = new Set<string>();
  readonly #lines = new ReceiptLines();
  readonly #attempts = new Attempts();
  readonly #events: ReceiptEvent[] = [];
  #started: AuditEntry | undefined;
  #ended: AuditEntry | undefined;

  take(entry: AuditEntry): void {
    const { event, writer, reason } = entry;
    // Only the host writes these.
    if (event.startsWith("session-") || reason === "granted") this.#hosts.add(writer);
    if (event === "session-started") this.#started = entry;
    if (event === "session-ended") this.#ended = entry;
    if (LIFE.includes(event) && this.#events.length < MOST_EVENTS) this.#events.push(lifeOf(entry));
    // What destroys nothing is in the log, and no matter of a receipt.
    if (reason === "not-destructive") return;
    if (this.#hosts.has(writer)) this.#takeHosts(entry);
    else this.#attempts.take(entry);
  }

  #takeHosts(entry: AuditEntry): void {
    const { event, effect, reason } = entry;
    if (event === "decided" && effect === "allow") this.#lines.begun(entry);
    if (event === "decided" && effect === "deny") this.#lines.refused(entry);
    if (event !== "outcome") return;
    if (reason === "granted") this.#lines.settled(entry, {});
    else this.#lines.reported(entry, this.#attempts.answerTo(entry));
  }

  view(session: string, isLive: boolean): ReceiptView {
    for (const left of this.#attempts.left()) this.#lines.addOthers(left);
    const { lines, counts, earlier, spent } = this.#lines.finish(
      isLive && this.#ended === undefined,
    );
    const { by, at, detail } = this.#started ?? {};
    return {
      session,
      ...(by === undefined ? {} : { startedBy: by }),
      ...(at === undefined ? {} : { startedAt: at }),
      ...(detail === undefined ? {} : { granted: detail }),
      events: this.#events,
      ...(this.#ended === undefined ? {} : { endedAt: this.#ended.at }),
      ...(this.#ended?.detail === undefined ? {} : { ending: this.#ended.detail }),
      counts,
      spent,
      lines,
      earlier,
    };
  }
}

function lifeOf({ at, event, class: name, request, by, detail }: AuditEntry): ReceiptEvent {
  return {
    at,
    event,
    ...(name === undefined ? {} : { class: name }),
    ...(request === undefined ? {} : { request }),
    ...(by === undefined ? {} : { by }),
    ...(detail === undefined ? {} : { detail }),
  };
}
