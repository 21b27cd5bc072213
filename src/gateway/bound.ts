// Bounded output: a model's context is not a log file.
//
// L1 What is cut out is kept as a resource, whole, and the text says where, and how much it is.

import type { OutputStore } from "./output-store.ts";
import type { CallResult } from "./result.ts";

/** In UTF-16 units, of the text and of the tool's own part each. */
export const MOST_TEXT = 24 * 1024;

const HEAD = 14 * 1024;
const TAIL = MOST_TEXT - HEAD;

/** The same, with what is too long cut out and kept (L1). */
export function bounded(result: CallResult, outputs: OutputStore): CallResult {
  const { text, structured } = result;
  const whole = text.length > MOST_TEXT ? outputs.keep(text) : undefined;
  const json = structured.output === undefined ? "" : JSON.stringify(structured.output);
  const output = json.length > MOST_TEXT ? outputs.keep(json) : undefined;
  if (whole === undefined && output === undefined) return result;
  const { output: _, ...without } = structured;
  return {
    ...result,
    text: whole === undefined ? text : cut(text, whole),
    structured: {
      ...(output === undefined ? structured : without),
      truncated: {
        ...(whole === undefined ? {} : { text: whole }),
        ...(output === undefined ? {} : { output }),
      },
    },
  };
}

function cut(text: string, uri: string): string {
  const start = whole(text.slice(0, HEAD));
  const end = whole(text.slice(-TAIL));
  const left = text.length - start.length - end.length;
  return `${start}\n[${left} characters left out here; all of it: ${uri}]\n${end}`;
}

/** Half a surrogate pair is no text. */
const whole = (text: string): string =>
  text.replace(/^[\udc00-\udfff]/, "").replace(/[\ud800-\udbff]$/, "");
