// How deep brackets nest in HCL, found without parsing: comments and quoted text do not count.
// An estimate from above for what people write; hostile input may still fool it.

const SKIPPED = /"(?:[^"\\\n]|\\.)*"|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[[\](){}]/g;

/** The largest number of brackets that are open at once. */
export function nestingDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(SKIPPED)) {
    if (token === "{" || token === "[" || token === "(") deepest = Math.max(deepest, ++depth);
    else if (token === "}" || token === "]" || token === ")") depth = Math.max(0, depth - 1);
  }
  return deepest;
}
