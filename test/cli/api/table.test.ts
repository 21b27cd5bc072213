import { describe, expect, it } from "vitest";
import { table } from "../../../src/cli/api/table.ts";
import { cellWidth } from "../../../src/system/cell-width.ts";

const GRID = {
  heads: ["id", "name", "mode", "locked"],
  rows: [
    ["ws-1234567890abcdef", "payments-dev", "remote", "false"],
    ["ws-fedcba0987654321", "web", "agent", "true"],
  ],
};
const head = (columns: number) => table(GRID, columns, false).split("\n")[0];

describe("a table in a narrow terminal", () => {
  it.each([
    [80, "ID                   NAME          MODE    LOCKED"],
    [48, "ID                   NAME          MODE"],
    [36, "ID                   NAME"],
    [28, "ID                   NAME"],
    [20, "ID"],
  ])("W2: %d columns: %s", (columns, line) => {
    expect(head(columns)).toBe(line);
  });

  it("W2: cuts the name only when it alone is left, and says so", () => {
    expect(table(GRID, 28, false)).toContain("ws-1234567890abcdef  paymen…");
  });

  it("W1: no line is wider than the terminal, unless ids alone are", () => {
    for (let columns = 1; columns <= 80; columns += 1)
      for (const line of table(GRID, columns, false).split("\n"))
        expect(cellWidth(line)).toBeLessThanOrEqual(Math.max(columns, 19));
  });
});
