// JSON of unknown shape, read without trusting it.
//
// J1 Only own properties count: `__proto__` and its kin are names like any other.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Whether it is an object, and neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at the end of the names, or undefined where one of them is missing. */
export function at(value: unknown, ...names: readonly string[]): unknown {
  let here = value;
  for (const name of names) {
    if (!isObject(here) || !Object.hasOwn(here, name)) return undefined;
    here = here[name];
  }
  return here;
}

/** Where in a document a name stands, and what it holds. */
export interface Occurrence {
  /** The names on the way, the last one included; array positions are left out. */
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Every property in the document whose name satisfies the test, at any depth. */
export function occurrences(document: unknown, isIt: (name: string) => boolean): Occurrence[] {
  const found: Occurrence[] = [];
  const visit = (value: unknown, path: readonly string[]) => {
    if (Array.isArray(value)) for (const item of value) visit(item, path);
    if (!isObject(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      const here = [...path, name];
      if (isIt(name)) found.push({ path: here, value: inner });
      visit(inner, here);
    }
  };
  visit(document, []);
  return found;
}
