// The reading half of the allowlist.
//
// R1 No file means no entries, and reading makes none. A file that cannot be read or trusted, or is
//    malformed or newer, is a Failure that says so: nothing in it counts, and it stays as it is.

import { existsSync, lstatSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Allowlist, ListedEntry } from "../../policy/allowlist.ts";
import { commandLine } from "../../policy/command-line.ts";
import { notADirectory } from "../../policy/config-directory.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { readPublished } from "../../system/publish.ts";
import { fileInTheWay, quoted, UnsafeFile } from "../../system/safe-file.ts";
import { visible } from "../../system/terminal-text.ts";
import { EMPTY, MAX_ALLOWLIST_BYTES, parseAllowlist } from "./document.ts";
import { readUsage } from "./usage.ts";

/** The path of the allowlist: `<config>/allowlist.json`. @throws Failure for what is no absolute directory */
export function allowlistFile(directory: string): string {
  const inTheWay = fileInTheWay(directory);
  if (inTheWay !== undefined) throw notADirectory(inTheWay);
  if (isAbsolute(directory)) return join(directory, "allowlist.json");
  // It would be another file for whoever is started elsewhere.
  throw new Failure(
    "relative-directory",
    `the configuration directory (HOLDFAST_CONFIG_DIR) is not absolute: ${visible(directory)}`,
    { exitCode: EXIT.usage, fix: "set HOLDFAST_CONFIG_DIR to an absolute path, or unset it" },
  );
}

/** Reads the allowlist of a configuration directory (R1). @throws Failure */
export function readAllowlist(directory: string): Allowlist {
  const file = allowlistFile(directory);
  const text = refusing(() => readPublished(file, MAX_ALLOWLIST_BYTES));
  return text === undefined ? EMPTY : parseAllowlist(text, file);
}

/** Every entry, with its agent and its last use, in the order of the file. @throws Failure */
export function listEntries(directory: string): ListedEntry[] {
  const { agents } = readAllowlist(directory);
  const usage = readUsage(directory);
  return Object.entries(agents).flatMap(([agent, { entries }]) =>
    entries.map((entry) => ({ ...entry, agent, ...usage.get(entry.id) })),
  );
}

/** What `act` returns; what is wrong with the file becomes a Failure. */
export function refusing<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw asRefusal(error);
  }
}

/** What is wrong with the file as a Failure; anything else as it is. */
export function asRefusal(error: unknown): unknown {
  if (!(error instanceof UnsafeFile)) return error;
  return new Failure(`allowlist-${error.code}`, visible(error.message), {
    exitCode: EXIT.refused,
    fix: error.fix ?? fixOf(error),
    cause: error,
  });
}

function fixOf({ code, path }: UnsafeFile): string {
  if (code !== "linked" || lstatSync(path, { throwIfNoEntry: false })?.nlink !== 1)
    return `look at it: ${commandLine(["ls", "-ld", path])}`;
  // A link: the file itself takes its place, or nothing does where it leads nowhere.
  const file = quoted(path);
  return existsSync(path)
    ? `cp -L ${file} ${file}.new && chmod 600 ${file}.new && mv ${file}.new ${file}`
    : `rm ${file}`;
}
