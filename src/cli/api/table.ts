// A table that fits its terminal.
//
// W1 No line is wider than the terminal, unless ids alone are: an id that is cut is of no use.
// W2 The last columns give way whole before the most telling one, the second, is cut.

import { createColors } from "picocolors";
import { cellWidth } from "../../system/cell-width.ts";
import type { Grid } from "./columns.ts";

const GAP = 2;
/** A column narrower than this says nothing. */
const NARROWEST = 6;

/** Lays a grid out in lines of at most `columns` character cells; the first column is kept whole. */
export function table(grid: Grid, columns: number, color: boolean): string {
  const widths = fitted(naturalWidths(grid, columns), columns);
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, index) => padded(cells[index] ?? "", width))
      .join(" ".repeat(GAP))
      .trimEnd();
  const { bold } = createColors(color);
  const head = bold(line(grid.heads.map((name) => name.toUpperCase())));
  return [head, ...grid.rows.map(line)].join("\n");
}

function naturalWidths({ heads, rows }: Grid, columns: number): number[] {
  return heads.map((head, index) => {
    const widest = rows.reduce((most, row) => Math.max(most, cellWidth(row[index] ?? "")), 0);
    const width = Math.max(widest, cellWidth(head));
    return index === 0 ? width : Math.min(width, columns);
  });
}

function fitted(natural: readonly number[], columns: number): number[] {
  const widths = [...natural];
  const excess = () =>
    widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1) - columns;
  while (excess() > 0 && widths.length > 2) widths.pop();
  const [id = 0, telling] = widths;
  if (telling === undefined || excess() <= 0) return widths;
  const left = columns - id - GAP;
  return left < NARROWEST ? [id] : [id, left];
}

function padded(text: string, width: number): string {
  const cut = truncated(text, width);
  return cut + " ".repeat(Math.max(0, width - cellWidth(cut)));
}

/** The text in at most `width` (at least 1) character cells; what is cut off is marked with `…`. */
function truncated(text: string, width: number): string {
  if (cellWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const character of text) {
    used += cellWidth(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
