// A JSON:API document for people: a table, lines, or Markdown.

import { gridOf, linesOf } from "./columns.ts";
import { dataOf, isObject } from "./json-api.ts";
import { markdownBlock, markdownList, markdownTable } from "./markdown.ts";
import type { OutputOptions, Rendered } from "./output.ts";
import { prettyJson } from "./pretty-json.ts";
import { table } from "./table.ts";

/**
 * A document as Markdown, or as text for a terminal. `text` is its JSON: what is no JSON:API
 * collection or resource is shown as it is.
 */
export function renderForPeople(
  document: unknown,
  text: string,
  { markdown, columns, color, quiet }: OutputOptions,
): Rendered {
  const data = dataOf(document);
  if (data === undefined) {
    const pretty = prettyJson(text);
    return { stdout: `${markdown ? markdownBlock(pretty, "json") : pretty}\n`, stderr: "" };
  }
  if (!Array.isArray(data)) {
    const lines = linesOf(data);
    const plain = lines.map(([name, value]) => `${name}: ${value}`).join("\n");
    return { stdout: `${markdown ? markdownList(lines) : plain}\n`, stderr: "" };
  }
  const hint = quiet ? "" : moreHint(document, data.length);
  if (data.length === 0) return { stdout: "", stderr: quiet ? "" : "holdfast: no records\n" };
  const grid = gridOf(data);
  return {
    stdout: `${markdown ? markdownTable(grid) : table(grid, columns, color)}\n`,
    stderr: hint,
  };
}

function moreHint(document: unknown, shown: number): string {
  const meta = isObject(document) && isObject(document.meta) ? document.meta : {};
  const pagination = isObject(meta.pagination) ? meta.pagination : {};
  const page = pagination["current-page"];
  const pages = pagination["total-pages"];
  const total = pagination["total-count"];
  if (typeof page !== "number" || typeof pages !== "number" || page >= pages) return "";
  const all = typeof total === "number" ? ` of ${total}` : "";
  return `holdfast: page ${page} of ${pages}, ${shown}${all} records: add --page-number ${page + 1}, or --all\n`;
}
