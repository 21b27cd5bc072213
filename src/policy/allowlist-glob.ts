// Patterns over the absolute path of an executable.
//
// L1 `*` and `?` stay within a segment; `**` is a whole segment and stands for any number of them, a
//    last one for at least one. Case counts. Nothing else has a meaning of its own.
// L2 Matching takes at most as many steps as the pattern has characters times the path has: there is
//    no pattern that hangs.
// L3 A pattern that could never match, or means more than it seems to, is no pattern.

/** No path of an executable needs a longer one, in characters. */
export const LONGEST_PATTERN = 1024;

const ANY_SEGMENTS = "**";
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffd]/u;

/** Why text is no pattern, as one clause that follows it (L3); undefined: it is one. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern === "") return "is empty";
  if (pattern.length > LONGEST_PATTERN) return `is longer than ${LONGEST_PATTERN} characters`;
  if (UNSEEN.test(pattern)) return "holds a character that cannot be seen";
  if (!pattern.includes("/"))
    return "is a bare name: any program of that name would match, wherever it lies";
  if (!pattern.startsWith("/") && !pattern.startsWith("**/"))
    return "starts with neither / nor **/, so no absolute path can match it";
  return segmentsOf(pattern).map(segmentProblem).find(Boolean);
}

function segmentProblem(segment: string): string | undefined {
  if (segment === "") return "has an empty segment, which no path has";
  if (segment === "." || segment === "..") return "has a dot segment, which no real path has";
  if (segment !== ANY_SEGMENTS && segment.includes(ANY_SEGMENTS))
    return "has ** inside a segment: ** is a segment of its own";
  return undefined;
}

/** Whether a text has a character with a meaning in patterns, so that it may match more than itself. */
export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text);
}

/** Whether a pattern (`patternProblem` found none) matches an absolute path. */
export function globMatches(pattern: string, path: string): boolean {
  if (!hasWildcard(pattern)) return pattern === path;
  if (!path.startsWith("/")) return false;
  const wanted = segmentsOf(pattern);
  if (wanted.at(-1) === ANY_SEGMENTS) wanted.splice(-1, 0, "*");
  return matchesAll(wanted, segmentsOf(path), ANY_SEGMENTS, textMatches);
}

function segmentsOf(pattern: string): string[] {
  return (pattern.startsWith("/") ? pattern.slice(1) : pattern).split("/");
}

/** Whether a pattern matches the whole of a text that is no path: `*` crosses everything. */
export function textMatches(pattern: string, text: string): boolean {
  if (!hasWildcard(pattern)) return pattern === text;
  return matchesAll([...pattern], [...text], "*", (one, found) => one === "?" || one === found);
}

/**
 * Whether each piece matches one of what is wanted, and `any` any number of them. Only the latest
 * `any` is ever tried again: what an earlier one could take more of, the latest can take too.
 */
function matchesAll(
  wanted: readonly string[],
  pieces: readonly string[],
  any: string,
  matches: (wanted: string, piece: string) => boolean,
): boolean {
  let next = 0;
  let latest: { readonly after: number; at: number } | undefined;
  let at = 0;
  while (at < pieces.length) {
    const want = wanted[next];
    if (want === any) latest = { after: ++next, at };
    else if (want !== undefined && matches(want, pieces[at] ?? "")) {
      next++;
      at++;
    } else if (latest !== undefined) {
      next = latest.after;
      at = ++latest.at;
    } else return false;
  }
  return wanted.slice(next).every((want) => want === any);
}

/**
 * Whether all that one pattern of `textMatches` matches, another one matches too. False where it cannot
 * be told.
 */
export function isContained(inner: string, outer: string): boolean {
  return matchesAll(
    [...outer],
    [...inner],
    "*",
    (one, found) => one === found || (one === "?" && found !== "*"),
  );
}
