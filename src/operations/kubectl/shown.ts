// What kubectl printed, as it is shown: without the values of Secrets.
//
// V1 JSON is read, masked, and written again; what cannot be read is not shown at all.
//    What a Secret holds is hidden in annotations as well, where tools leave copies of it.
// V2 A description of a Secret says how long a value is; where it says more, that is left out, and so are
//    its annotations.

import { type Json, writeDocuments } from "./manifest.ts";
import { listIn, objectIn } from "./json.ts";
import { masked, secretValuesIn } from "./masked.ts";
import type { OutputForm } from "./reads.ts";

const HIDDEN = "(hidden)";

/** What is shorter may be any word. */
const SHORTEST_VALUE = 6;

/** What was printed as JSON, in the form that was asked for; undefined: it cannot be shown (V1). */
export function shownData(printed: string, form: Extract<OutputForm, "json" | "yaml">) {
  if (printed.trim() === "") return "";
  let data: Json;
  try {
    data = JSON.parse(printed) as Json;
  } catch {
    return undefined;
  }
  const values = secretValuesIn(data).filter((each) => each.length >= SHORTEST_VALUE);
  // The longest first: one may be a part of another.
  values.sort((one, other) => other.length - one.length);
  const without = withoutValues(
    masked(data, () => HIDDEN),
    values,
  );
  return form === "json" ? `${JSON.stringify(without, null, 2)}\n` : writeDocuments([without]);
}

function withoutValues(data: Json, values: readonly string[], isNote = false): Json {
  if (typeof data === "string")
    return isNote ? values.reduce((text, value) => text.replaceAll(value, HIDDEN), data) : data;
  const list = listIn(data);
  if (list !== undefined) return list.map((each) => withoutValues(each, values, isNote));
  const object = objectIn(data);
  if (object === undefined) return data;
  return Object.fromEntries(
    Object.entries(object).map(([name, each]) => [
      name,
      withoutValues(each, values, isNote || name === "annotations"),
    ]),
  );
}

/** A description, where it may be a Secret's (V2). */
export function shownDescription(printed: string): string {
  let isData = false;
  let isNotes = false;
  let before = "";
  const lines = printed.split("\n").flatMap((line) => {
    if (before === "" && /^Name:\s/.test(line)) isData = false;
    if (before === "Data" && /^=+$/.test(line)) isData = true;
    before = line;
    if (/^\S/.test(line)) isNotes = /^Annotations:\s+(?!<none>$)/.test(line);
    if (isNotes) return /^\S/.test(line) ? [`Annotations:  ${HIDDEN}`] : line === "" ? [line] : [];
    const [, name] = /^([^:\s]+:\s+)/.exec(line) ?? [];
    if (!isData || line === "" || /^=+$/.test(line) || /^\S+:\s+\d+ bytes$/.test(line))
      return [line];
    return [`${name ?? ""}${HIDDEN}`];
  });
  return lines.join("\n");
}
