// What is secret stays here: everything that goes back to the client passes through this.
//
// K1 Names of fields are ours and stay; every text, however deep, is searched, and so are the names
//    that came from outside.

import type { Redactor } from "../audit/redact.ts";

/** The same value, every text of it redacted (K1). */
export function redactDeep<Value>(value: Value, redact: Redactor): Value {
  return walk(value, redact) as Value;
}

function walk(value: unknown, redact: Redactor): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((each) => walk(each, redact));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [redact(name), walk(each, redact)]);
  return Object.fromEntries(entries);
}
