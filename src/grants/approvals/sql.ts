// SQL with its values beside it: one text for both databases.
//
// Q1 A value never becomes part of a statement's text.

export type SqlValue = string | number | null;

/** A statement, or a part of one: there is one value between each two chunks. */
export interface Sql {
  readonly chunks: readonly string[];
  readonly values: readonly SqlValue[];
}

/**
 * What a database understands. `{now}` and the like in a statement are replaced by its words;
 * `{text:name}` is a word about a column, in which `$` stands for the column.
 */
export type Words = Readonly<Record<string, string>>;

export type Row = Readonly<Record<string, unknown>>;

/** Runs one statement and returns its rows. */
export type Run = (statement: Sql) => Promise<readonly Row[]>;

const isSql = (part: SqlValue | Sql): part is Sql => typeof part === "object" && part !== null;

/** A statement from a template: parts that are SQL are put in, everything else is a value (Q1). */
export function sql(texts: readonly string[], ...parts: readonly (SqlValue | Sql)[]): Sql {
  const chunks: string[] = [texts[0] ?? ""];
  const values: SqlValue[] = [];
  const append = (text: string) => {
    chunks[chunks.length - 1] += text;
  };
  parts.forEach((part, index) => {
    if (isSql(part)) {
      append(part.chunks[0] ?? "");
      chunks.push(...part.chunks.slice(1));
      values.push(...part.values);
    } else {
      values.push(part);
      chunks.push("");
    }
    append(texts[index + 1] ?? "");
  });
  return { chunks, values };
}

/** Values, or statements, with a separator between them. */
export function joined(parts: readonly (SqlValue | Sql)[], separator: string): Sql {
  const between: Sql = { chunks: [separator], values: [] };
  return parts.reduce<Sql>(
    (all, part, index) => (index === 0 ? sql`${part}` : sql`${all}${between}${part}`),
    sql``,
  );
}

/** Text of ours as SQL: never of anybody else. */
export const raw = (text: string): Sql => ({ chunks: [text], values: [] });

/** Our own words as a list of literals: `'pending', 'approved'`. */
export const literals = (words: readonly string[]): string =>
  words.map((word) => `'${word}'`).join(", ");

/** The text that a database is sent, with `$1`, `$2` for the values. */
export function statementText({ chunks }: Sql, words: Words): string {
  const text = chunks.map((chunk, index) => (index === 0 ? chunk : `$${index}${chunk}`)).join("");
  return inWords(text, words);
}

/** Text with every `{word}` replaced. */
export function inWords(text: string, words: Words): string {
  return text.replace(/\{([a-z]+)(?::([a-z_]+))?\}/g, (_, word: string, column = "") => {
    const found = words[word];
    if (found === undefined) throw new Error(`no such word: ${word}`);
    return found.replaceAll("$", () => column);
  });
}
