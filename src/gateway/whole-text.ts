// Text that is no text: half of a surrogate pair has no UTF-8, so nobody could run, store or sign it.

const BROKEN = /\p{Cs}/u;

const MOST_DEEP = 64;

/** Whether a value that came as JSON is no deeper than anything that is sent on. */
export function isShallow(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= MOST_DEEP; depth++) {
    level = level.flatMap((each) =>
      typeof each === "object" && each !== null ? Object.values(each) : [],
    );
    if (level.length === 0) return true;
  }
  return false;
}

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
