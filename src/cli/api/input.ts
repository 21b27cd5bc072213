// The body that -i names: literal JSON, a file, or stdin.

import { createReadStream } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { quoted, usageFailure } from "./usage-failure.ts";

/** Largest body that is read, in bytes. Longer ones are a mistake: the API takes none. */
const MOST_BYTES = 16 * 1024 * 1024;

const FIX = "give JSON that starts with { or [, the name of a readable file, or - for stdin";

/** Where -i may read from. */
export interface InputSource {
  readonly cwd: string;
  readonly stdin: NodeJS.ReadableStream;
}

/**
 * The text that `-i value` stands for. `json` says whether it must be JSON (it must, unless a
 * Content-Type header says otherwise); JSON given literally always must.
 * @throws Failure (exit 1) that names -i: unreadable, empty, too long, not UTF-8, not JSON.
 */
export async function readInput(
  value: string,
  source: InputSource,
  json: boolean,
): Promise<string> {
  const literal = /^\s*[[{]/.test(value);
  const text = literal ? value : await readNamed(value, source);
  const what = literal ? "-i" : `-i ${quoted(value)}`;
  if (text.trim() === "") throw usageFailure(`${what}: the body is empty`, FIX);
  if (/\p{Cs}/u.test(text)) throw usageFailure(`${what}: not valid Unicode`, "pass it as UTF-8");
  if (literal || json) refuseBrokenJson(what, text);
  return text;
}

async function readNamed(value: string, source: InputSource): Promise<string> {
  if (value === "") throw usageFailure("-i: the body is empty", FIX);
  if (value.includes("\0")) throw usageFailure("-i: a file name cannot hold a NUL", FIX);
  const what = `-i ${quoted(value)}`;
  const stream =
    value === "-"
      ? source.stdin
      : createReadStream(isAbsolute(value) ? value : resolve(source.cwd, value));
  const bytes = await collect(what, stream);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw usageFailure(`${what}: not UTF-8 text`, "convert it to UTF-8", error);
  }
}

async function collect(what: string, stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > MOST_BYTES) break;
      chunks.push(bytes);
    }
  } catch (error) {
    throw usageFailure(`${what}: cannot be read: ${because(error)}`, FIX, error);
  }
  if (length > MOST_BYTES) throw usageFailure(`${what}: longer than 16 MiB`, "send a smaller body");
  return Buffer.concat(chunks);
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EISDIR: "it is a directory",
  EACCES: "permission denied",
};

function because(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (Object.hasOwn(READ_ERRORS, code)) return READ_ERRORS[code] ?? code;
  return code || (error instanceof Error ? error.message : "unknown error");
}

function refuseBrokenJson(what: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : "not JSON";
    throw usageFailure(
      `${what}: not valid JSON: ${why}`,
      "check quotes, commas and brackets",
      error,
    );
  }
}
