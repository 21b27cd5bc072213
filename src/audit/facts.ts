// What is said, made fit to be kept.
//
// S1 Every string that a secret could stand in is redacted before it is clipped: half a secret is no longer found by its value.
// S2 Whatever is said, its line is shorter than MAX_LINE.

import { type AuditFacts, SAID_FREELY } from "../policy/audit-entry.ts";
import { FACT_FIELDS, MAX_LINE } from "./line.ts";
import type { Redactor } from "./redact.ts";

/** How long one string may be, in characters; and where that is too long for a line still. */
const LONGEST = 4096;
const SHORTER = 512;

/** Room for what the chain adds to the facts, in bytes. */
const CHAIN_ROOM = 4096;

/** The facts as they are kept: redacted, clipped, and nothing but facts. */
export function keptFacts(facts: AuditFacts, redact: Redactor): AuditFacts {
  const redacted: Record<string, string | number> = {};
  for (const [field, type] of Object.entries(FACT_FIELDS)) {
    const value = facts[field as keyof AuditFacts];
    if (typeof value === "number" && type === "number" && Number.isSafeInteger(value))
      redacted[field] = value;
    if (typeof value === "string" && type === "string")
      redacted[field] = SAID_FREELY.has(field) ? redact(value) : value;
  }
  const kept = clipped(redacted, LONGEST);
  const fits = Buffer.byteLength(JSON.stringify(kept)) + CHAIN_ROOM < MAX_LINE;
  return (fits ? kept : clipped(redacted, SHORTER)) as unknown as AuditFacts;
}

function clipped(
  fields: Readonly<Record<string, string | number>>,
  most: number,
): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      typeof value === "number" ? value : clip(value, most),
    ]),
  );
}

function clip(text: string, most: number): string {
  const short =
    text.length <= most ? text : `${text.slice(0, most)}... (${text.length} characters)`;
  // The digest's canonical form has no lone surrogates, and clipping may leave one.
  return short.replace(/\p{Cs}/gu, "\ufffd");
}
