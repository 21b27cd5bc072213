// API data as Markdown: every character in it means itself.

import { visibleLines } from "../../system/terminal-text.ts";
import type { Grid } from "./columns.ts";

/** A Markdown table of a grid. */
export function markdownTable({ heads, rows }: Grid): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(heads), `|${" --- |".repeat(heads.length)}`, ...rows.map(line)].join("\n");
}

/** A Markdown list of named values. */
export function markdownList(lines: readonly (readonly [name: string, value: string])[]): string {
  return lines.map(([name, value]) => `- **${escaped(name)}**: ${escaped(value)}`).join("\n");
}

/** A fenced block; the fence is longer than any run of backticks in the text. */
export function markdownBlock(text: string, language: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${visibleLines(text)}\n${fence}`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|&~#!]/g, "\\$&");
}
