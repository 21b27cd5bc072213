// What a body says about the few attributes that make a request destructive.
//
// A1 Names are compared without case, `-` and `_`, and wide letters as plain ones: the API takes
//    `is-destroy`, `is_destroy` and `isDestroy` for the same.
// A2 A dangerous attribute counts wherever it stands in the body, and with any value but false and
//    null. A harmless one counts only where the documentation puts it, spelled as documented, with
//    the literal value, and when no other spelling of it stands anywhere.

import { at, type Occurrence, occurrences } from "./json.ts";

/** The name as A1 compares it. */
export function plainName(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

/** Every place where the body has the attribute, or a name that ends with it. */
export function attribute(body: unknown, name: string): Occurrence[] {
  const plain = plainName(name);
  return occurrences(body, (candidate) => plainName(candidate).endsWith(plain));
}

/** A2 for a dangerous attribute. */
export function mayBeSet(body: unknown, name: string): boolean {
  return attribute(body, name).some(({ value }) => value !== null && value !== false);
}

/** A2 for a harmless one: `data.attributes.<name>` is exactly this value, and nothing else is. */
export function isSurely(body: unknown, name: string, value: boolean): boolean {
  return attribute(body, name).length === 1 && at(body, "data", "attributes", name) === value;
}
