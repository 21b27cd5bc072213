// Commands that we print work as printed: every word is quoted so that a POSIX shell reads it back.

import { type Operation, typedPath } from "./operation.ts";

/** Quotes one word for a POSIX shell; words that need no quotes keep their looks. */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  if (/[\x00-\x1f\x7f]/.test(word)) {
    const escaped = word.replace(/[\\'\x00-\x1f\x7f]/g, (character) =>
      character === "\\" || character === "'"
        ? `\\${character}`
        : `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
    );
    return `$'${escaped}'`;
  }
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Joins words into one command line that a POSIX shell splits into the same words again. */
export function commandLine(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

/** The words of the `holdfast api` command that makes exactly this operation again. */
export function apiCommand(operation: Operation): string[] {
  const { method, path, query, headers, body } = operation.request;
  const search = query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
  const shortPath = typedPath(path);
  const words = ["holdfast", "api", search ? `${shortPath}?${search}` : shortPath, "-X", method];
  for (const [name, value] of Object.entries(headers)) {
    if (name === "content-type" && value === "application/vnd.api+json") continue;
    if (name === "accept") continue;
    words.push("-H", `${name}: ${value}`);
  }
  if (body !== undefined) words.push("-i", body);
  return words;
}
