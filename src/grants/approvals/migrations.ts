// Every form that the schema has had, in order, for both databases.
//
// M1 Forward only: a migration that was released is never edited, and a change is a new number.
// M2 One migration is one transaction, its number included: there is no half of it.
// M3 A schema with a higher number than ours is left alone.
//
// The guards come from policy/approval.ts: whoever changes TRANSITIONS adds a migration that makes
// the triggers anew. A test holds the digest of each released one.

import { POSTGRES_RULES, POSTGRES_WORDS } from "./postgres-schema.ts";
import { TABLES } from "./schema.ts";
import { inWords } from "./sql.ts";
import { SQLITE_TRIGGERS, SQLITE_WORDS } from "./sqlite-schema.ts";

export interface Migration {
  readonly version: number;
  readonly sqlite: readonly string[];
  readonly postgres: readonly string[];
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sqlite: [...TABLES, ...SQLITE_TRIGGERS].map((text) => inWords(text, SQLITE_WORDS)),
    postgres: [...TABLES, ...POSTGRES_RULES].map((text) => inWords(text, POSTGRES_WORDS)),
  },
];

/** The version of the schema that this holdfast speaks. */
export const SCHEMA_VERSION = MIGRATIONS.length;
