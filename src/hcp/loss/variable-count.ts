// How many variables something holds, and how many of them are sensitive: those cannot be read back.
//
// C1 A variable counts as sensitive unless the API says that it is not.

import { flagOf } from "./json-api.ts";
import type { Look } from "./look.ts";
import { counted } from "./wording.ts";

export interface VariableCount {
  readonly total: number | undefined;
  readonly sensitive: number;
  /** Whether every variable was seen. */
  readonly complete: boolean;
}

/** The variables of a list that has no pages, or few. */
export async function variableCount(
  look: Look,
  what: string,
  path: string,
): Promise<VariableCount | undefined> {
  const page = await look.page(what, `${path}?page[size]=100`);
  if (page === undefined) return undefined;
  const sensitive = page.items.filter((each) => flagOf(each, "sensitive") !== false);
  const complete = page.total === page.items.length;
  return { total: page.total, sensitive: sensitive.length, complete };
}

/** Undefined when there are none; without a number when that is not known. */
export function variablesText(variables: VariableCount | undefined): string | undefined {
  if (variables === undefined) return "its variables";
  const { total, sensitive, complete } = variables;
  if (total === 0) return undefined;
  const number = total === undefined ? "its variables" : counted(total, "variable");
  if (sensitive === 0) return complete ? number : `${number} (some may be sensitive)`;
  return `${number} (${complete ? "" : "at least "}${sensitive} sensitive)`;
}
