// Every resource class and how it stands under a grant: `explain --allow-delete`, and what
// `harness exec --dry-run` shows.

import type { Reversibility } from "../policy/operation.ts";
import { RESOURCE_CLASSES, type ResourceClass } from "../policy/resource-class.ts";
import { classStanding, type SessionGrant } from "../policy/session-grant.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

interface ClassRow {
  readonly class: ResourceClass;
  readonly standing: "allowed" | "depends" | "refused";
  readonly reversibility: Reversibility;
  readonly because: string;
}

/** One row for each class, in the table's order. */
export function classRows(grant: Pick<SessionGrant, "classes" | "wildcard">): ClassRow[] {
  return Object.entries(RESOURCE_CLASSES).map(([name, { reversibility, because }]) => ({
    class: name as ResourceClass,
    standing: classStanding(grant, name as ResourceClass),
    reversibility,
    because,
  }));
}

const UNKNOWN = "what matches no known request is covered by no session";
const OUTSIDE =
  "outside any session each is asked at a terminal, and refused where nobody can be asked";

function textTable(rows: readonly ClassRow[]): string {
  const last = "(every class)";
  const width = Math.max(last.length, ...rows.map((row) => row.class.length));
  const line = (standing: string, name: string, why: string): string =>
    `  ${standing.padEnd(8)} ${name.padEnd(width)}  ${why}\n`;
  return [
    ...rows.map((row) => line(row.standing, row.class, `${row.reversibility}: ${row.because}`)),
    line("refused", "(unknown)", UNKNOWN),
    line("asked", last, OUTSIDE),
  ].join("");
}

function markdownTable(rows: readonly ClassRow[]): string {
  const lines = rows.map(
    (row) => `| \`${row.class}\` | ${row.standing} | ${row.reversibility}: ${row.because} |`,
  );
  return `| class | inside the session | why |\n| --- | --- | --- |\n${lines.join("\n")}\n| (unknown) | refused | ${UNKNOWN} |\n\nAsked: ${OUTSIDE}.\n`;
}

/** Prints the table: on stdout, as text, JSON or Markdown. */
export function showClassTable(
  grant: Pick<SessionGrant, "classes" | "wildcard">,
  globals: GlobalOptions,
  { stdout }: Pick<CliContext, "stdout">,
): void {
  const rows = classRows(grant);
  if (globals.json)
    stdout.write(
      `${JSON.stringify({ classes: rows, unknown: "refused", outside: "asked" }, null, 2)}\n`,
    );
  else stdout.write(globals.markdown ? markdownTable(rows) : textTable(rows));
}
