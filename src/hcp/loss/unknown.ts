// A request that matches nothing we know: it is shown whole, and nothing is claimed about it.

import type { Look } from "./look.ts";
import { type Loss, row } from "./loss.ts";

/** A read or a change that a rule asks about: nothing is lost, and the request says what it does. */
export function describeHarmless(look: Look): Promise<Loss> {
  const { impact, target } = look.operation;
  const text =
    impact === "read" ? "reads, and changes nothing" : "changes it, and destroys nothing";
  return Promise.resolve({ name: target.id, rows: row("does", text), showsRequest: true });
}

/** No look-up: nobody knows what could be asked. */
export function describeUnknown(look: Look): Promise<Loss> {
  const isKnown = look.operation.name !== undefined;
  look.note(
    isKnown
      ? "what it does: holdfast knows the path, but not what this query or body makes of it"
      : "what it does: holdfast does not know this request",
  );
  return Promise.resolve({
    name: look.operation.target.id,
    rows: row("class", "unknown: it may destroy anything that the token may reach"),
    showsRequest: true,
  });
}
