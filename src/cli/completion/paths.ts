// The API's path templates as every completion script holds them: one `METHOD TEMPLATE` a line.

import { ROUTES } from "../../operations/hcp/route-table.ts";

/** Sorted, each once. No template holds anything but letters, digits, `/`, `-`, `_`, `.`, `{`, `}`. */
export function pathLines(): string[] {
  const lines = ROUTES.map(({ method, template }) => `${method} ${template}`);
  return [...new Set(lines)].sort();
}
