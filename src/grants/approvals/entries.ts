// The store's audit entries, as they were written.

import type { AuditEntry } from "../../policy/audit-entry.ts";
import { malformed } from "./failures.ts";
import type { Journal } from "./journal.ts";
import { type Row, sql } from "./sql.ts";

const PAGE = 500;
/** How many of the latest entries an anchor names. */
const HEADS = 4;

function entryOf(row: Row, place: string): AuditEntry {
  try {
    // Whoever verifies the chain checks every field: L1.
    return JSON.parse(String(row.entry)) as AuditEntry;
  } catch (error) {
    throw malformed(place, `audit entry ${row.position} is not JSON`, error);
  }
}

export async function* entries(journal: Journal): AsyncGenerator<AuditEntry> {
  for (let after = 0; ; ) {
    const rows = await journal.read(sql`SELECT {number:position}, {text:entry} FROM {audit}
      WHERE position > ${after} ORDER BY {audit}.position LIMIT ${PAGE}`);
    for (const row of rows) yield entryOf(row, journal.place);
    if (rows.length < PAGE) return;
    after = Number(rows.at(-1)?.position);
  }
}

export async function heads(journal: Journal): Promise<string[]> {
  const rows = await journal.read(
    sql`SELECT {text:hash} FROM {audit} ORDER BY {audit}.position DESC LIMIT ${HEADS}`,
  );
  return rows.map(({ hash }) => String(hash));
}
