// The difference between two texts, as people know it from diff -u.

const CONTEXT = 3;
/** More cells than any configuration file needs; beyond it the middle is shown as replaced. */
const MOST_CELLS = 4_000_000;

interface Line {
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

/** Lines with their ends, so that a missing last one shows. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Every line of both, in order: the same ones marked with a space. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const same = (texts: readonly string[]) => texts.map((text): Line => ({ mark: " ", text }));
  return [
    ...same(before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

/** By a longest common subsequence. */
function middle(before: readonly string[], after: readonly string[]): Line[] {
  const [rows, columns] = [before.length, after.length];
  if ((rows + 1) * (columns + 1) > MOST_CELLS)
    return [
      ...before.map((text): Line => ({ mark: "-", text })),
      ...after.map((text): Line => ({ mark: "+", text })),
    ];
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  const length = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row--)
    for (let column = columns - 1; column >= 0; column--)
      lengths[row * width + column] =
        before[row] === after[column]
          ? length(row + 1, column + 1) + 1
          : Math.max(length(row + 1, column), length(row, column + 1));
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    if (row < rows && column < columns && before[row] === after[column]) {
      lines.push({ mark: " ", text: before[row] ?? "" });
      row++;
      column++;
    } else if (
      row < rows &&
      (column === columns || length(row + 1, column) >= length(row, column + 1))
    )
      lines.push({ mark: "-", text: before[row++] ?? "" });
    else lines.push({ mark: "+", text: after[column++] ?? "" });
  }
  return lines;
}

const shown = ({ mark, text }: Line): string => {
  const line = text.replace(/\r?\n$/, "").replaceAll("\t", "    ");
  return `${mark}${line}${text.endsWith("\n") ? "" : "\n\\ No newline at end of file"}`;
};

/** The same lines, as they may be seen. */
function asShown(
  lines: readonly Line[],
  before: string,
  after: string,
  shownText: (text: string) => string,
): Line[] {
  const [old, now] = [linesOf(shownText(before)), linesOf(shownText(after))];
  let [row, column] = [0, 0];
  return lines.map(({ mark }) => {
    const text = mark === "+" ? now[column] : old[row];
    if (mark !== "+") row++;
    if (mark !== "-") column++;
    return { mark, text: text ?? "" };
  });
}

/** Pairs of the first line shown and the one after the last, for each run of changes. */
function hunksOf(lines: readonly Line[]): [from: number, to: number][] {
  const hunks: [number, number][] = [];
  for (const [index, { mark }] of lines.entries()) {
    if (mark === " ") continue;
    const [from, to] = [Math.max(0, index - CONTEXT), Math.min(lines.length, index + CONTEXT + 1)];
    const last = hunks.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  }
  return hunks;
}

/**
 * The difference; empty for none.
 *
 * @param before undefined: there is no such file
 * @param after undefined: it is removed
 * @param shownText what of either may be seen, line by line: the differences are those of the texts
 */
export function unifiedDiff(
  path: string,
  before: string | undefined,
  after: string | undefined,
  shownText: (text: string) => string,
): string {
  const lines = compare(linesOf(before ?? ""), linesOf(after ?? ""));
  const toShow = asShown(lines, before ?? "", after ?? "", shownText);
  const counted = (from: number, to: number, other: Line["mark"]): string => {
    const start = lines.slice(0, from).filter(({ mark }) => mark !== other).length;
    const count = lines.slice(from, to).filter(({ mark }) => mark !== other).length;
    return `${count === 0 ? start : start + 1},${count}`;
  };
  const hunks = hunksOf(lines).map(([from, to]) =>
    [
      `@@ -${counted(from, to, "+")} +${counted(from, to, "-")} @@`,
      ...toShow.slice(from, to).map(shown),
    ].join("\n"),
  );
  if (hunks.length === 0) return "";
  return [
    `--- ${before === undefined ? "/dev/null" : path}`,
    `+++ ${after === undefined ? "/dev/null" : path}`,
    ...hunks,
    "",
  ].join("\n");
}
