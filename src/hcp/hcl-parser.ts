// The parser itself. Import this dynamically, and only from hcl.ts: as a file of its own the bundle
// loads it with require, which takes half the time of an import of the package.

import hcl from "hcl2-parser";

/** `[value, null]`, or `[null, {}]` for input that is not HCL. May throw RangeError. */
export function parseToObject(text: string): readonly [unknown, unknown] {
  return hcl.parseToObject(text) as readonly [unknown, unknown];
}
