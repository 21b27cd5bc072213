// The key that the values of a command's variables are hashed with: who reads a store, a log or a
// webhook cannot guess a value and compare.
//
// Y1 The key is made once, whole, by whichever process is first; nobody ever sees half of it, and
//    nobody replaces it. With another key every operation of the kind is another operation.

import { randomBytes } from "node:crypto";
import { linkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { configDirectory, type Environment } from "../system/places.ts";
import {
  checkPrivateDirectory,
  createPrivateFile,
  ensurePrivateDirectory,
  readPrivateFile,
  UnsafeFile,
} from "../system/safe-file.ts";

/** 64 hex digits and a line end. */
const MOST_BYTES = 65;
/** How long a key may have a second name while it is being made, in milliseconds. */
const SETTLE_MS = 1000;
const RETRY_MS = 10;

/** Where the key is: `<config>/command.key`. */
export function commandKeyFile(env: Environment, home: string): string {
  return join(configDirectory(env, home), "command.key");
}

/** The key, 32 bytes; made where it is missing (Y1). @throws Failure where it cannot be trusted */
export async function commandKey(env: Environment, home: string): Promise<Buffer> {
  const file = commandKeyFile(env, home);
  return (await existingKey(file)) ?? makeKey(file, configDirectory(env, home));
}

/** The key where there is one; undefined: none was made yet. @throws Failure as commandKey */
export function commandKeyIfMade(env: Environment, home: string): Promise<Buffer | undefined> {
  return existingKey(commandKeyFile(env, home));
}

async function existingKey(file: string): Promise<Buffer | undefined> {
  for (let waited = 0; ; waited += RETRY_MS) {
    try {
      return parsed(file, readPrivateFile(file, MOST_BYTES));
    } catch (error) {
      if (!(error instanceof UnsafeFile)) throw error;
      if (error.code === "missing") return undefined;
      // Between its being linked into place and the end of its first name it has two (makeKey).
      if (error.code !== "linked" || waited >= SETTLE_MS) throw refused(error);
    }
    await setTimeout(RETRY_MS);
  }
}

function parsed(file: string, text: string): Buffer {
  if (/^[0-9a-f]{64}\n$/.test(text)) return Buffer.from(text.trim(), "hex");
  throw new Failure("command-key", `${file} is not a key of ours`, {
    exitCode: EXIT.refused,
    fix: `rm ${file}: a new one is made, and what was approved must be asked for again`,
  });
}

function refused({ code, message, fix, path }: UnsafeFile): Failure {
  return new Failure("command-key", message, {
    exitCode: EXIT.refused,
    fix:
      fix ??
      (code === "unusable"
        ? `make ${path} yours to read and write, or set HOME or HOLDFAST_CONFIG_DIR to where you can write`
        : `remove ${path}: a new one is made, and what was approved must be asked for again`),
  });
}

async function makeKey(file: string, directory: string): Promise<Buffer> {
  const draft = `${file}.${randomBytes(8).toString("hex")}`;
  try {
    ensureDirectory(directory);
    createPrivateFile(draft, `${randomBytes(32).toString("hex")}\n`);
  } catch (error) {
    throw error instanceof UnsafeFile ? refused(error) : error;
  }
  try {
    // Fails where somebody else was sooner: then theirs is the key.
    linkSync(draft, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST")
      throw new Failure("command-key", `${file} cannot be made: ${message}`, {
        exitCode: EXIT.refused,
        fix: "holdfast doctor",
      });
  } finally {
    unlinkSync(draft);
  }
  const made = await existingKey(file);
  if (made !== undefined) return made;
  throw new Failure("command-key", `${file} was removed while it was made`, {
    exitCode: EXIT.refused,
    fix: "run the same command again",
  });
}

/** A directory that is there already may be open to readers: the key itself never is. */
function ensureDirectory(directory: string): void {
  try {
    checkPrivateDirectory(directory);
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    if (error.code === "missing") ensurePrivateDirectory(directory);
    else if (error.code !== "too-open") throw error;
  }
}
