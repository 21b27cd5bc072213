// The findings of `holdfast doctor`, for people: rows on a wide terminal, blocks on a narrow one.
//
// W1 A fix is never wrapped: it can be copied as it stands.

import { createColors } from "picocolors";
import type { CheckResult, Status } from "../doctor/check.ts";
import { visible } from "../system/terminal-text.ts";
import { cellWidth } from "../system/cell-width.ts";

/** Fewer columns than these, and a row would leave too little for its text. */
const WIDE = 60;
const STATUS_WIDTH = "problem".length;
/** No title is longer; check.ts says so. */
const TITLE_WIDTH = 16;

/** Breaks a text at its spaces into lines of at most `columns` cells; a longer word stands alone. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && cellWidth(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

function painted(status: Status, color: boolean): string {
  const { green, yellow, red } = createColors(color);
  return { ok: green, note: yellow, problem: red }[status](status);
}

/** One finding as lines, each ended. */
export function resultText(result: CheckResult, columns: number, color: boolean): string {
  const { status, title } = result;
  const word = painted(status, color) + " ".repeat(STATUS_WIDTH - status.length);
  const text = visible(result.text);
  const fix = result.fix === undefined ? [] : [`fix  ${visible(result.fix)}`];
  if (columns < WIDE) {
    const lines = [...wrapped(text, columns - 2), ...fix];
    return [`${word}  ${title}`, ...lines.map((line) => `  ${line}`), ""].join("\n");
  }
  const indent = STATUS_WIDTH + 2 + TITLE_WIDTH + 2;
  const [first = "", ...rest] = wrapped(text, columns - indent);
  const hanging = [...rest, ...fix].map((line) => " ".repeat(indent) + line);
  return [`${word}  ${title.padEnd(TITLE_WIDTH)}  ${first}`, ...hanging, ""].join("\n");
}

/** The last line: how many problems and notes. */
export function summaryText(results: readonly CheckResult[]): string {
  const count = (status: Status) => results.filter((each) => each.status === status).length;
  const plural = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const problems = count("problem") === 0 ? "no problems" : plural(count("problem"), "problem");
  return `${problems}, ${plural(count("note"), "note")}\n`;
}

/** All findings as Markdown. */
export function resultsMarkdown(results: readonly CheckResult[]): string {
  const cell = (text: string) => visible(text).replace(/[\\`*_[\]<>|&~#!]/g, "\\$&");
  // Inside code a backslash is a backslash, so only what ends the code or the cell is changed.
  const code = (text: string) => `\`${visible(text).replaceAll("`", "'").replaceAll("|", "\\|")}\``;
  const rows = results.map(
    ({ status, title, text, fix }) =>
      `| ${status} | ${title} | ${cell(text)} | ${fix === undefined ? "" : code(fix)} |`,
  );
  return `| | check | finding | fix |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

/** All findings as the one object that --json prints. */
export function resultsJson(results: readonly CheckResult[]): string {
  const checks = results.map(({ id, title, status, text, fix }) => ({
    id,
    title,
    status,
    text,
    ...(fix === undefined ? {} : { fix }),
  }));
  return `${JSON.stringify({ checks }, null, 2)}\n`;
}
