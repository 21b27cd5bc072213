// Statements past the store, as somebody with another client would send them.

import Libsql from "libsql";
import { sqlitePath } from "../../src/grants/approvals/sqlite-file.ts";
import type { Place } from "./approval-stores.ts";

export type RawRow = Record<string, unknown>;

/** Runs statements on an embedded store's file. Throws what SQLite throws. */
export function onSqlite(directory: string, ...statements: readonly string[]): RawRow[] {
  const database = new Libsql(sqlitePath(directory), { timeout: 5000 });
  try {
    return statements.flatMap((text) => database.prepare(text).all() as RawRow[]);
  } finally {
    database.close();
  }
}

/** The same on whichever store; `{request}` and the like name its tables. */
export async function rawly(place: Place, text: string): Promise<readonly RawRow[]> {
  const { place: where, directory } = place;
  if (where.kind === "sqlite")
    return onSqlite(
      directory,
      text
        .replace(/\{(\w+)\}/g, "$1")
        .replace(/<now>/g, "CAST(unixepoch('subsec') * 1000 AS INTEGER)"),
    );
  const { default: postgres } = await import("postgres");
  const connection = postgres(where.url, { max: 1, fetch_types: false, onnotice: () => undefined });
  try {
    return (await connection.unsafe(
      text
        .replace(/\{(\w+)\}/g, "holdfast.$1")
        .replace(/<now>/g, "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"),
    )) as readonly RawRow[];
  } finally {
    await connection.end({ timeout: 1 });
  }
}
