// The embedded store's file, before SQLite opens it.
//
// E1 The directory is private (F1); the file is made by exclusive creation (F2), and used only if it
//    is a regular file of ours with one name and mode 0600; so are the ones that SQLite puts beside it.
//    It is asked by name, not by descriptor: closing a descriptor of ours would drop every lock that
//    SQLite holds on the file in this process. Nobody else can write in the directory.

import { lstatSync, type Stats } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import {
  checkPrivateDirectory,
  createPrivateFile,
  ensurePrivateDirectory,
  UnsafeFile,
} from "../../system/safe-file.ts";

/** What SQLite puts beside its file. */
const BESIDE = ["-wal", "-shm", "-journal"];

/** The embedded store's path, below the configuration directory. */
export const sqlitePath = (directory: string): string =>
  join(directory, "approvals", "approvals.db");

function look(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new UnsafeFile("unusable", path, "cannot be read");
  }
}

function check(path: string): boolean {
  const found = look(path);
  if (found === undefined) return false;
  if (found.isSymbolicLink()) throw new UnsafeFile("linked", path, "is a symbolic link");
  if (!found.isFile()) throw new UnsafeFile("wrong-kind", path, "is not a regular file");
  if (found.uid !== process.getuid?.())
    throw new UnsafeFile("not-ours", path, "belongs to another user");
  if ((found.mode & 0o077) !== 0)
    throw new UnsafeFile("too-open", path, "is open to other users", `chmod 600 '${path}'`);
  if (found.nlink > 1) throw new UnsafeFile("linked", path, "has more than one name (a hard link)");
  return true;
}

function make(path: string): void {
  try {
    createPrivateFile(path, "");
  } catch (error) {
    // Whoever made it at the same moment made it the same way.
    if (!check(path)) throw error;
  }
}

function prepare(directory: string, create: boolean): boolean {
  const path = sqlitePath(directory);
  const own = join(directory, "approvals");
  if (create) ensurePrivateDirectory(own);
  else if (look(own) === undefined) return false;
  else checkPrivateDirectory(own);
  if (!check(path)) {
    if (!create) return false;
    make(path);
  }
  for (const suffix of BESIDE) check(`${path}${suffix}`);
  return true;
}

/** Whether the file is there, safe to open (E1). Makes it, empty, where `create`. Throws Failure. */
export function prepareFile(directory: string, create: boolean): boolean {
  try {
    return prepare(directory, create);
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    const readOnly = error.code === "unusable";
    throw new Failure(
      readOnly ? "approvals-read-only" : `approvals-file-${error.code}`,
      error.message,
      {
        exitCode: EXIT.refused,
        fix:
          error.fix ??
          "move it out of the way, or set HOLDFAST_CONFIG_DIR to a directory of your own",
        cause: error,
      },
    );
  }
}
