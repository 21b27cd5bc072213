// What installing and uninstalling would change, and the change itself.
//
// I1 Everything is read and checked before anything is written.
// I2 A second run changes nothing.

import { dirname } from "node:path";
import type { Agent, Launch, Part, PartName, Place } from "./agent.ts";
import { type ConfigFile, readConfig, removeIfEmpty, replaceConfig } from "./config-file.ts";
import { type EntryState, jsonState, putJson, takeJson } from "./json-edit.ts";
import { checkOwn, ownerOf } from "./own-file.ts";
import { type ShownText, shownTextOf } from "./shown-text.ts";
import { putToml, takeToml, tomlState } from "./toml-block.ts";

/** One file that would be another. */
export interface Change {
  readonly file: ConfigFile;
  readonly parts: readonly PartName[];
  /** What of the file may be seen. */
  readonly shownText: ShownText;
  /** Undefined: it is removed. */
  readonly after: string | undefined;
}

export interface Plan {
  readonly changes: readonly Change[];
  /** One line each: what was left as it is, and why. */
  readonly notes: readonly string[];
}

/** What is there of a part: `other` is ours, but not as it would be installed now. */
export type PartState = EntryState;

function put(part: Part, text: string | undefined): string {
  if (part.kind === "json") return putJson(text, part);
  if (part.kind === "toml") return putToml(text, part);
  if (text !== undefined) checkOwn(part.path, text);
  return part.text;
}

function take(part: Part, text: string): string | undefined {
  if (part.kind === "json") return takeJson(text, part);
  if (part.kind === "toml") return takeToml(text, part);
  return ownerOf(text) === "ours" ? undefined : text;
}

function group(parts: readonly Part[]): Map<string, Part[]> {
  const files = new Map<string, Part[]>();
  for (const part of parts) files.set(part.path, [...(files.get(part.path) ?? []), part]);
  return files;
}

const names = (parts: readonly Part[]): PartName[] => [...new Set(parts.map(({ part }) => part))];

/** What an installation would change. @throws Failure for a file that cannot be understood, or is not ours */
export function planInstall(agent: Agent, place: Place, launch: Launch): Plan {
  const changes: Change[] = [];
  for (const [path, parts] of group(agent.parts(place, launch))) {
    const file = readConfig(path);
    const after = parts.reduce<string | undefined>((text, part) => put(part, text), file.text);
    if (after !== file.text)
      changes.push({ file, parts: names(parts), shownText: shownTextOf(parts), after });
  }
  return { changes, notes: agent.notes };
}

/** What taking it out would change. @throws Failure for a file that cannot be understood */
export function planUninstall(agent: Agent, place: Place, launch: Launch): Plan {
  const changes: Change[] = [];
  const notes: string[] = [];
  for (const [path, parts] of group(agent.parts(place, launch))) {
    const file = readConfig(path);
    if (file.text === undefined) continue;
    let after: string | undefined = file.text;
    for (const part of parts) if (after !== undefined) after = take(part, after);
    if (after !== file.text)
      changes.push({ file, parts: names(parts), shownText: shownTextOf(parts), after });
    else if (parts.some((part) => stateOf(part, file.text) === "foreign"))
      notes.push(`left as it is, for it was edited or is not holdfast's: ${path}`);
  }
  return { changes, notes };
}

/** What is there of one part. @throws Failure */
export function stateOf(part: Part, text: string | undefined): PartState {
  if (part.kind === "json") return jsonState(text, part);
  if (part.kind === "toml") return tomlState(text, part);
  if (text === undefined) return "absent";
  if (text === part.text) return "same";
  return ownerOf(text) === "ours" ? "other" : "foreign";
}

/** Carries it out. @throws Failure; what was changed before it stays changed, and a second run goes on */
export function carryOut({ changes }: Plan): void {
  for (const { file, after } of changes) {
    // Who may read the files of ours alone does not matter; the others may come to hold secrets.
    replaceConfig(file, after, /\.(?:md|js)$/.test(file.path) ? 0o644 : 0o600);
    if (after === undefined && dirname(file.path).endsWith("/holdfast"))
      removeIfEmpty(dirname(file.path));
  }
}
