// The session record: what `harness exec` writes about itself, as strict HCL.
//
// S1 Each attribute stands once, on its own line, as `name = JSON`; all are there and no others; the
//    last line is ended. So every truncation is refused, and no HCL library is needed to read it.
// S2 The version is known, the token has a token's shape and is the one in the file's name.
// S3 Classes are known ones. A record that we would not have written grants nothing.

import { commandLine } from "../policy/command-line.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { RESOURCE_CLASSES, type ResourceClass } from "../policy/resource-class.ts";

/** One session as it stands on disk. Times are RFC 3339 in UTC; `expires_at` is the hard end. */
export interface SessionRecord {
  readonly version: 1;
  /** Short and public: what people type. */
  readonly id: string;
  /** Secret: never printed. */
  readonly token: string;
  readonly pid: number;
  /** The start time of that process, as system/processes.ts counts it. */
  readonly process_started: number;
  readonly boot_id: string;
  readonly uid: number;
  readonly hostname: string;
  readonly organization: string | null;
  readonly created_at: string;
  readonly expires_at: string;
  readonly max_deletes: number | null;
  /** Class names, and `reversible` for the wildcard. */
  readonly allow_delete: readonly string[];
}

const TOKEN = /^[A-Z2-7]{32}$/;
const ID = /^[A-Z2-7]{6}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/** Whether text has the shape of a session token; nothing else ever becomes part of a path. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether text has the shape of a session id. */
export function isSessionId(text: string): boolean {
  return ID.test(text);
}

const whole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const text = (value: unknown): boolean =>
  typeof value === "string" && value.length > 0 && value.length <= 255;
const instant = (value: unknown): boolean =>
  typeof value === "string" && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
const classes = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((name) => name === "reversible" || Object.hasOwn(RESOURCE_CLASSES, name));

const ATTRIBUTES: Readonly<Record<keyof SessionRecord, (value: unknown) => boolean>> = {
  version: (value) => value === 1,
  id: (value) => typeof value === "string" && ID.test(value),
  token: (value) => typeof value === "string" && TOKEN.test(value),
  pid: (value) => whole(value) && value !== 0,
  process_started: whole,
  boot_id: text,
  uid: whole,
  hostname: text,
  organization: (value) => value === null || text(value),
  created_at: instant,
  expires_at: instant,
  max_deletes: (value) => value === null || whole(value),
  allow_delete: classes,
};

/** Writes a record as the HCL that `parseSessionRecord` reads. */
export function formatSessionRecord(record: SessionRecord): string {
  const names = Object.keys(ATTRIBUTES) as (keyof SessionRecord)[];
  return names.map((name) => `${name} = ${JSON.stringify(record[name])}\n`).join("");
}

/**
 * Cuts every token in a text for people to its first letters. A record's file is named by its token,
 * so a command that names the file gets a pattern instead, outside of quotes, which a shell completes.
 */
export function withoutTokens(text: string): string {
  return text.replace(
    /(?<![A-Z2-7])([A-Z2-7]{4})[A-Z2-7]{28}(?![A-Z2-7])(\.hcl)?('?)/g,
    (_, head: string, ending: string | undefined, quote: string) =>
      `${quote}${head}*${ending ?? ""}`,
  );
}

function refuse(file: string, what: string): never {
  throw new Failure("session-record", withoutTokens(`${file}: ${what}`), {
    exitCode: EXIT.refused,
    fix: withoutTokens(`if no session of yours needs it: ${commandLine(["rm", file])}`),
  });
}

/**
 * Parses and checks a record by S1 to S3.
 *
 * @param source the whole file
 * @param file its path, for messages
 * @param token the token in the file's name
 * @throws Failure `session-record` and nothing else
 */
export function parseSessionRecord(source: string, file: string, token: string): SessionRecord {
  if (!source.endsWith("\n")) refuse(file, "is truncated");
  const found = new Map<string, unknown>();
  for (const line of source.slice(0, -1).split("\n")) {
    const [, name, json] = /^([a-z_]+) = (.+)$/.exec(line) ?? [];
    if (name === undefined || json === undefined) return refuse(file, "has a malformed line");
    if (!Object.hasOwn(ATTRIBUTES, name)) return refuse(file, `has an unknown attribute: ${name}`);
    if (found.has(name)) return refuse(file, `has ${name} twice`);
    found.set(name, parseJson(json, name, file));
  }
  for (const [name, isValid] of Object.entries(ATTRIBUTES)) {
    if (!found.has(name)) refuse(file, `lacks ${name}`);
    if (!isValid(found.get(name))) refuse(file, `has a wrong ${name}`);
  }
  if (found.get("token") !== token) refuse(file, "holds another token than its name");
  return Object.fromEntries(found) as unknown as SessionRecord;
}

function parseJson(json: string, name: string, file: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return refuse(file, `has a malformed ${name}`);
  }
}

/** The classes that a record grants by name. */
export function namedClasses(record: SessionRecord): ResourceClass[] {
  return record.allow_delete.filter((name): name is ResourceClass => name !== "reversible");
}
