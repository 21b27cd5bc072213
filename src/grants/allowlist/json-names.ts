// Names in JSON that are dropped without a word: of a name that stands twice in one object JSON.parse
// keeps the last, and a schema's copy of an object loses `__proto__`.

/** Strings, and what opens, closes and separates. Of valid JSON only. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** What is wrong with a name in a valid JSON text, as one clause; undefined: nothing is. */
export function nameProblem(json: string): string | undefined {
  /** The objects and lists that are open; a list has no names. */
  const open: (Set<string> | undefined)[] = [];
  let text = "";
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const names = open.at(-1);
      const name = String(JSON.parse(text));
      if (names?.has(name)) return `${JSON.stringify(name)} stands there twice`;
      if (name === "__proto__") return "__proto__ is no name of anything";
      names?.add(name);
    }
    text = token;
  }
  return undefined;
}
