// `{placeholders}` in a path: which there are, what may fill them, and how.
//
// L1 A placeholder is a whole segment, and what fills it stays one segment: no slash, plain or
//    encoded, no dot segment, nothing that servers read in two ways, nothing invisible.
// L2 No path leaves here with a brace in it.

import { quoted, usageFailure } from "./usage-failure.ts";

/** One placeholder of a path. */
export interface Placeholder {
  readonly key: string;
  /** The path's segments before it, still unfilled: `["organizations", "{organization}"]`. */
  readonly before: readonly string[];
}

const WHOLE = /^\{([A-Za-z][A-Za-z0-9_-]*)\}$/;

/**
 * The placeholders of a path, each key once, in order.
 * @throws Failure (exit 1) for a brace that is not part of a whole-segment placeholder.
 */
export function placeholdersOf(path: string): Placeholder[] {
  const found: Placeholder[] = [];
  const segments = path.split("/");
  for (const [index, segment] of segments.entries()) {
    if (!/[{}]/.test(segment)) continue;
    const key = WHOLE.exec(segment)?.[1];
    if (key === undefined)
      throw usageFailure(
        `PATH ${quoted(segment)}: a placeholder is a whole segment, like /{workspace}/`,
        "correct the braces",
      );
    if (found.some((placeholder) => placeholder.key === key)) continue;
    found.push({ key, before: segments.slice(0, index).filter((part) => part !== "") });
  }
  return found;
}

/**
 * Accepts what may fill a placeholder; `source` is the flag or setting that it came from.
 * @throws Failure (exit 1) that names `source`.
 */
export function checkParameter(source: string, value: string): string {
  const wrong = whatIsWrong(value);
  if (wrong === undefined) return value;
  throw usageFailure(`${source} ${quoted(value)}: ${wrong}`, "give one name or ID");
}

function whatIsWrong(value: string): string | undefined {
  if (value.trim() === "") return "the value is empty";
  if (value === "." || value === "..") return "the value is a dot segment";
  if (/[/\\]|%2f|%5c/i.test(value)) return "the value holds a slash";
  if (/[%;{}]/.test(value)) return "the value holds a percent sign, a semicolon or a brace";
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(value)) return "the value holds hidden characters";
  return undefined;
}

/** Fills every placeholder that `values` has a value for, percent-encoded. */
export function fillPlaceholders(path: string, values: ReadonlyMap<string, string>): string {
  return path
    .split("/")
    .map((segment) => {
      const value = values.get(WHOLE.exec(segment)?.[1] ?? "");
      return value === undefined ? segment : encodeURIComponent(value);
    })
    .join("/");
}

/** The failure for placeholders that nothing fills; names each, with the flag for it. */
export function unfilledFailure(keys: readonly string[]) {
  const flags = keys.map((key) => `-p ${key}=VALUE`).join(" ");
  return usageFailure(
    `PATH: nothing fills ${keys.map((key) => `{${key}}`).join(", ")}`,
    `add ${flags}${keys.map(elsewhere).join("")}`,
  );
}

function elsewhere(key: string): string {
  if (/^organization(_name)?$/.test(key)) return "; or set TF_CLOUD_ORGANIZATION";
  if (/^workspace(_id|_name)?$/.test(key))
    return "; or run it where a terraform cloud block names a workspace";
  return "";
}
