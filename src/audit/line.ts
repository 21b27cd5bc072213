// One entry as one line of the log: JSON, as JSON.stringify writes it, and a line end.
//
// E1 A line is an entry only if writing it again gives the same text: so no byte of it can change
//    without a trace, not even one that JSON would read the same.
// E2 No entry holds a line end or the text that entries start with, but at its start: so an entry
//    that was glued to a torn one before it can still be told from it.

import { AUDIT_EVENTS, type AuditEntry, type AuditFacts } from "../policy/audit-entry.ts";

/** No line is longer, in bytes; one write keeps it whole. */
export const MAX_LINE = 60 * 1024;

const START = '{"version":1,"writer":"';
const HEX64 = /^[0-9a-f]{64}$/;

/** Every field that facts may have, with its type. */
export const FACT_FIELDS = {
  event: "string",
  session: "string",
  request: "string",
  class: "string",
  digest: "string",
  operation: "string",
  target: "string",
  effect: "string",
  reason: "string",
  outcome: "string",
  status: "number",
  items: "number",
  by: "string",
  detail: "string",
} as const satisfies Record<keyof AuditFacts, "string" | "number">;

const EFFECTS: readonly unknown[] = ["allow", "ask", "deny"];

/** The line of an entry, with its line end. */
export const lineOf = (entry: AuditEntry): string => `${JSON.stringify(entry)}\n`;

/** The entry that a line (without its line end) holds, by E1, or why it holds none. Its hash is not checked. */
export function parseLine(text: string): AuditEntry | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is no JSON";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "it is no entry";
  const problem = entryProblem(value as Record<string, unknown>);
  if (problem !== undefined) return problem;
  return JSON.stringify(value) === text ? (value as AuditEntry) : "it was not written like this";
}

const isHash = (value: unknown): boolean => typeof value === "string" && HEX64.test(value);

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  version: (value) => value === 1,
  writer: (value) => typeof value === "string" && value !== "" && value.length <= 64,
  seq: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  at: (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  previous: isHash,
  seen: (value) => Array.isArray(value) && value.every(isHash),
  hash: isHash,
};

/** Why a value is no entry; undefined when it is one. */
export function entryProblem(value: Readonly<Record<string, unknown>>): string | undefined {
  if (value.version !== 1) return "it is of a version that this holdfast does not know";
  for (const [field, isRight] of Object.entries(CHECKS))
    if (!isRight(value[field])) return `its ${field} is missing or malformed`;
  for (const [field, content] of Object.entries(value)) {
    if (Object.hasOwn(CHECKS, field)) continue;
    if (!Object.hasOwn(FACT_FIELDS, field)) return `it has a field of no entry (${field})`;
    const isRight = typeof content === FACT_FIELDS[field as keyof AuditFacts];
    if (!isRight) return `its ${field} is malformed`;
  }
  if (!Object.hasOwn(AUDIT_EVENTS, value.event as string)) return "its event is unknown";
  if (value.effect !== undefined && !EFFECTS.includes(value.effect)) return "its effect is unknown";
  return undefined;
}

/** By E2: how many bytes of a line come before the entry that it ends with; 0 for none. */
export function gluedBytes(line: Buffer): number {
  return Math.max(0, line.lastIndexOf(START));
}

/** Whether a piece is what a torn write leaves: zero bytes, or a start of entries that lack their end. */
export function looksTorn(piece: string): boolean {
  const text = piece.replace(/\0+/g, "");
  return text === "" || !/"hash":"[0-9a-f]{64}"\}/.test(text);
}

/** The `detail` of a `log-repaired` entry. Offset and length in bytes. */
export const asideDetail = (offset: number, length: number): string =>
  `set aside ${length} bytes at byte ${offset}`;

/** What `asideDetail` said; undefined for any other text. */
export function parseAside(detail: string | undefined): { from: number; to: number } | undefined {
  const match = /^set aside (\d{1,15}) bytes at byte (\d{1,15})$/.exec(detail ?? "");
  if (match === null) return undefined;
  const from = Number(match[2]);
  return { from, to: from + Number(match[1]) };
}
