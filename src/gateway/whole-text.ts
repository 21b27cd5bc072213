// Text that is no text: half of a surrogate pair has no UTF-8, so nobody could run, store or sign it.

const BROKEN = /\p{Cs}/u;

/** Whether every text in a value that came as JSON, its names of fields included, is whole. */
export function isWholeText(value: unknown): boolean {
  // However deep it is, it is looked through.
  const left: unknown[] = [value];
  while (left.length > 0) {
    const each = left.pop();
    if (typeof each === "string" && BROKEN.test(each)) return false;
    if (typeof each !== "object" || each === null) continue;
    for (const [name, below] of Object.entries(each)) {
      if (BROKEN.test(name)) return false;
      left.push(below);
    }
  }
  return true;
}
