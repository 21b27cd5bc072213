// What others than a session's host wrote of things done inside it: by whose yes they were (K1).

import { isUngrantable } from "../policy/resource-class.ts";
import type { AuditEntry } from "../policy/audit-entry.ts";

/** Whose yes it was. */
export interface Answer {
  readonly request?: string;
  readonly entry?: string;
  readonly approvedBy?: string;
  /** A command as it was typed, which its session's host never heard. */
  readonly line?: string;
}

/** Something that one of the others let through or refused, and its outcome where it has one. */
export interface Attempt {
  readonly decided: AuditEntry;
  readonly reason: string | undefined;
  readonly answer: Answer;
  outcome?: AuditEntry;
}

/** More of them than a person answers in one session. */
const MOST = 10_000;

/** Whether an entry is of a command, a plan or a cluster, not of a request to the API, which is `METHOD /path`. */
export const isCommand = ({ class: name, operation = "" }: AuditEntry): boolean =>
  (name !== undefined && isUngrantable(name)) ||
  operation.startsWith("RUN /") ||
  (name === "unknown" && !/^[A-Z]+ \//.test(operation));

export class Attempts {
  #open: Attempt[] = [];
  readonly #approvals = new Map<string, string>();

  take(entry: AuditEntry): void {
    const { event, request, by } = entry;
    if (event === "approved" && request !== undefined && by !== undefined)
      this.#approvals.set(request, by);
    if (event === "claimed") this.#begin(entry, "approved");
    if (event === "decided") this.#begin(entry, entry.reason);
    if (event === "concluded") this.#end((each) => each.answer.request === request, entry);
    if (event === "outcome")
      this.#end(
        ({ decided }) => decided.writer === entry.writer && decided.operation === entry.operation,
        entry,
      );
  }

  #begin(decided: AuditEntry, reason: string | undefined): void {
    if (this.#open.length >= MOST) return;
    const { request, detail } = decided;
    const approvedBy = request === undefined ? undefined : this.#approvals.get(request);
    const line = isCommand(decided) ? decided.operation : undefined;
    const answer: Answer = {
      ...(request === undefined ? {} : { request }),
      ...(reason === "allowlisted" && detail !== undefined ? { entry: detail } : {}),
      ...(approvedBy === undefined ? {} : { approvedBy }),
      ...(line === undefined ? {} : { line }),
    };
    this.#open.push({ decided, reason, answer });
  }

  #end(isIt: (attempt: Attempt) => boolean, outcome: AuditEntry): void {
    const attempt = this.#open.find((each) => each.outcome === undefined && isIt(each));
    if (attempt !== undefined) attempt.outcome = outcome;
  }

  /** Whose yes it was that the host reports the outcome of; each answers for one. */
  answerTo(reported: AuditEntry): Answer {
    const isIt = ({ decided, reason }: Attempt) =>
      reason === reported.reason &&
      decided.class === reported.class &&
      decided.effect !== "deny" &&
      (reported.request === undefined || reported.request === decided.request);
    const [, executable] = /^RUN (.*)$/s.exec(reported.operation ?? "") ?? [];
    const isOf = ({ decided }: Attempt) => decided.target?.endsWith(executable ?? "") === true;
    const several = this.#open.filter(isIt);
    const found = several.find(isOf) ?? several[0];
    if (found === undefined)
      return reported.request === undefined ? {} : { request: reported.request };
    this.#open = this.#open.filter((each) => each !== found);
    return found.answer;
  }

  /** What the host has nothing of, as far as it can tell. */
  left(): readonly Attempt[] {
    return this.#open;
  }
}
