// The API's JSON, laid out for people and still the same document.
//
// J1 The layout changes, the tokens do not: numbers keep their digits, keys their order.
// J2 What a terminal would act on is written as \uXXXX, which means the same to a JSON parser.

import { visible } from "../../system/terminal-text.ts";

/** Deeper levels are not indented further: a deep document would grow with its depth squared. */
const DEEPEST_INDENT = 50;

/** Lays out a text that is valid JSON, two spaces for each level, without a final line end. */
export function prettyJson(text: string): string {
  const out: string[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; ) {
    const end = tokenEnd(text, at);
    const token = text.slice(at, end);
    at = end;
    if (token === "{" || token === "[") {
      const next = skipSpace(text, at);
      const empty = text[next] === (token === "{" ? "}" : "]");
      if (!empty) depth += 1;
      out.push(token, empty ? (text[next] ?? "") : newLine(depth));
      if (empty) at = next + 1;
    } else if (token === "}" || token === "]") {
      depth -= 1;
      out.push(newLine(depth), token);
    } else if (token === ",") out.push(token, newLine(depth));
    else if (token === ":") out.push(": ");
    else out.push(escapeHidden(token));
    at = skipSpace(text, at);
  }
  return out.join("");
}

function newLine(depth: number): string {
  return `\n${"  ".repeat(Math.min(depth, DEEPEST_INDENT))}`;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\r\n".includes(text.charAt(at))) at += 1;
  return at;
}

function tokenEnd(text: string, from: number): number {
  if (text[from] === '"') return stringEnd(text, from);
  if ("{}[],:".includes(text.charAt(from))) return from + 1;
  let at = from;
  while (at < text.length && !' \t\r\n{}[],:"'.includes(text.charAt(at))) at += 1;
  return Math.max(at, from + 1);
}

function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return Math.min(at + 1, text.length);
}

function escapeHidden(token: string): string {
  return token.replace(/[^\x00-\x7e]/gu, (character) =>
    visible(character) === character ? character : unicodeEscape(character),
  );
}

function unicodeEscape(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
