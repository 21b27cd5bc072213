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

function textTable(rows: readonly ClassRow[]): string {
  const width = Math.max(...rows.map((row) => row.class.length));
  const lines = rows.map(
    (row) =>
      `  ${row.standing.padEnd(8)} ${row.class.padEnd(width)}  ${row.reversibility}: ${row.because}`,
  );
  return `${lines.join("\n")}\n  refused  ${"(unknown)".padEnd(width)}  what matches no known request is covered by no session\n`;
}

function markdownTable(rows: readonly ClassRow[]): string {
  const lines = rows.map(
    (row) => `| \`${row.class}\` | ${row.standing} | ${row.reversibility}: ${row.because} |`,
  );
  return `| class | inside the session | why |\n| --- | --- | --- |\n${lines.join("\n")}\n`;
}

/** Prints the table: on stdout, as text, JSON or Markdown. */
export function showClassTable(
  grant: Pick<SessionGrant, "classes" | "wildcard">,
  globals: GlobalOptions,
  { stdout }: Pick<CliContext, "stdout">,
): void {
  const rows = classRows(grant);
  if (globals.json) stdout.write(`${JSON.stringify({ classes: rows }, null, 2)}\n`);
  else stdout.write(globals.markdown ? markdownTable(rows) : textTable(rows));
}
