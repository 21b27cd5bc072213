// What kubectl printed, as it is shown: without the values of Secrets.
//
// V1 JSON is read, masked, and written again; what cannot be read is not shown at all.
// V2 A description of a Secret says how long a value is; where it says more, that is left out.

import { type Json, writeDocuments } from "./manifest.ts";
import { masked } from "./masked.ts";
import type { OutputForm } from "./reads.ts";

const HIDDEN = "(hidden)";

/** What was printed as JSON, in the form that was asked for; undefined: it cannot be shown (V1). */
export function shownData(printed: string, form: Extract<OutputForm, "json" | "yaml">) {
  if (printed.trim() === "") return "";
  let data: Json;
  try {
    data = JSON.parse(printed) as Json;
  } catch {
    return undefined;
  }
  const without = masked(data, () => HIDDEN);
  return form === "json" ? `${JSON.stringify(without, null, 2)}\n` : writeDocuments([without]);
}

/** A description, where it may be a Secret's (V2). */
export function shownDescription(printed: string): string {
  let isData = false;
  let before = "";
  const lines = printed.split("\n").map((line) => {
    if (before === "" && /^Name:\s/.test(line)) isData = false;
    if (before === "Data" && /^=+$/.test(line)) isData = true;
    before = line;
    const [, name] = /^([^:\s]+:\s+)/.exec(line) ?? [];
    if (!isData || line === "" || /^=+$/.test(line) || /^\S+:\s+\d+ bytes$/.test(line)) return line;
    return `${name ?? ""}${HIDDEN}`;
  });
  return lines.join("\n");
}
