// A name that stands twice in one JSON object: JSON.parse drops all but the last without a word.

/** Strings, and what opens, closes and separates. Of valid JSON only. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** The first name that stands twice in one object of a valid JSON text; undefined: none does. */
export function nameThatRepeats(json: string): string | undefined {
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
      if (names?.has(name)) return name;
      names?.add(name);
    }
    text = token;
  }
  return undefined;
}
