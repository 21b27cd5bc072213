// What SQLite adds to schema.ts: its words, and the guards as triggers.

import { type Guard, ON_CHANGE, ON_DECISION, ON_REQUEST } from "./guards.ts";
import type { Words } from "./sql.ts";

export const SQLITE_WORDS: Words = {
  request: "request",
  decision: "decision",
  notice: "notice",
  audit: "audit",
  // Milliseconds; one moment for the whole of a statement, its triggers included.
  now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
  lock: "",
  integer: "INTEGER",
  // Nothing is ever deleted where this is used, so that no number comes twice.
  serial: "INTEGER PRIMARY KEY",
  // Everybody who can open the file is the same user.
  me: "TEXT NOT NULL DEFAULT '-'",
  decider: "",
  // What is kept as text is read as bytes: libsql ends the process over text that is not UTF-8.
  text: "CAST($ AS BLOB) AS $",
  number: "CAST($ AS INTEGER) AS $",
};

/** How a guard's refusal begins. */
export const GUARD_SAYS = "holdfast: ";

const trigger = (name: string, when: string, { says, refuses }: Guard): string =>
  `CREATE TRIGGER ${name} ${when} FOR EACH ROW BEGIN
    SELECT RAISE(ABORT, '${GUARD_SAYS}${says}') WHERE ${refuses};
  END`;

const triggers = (name: string, when: string, guards: readonly Guard[]): string[] =>
  guards.map((guard, index) => trigger(`${name}_${index + 1}`, when, guard));

const never = (table: string, change: "UPDATE" | "DELETE"): string =>
  trigger(`${table}_no_${change.toLowerCase()}`, `BEFORE ${change} ON {${table}}`, {
    says: `${table} is only added to`,
    refuses: "true",
  });

export const SQLITE_TRIGGERS: readonly string[] = [
  ...triggers("request_change", "BEFORE UPDATE ON {request}", ON_CHANGE),
  ...triggers("request_begin", "BEFORE INSERT ON {request}", ON_REQUEST),
  ...triggers("decision_begin", "BEFORE INSERT ON {decision}", ON_DECISION),
  never("request", "DELETE"),
  never("decision", "UPDATE"),
  never("decision", "DELETE"),
  never("audit", "UPDATE"),
  never("audit", "DELETE"),
];
