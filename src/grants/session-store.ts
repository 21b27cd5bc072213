// Session records on disk: one file for each session, named by its token.
//
// S4 A record is made by exclusive creation and read only if it is safely ours (system/safe-file).
// S5 A record is removed by its own session, or when its process is provably gone: no such pid, or
//    the pid is another process now, or the machine has been started again. A lock's age proves
//    nothing, so it removes nothing; nor does a pid that was counted in another namespace.

import { lstatSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { notADirectory } from "../policy/config-directory.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { compareBoots, type Processes } from "../system/processes.ts";
import {
  checkPrivateDirectory,
  createPrivateFile,
  ensurePrivateDirectory,
  fileInTheWay,
  readPrivateFile,
  UnsafeFile,
} from "../system/safe-file.ts";
import { isInUserNamespace } from "../system/user.ts";
import {
  formatSessionRecord,
  isToken,
  parseSessionRecord,
  type SessionRecord,
  withoutTokens,
} from "./session-record.ts";

/** Ends the name of a record that is being written. */
const UNFINISHED = ".new";

/** Between two records of a sweep: the host has better things to do than to hurry with it. */
const SWEEP_PAUSE_MS = 1;

/** No record that we write comes near this many bytes. */
const MAX_RECORD_BYTES = 16 * 1024;

/** A file in the store: a record, or why it is none. */
export type StoredSession =
  | { readonly file: string; readonly record: SessionRecord }
  | { readonly file: string; readonly problem: Failure };

/** The path of a token's record. The token has been checked with `isToken`. */
export function sessionFile(directory: string, token: string): string {
  return join(directory, `${token}.hcl`);
}

/** A relative directory would be one place for the session and another for what runs elsewhere. */
function requireAbsolute(directory: string): void {
  if (isAbsolute(directory)) return;
  throw new Failure(
    "relative-directory",
    `the configuration directory (HOLDFAST_CONFIG_DIR) is not absolute: records would be in ${directory}`,
    { exitCode: EXIT.usage, fix: "set HOLDFAST_CONFIG_DIR to an absolute path, or unset it" },
  );
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof UnsafeFile)) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    return new Failure("session-file-unusable", withoutTokens(error.message), {
      exitCode: EXIT.refused,
      cause: error,
    });
  }
  const inTheWay = error.code === "unusable" ? fileInTheWay(dirname(error.path)) : undefined;
  if (inTheWay !== undefined) return notADirectory(inTheWay);
  return new Failure(`session-file-${error.code}`, withoutTokens(error.message), {
    exitCode: EXIT.refused,
    ...(error.fix === undefined ? {} : { fix: withoutTokens(error.fix) }),
    cause: error,
  });
}

/** A record that cannot be written is no refusal: nothing was asked of anybody yet. */
function asOwnFailure(error: unknown): Failure {
  const { code, message, fix } = asFailure(error);
  return new Failure(code, message, {
    exitCode: EXIT.ownFailure,
    fix: fix ?? "set HOLDFAST_CONFIG_DIR to a directory of your own that you can write to",
    cause: error,
  });
}

/** Nobody else can know a new token; whatever has its name was put there by somebody. */
function refuseExisting(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return;
  rmSync(`${file}${UNFINISHED}`, { force: true });
  throw new UnsafeFile("unusable", file, "cannot be written: it exists");
}

/** Creates the record's file, and the store's directory where it is missing (S4). Throws Failure. */
export function writeSession(directory: string, record: SessionRecord): void {
  requireAbsolute(directory);
  try {
    ensurePrivateDirectory(directory);
    // A record that is there is whole: a kill half-way must not leave one that nobody can trust.
    const file = sessionFile(directory, record.token);
    createPrivateFile(`${file}${UNFINISHED}`, formatSessionRecord(record));
    refuseExisting(file);
    renameSync(`${file}${UNFINISHED}`, file);
  } catch (error) {
    throw asOwnFailure(error);
  }
}

/** Reads a token's record; undefined when there is none. Throws Failure when it is not to be trusted. */
export function readSession(directory: string, token: string): SessionRecord | undefined {
  requireAbsolute(directory);
  const file = sessionFile(directory, token);
  try {
    checkPrivateDirectory(directory);
    const record = parseSessionRecord(readPrivateFile(file, MAX_RECORD_BYTES), file, token);
    // In a user namespace the same user has another number; there the file's owner decides alone.
    if (record.uid !== process.getuid?.() && !isInUserNamespace())
      throw new Failure("session-record", `${file}: is another user's session`, {
        exitCode: EXIT.refused,
      });
    return record;
  } catch (error) {
    if (error instanceof UnsafeFile && error.code === "missing") return undefined;
    throw asFailure(error);
  }
}

/** Every file in the store that is named like a record, sorted by name. Throws Failure for the directory. */
export function listSessions(directory: string): StoredSession[] {
  return tokensIn(directory).flatMap((token) => readStored(directory, token));
}

function tokensIn(directory: string): string[] {
  requireAbsolute(directory);
  try {
    checkPrivateDirectory(directory);
    const names = readdirSync(directory).filter((name) => name.endsWith(".hcl"));
    return names
      .map((name) => name.slice(0, -".hcl".length))
      .filter(isToken)
      .sort();
  } catch (error) {
    if (error instanceof UnsafeFile && error.code === "missing") return [];
    throw asFailure(error);
  }
}

function readStored(directory: string, token: string): StoredSession[] {
  const file = sessionFile(directory, token);
  try {
    const record = readSession(directory, token);
    return record === undefined ? [] : [{ file, record }];
  } catch (error) {
    return [{ file, problem: asFailure(error) }];
  }
}

/** Removes a record and its lock. Never fails: what is left behind is swept later. */
export function removeSession(directory: string, token: string): void {
  const file = sessionFile(directory, token);
  for (const path of [file, `${file}.lock`]) tryRemove(path);
}

function tryRemove(path: string): void {
  try {
    // Recursive, because something else may have been put in its place.
    rmSync(path, { force: true, recursive: true });
  } catch {
    // Not ours to remove: another user's, or on a file system that is read-only by now.
  }
}

/** Whether the process that a record names is provably gone (S5). */
export async function isGone(record: SessionRecord, processes: Processes): Promise<boolean> {
  const compared = compareBoots(await processes.bootId(), record.boot_id);
  if (compared !== "same") return compared === "other-boot";
  const found = await processes.info(record.pid);
  return found === undefined || found.started !== record.process_started;
}

/**
 * Removes the records of sessions that are provably gone, a few at a time so that a session host
 * can answer in between. Returns how many.
 *
 * @param onRemoved told each token, to remove what else belongs to it; what it throws is dropped
 * @param signal stops the sweep: what is left is swept another time
 */
export async function sweepSessions(
  directory: string,
  processes: Processes,
  onRemoved: (token: string) => void,
  signal?: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (const token of tokensIn(directory)) {
    await setTimeout(SWEEP_PAUSE_MS);
    if (signal?.aborted) break;
    const [stored] = readStored(directory, token);
    if (stored === undefined || !("record" in stored)) continue;
    if (!(await isGone(stored.record, processes))) continue;
    removeSession(directory, token);
    tellRemoved(onRemoved, token);
    removed += 1;
  }
  return removed;
}

function tellRemoved(onRemoved: (token: string) => void, token: string): void {
  try {
    onRemoved(token);
  } catch {
    // What somebody put in the way of one record must not keep the others.
  }
}
