// Files of the log that stay open: checked as system/safe-file.ts checks what it reads.

import { closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { notADirectory } from "../policy/config-directory.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { fileInTheWay, UnsafeFile } from "../system/safe-file.ts";

const { O_RDONLY, O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

const FLAGS = {
  append: O_RDWR | O_APPEND | O_CREAT,
  change: O_RDWR | O_CREAT,
  read: O_RDONLY,
} as const;

/** Opens a file of the log, made where it is missing and not only read. Throws UnsafeFile. */
export function openPrivate(path: string, purpose: keyof typeof FLAGS): number {
  let descriptor: number;
  try {
    // Without O_NONBLOCK a FIFO planted at the path would hold us up for ever.
    descriptor = openSync(path, FLAGS[purpose] | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new UnsafeFile("missing", path, "is missing");
    if (code === "ELOOP" || code === "EMLINK")
      throw new UnsafeFile("linked", path, "is a symbolic link");
    if (code === "EISDIR") throw new UnsafeFile("wrong-kind", path, "is not a regular file");
    throw new UnsafeFile("unusable", path, `cannot be opened: ${message}`);
  }
  try {
    checkPrivate(path, fstatSync(descriptor));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return descriptor;
}

/** Checks what is at `path`: regular, ours, for us alone, with one name. Throws UnsafeFile. */
export function checkPrivate(path: string, found: Stats): void {
  if (!found.isFile()) throw new UnsafeFile("wrong-kind", path, "is not a regular file");
  if (found.uid !== process.getuid?.())
    throw new UnsafeFile("not-ours", path, "belongs to another user");
  if ((found.mode & 0o077) !== 0)
    throw new UnsafeFile("too-open", path, "is open to other users", `chmod 600 '${path}'`);
  if (found.nlink !== 1)
    throw new UnsafeFile("linked", path, "has more than one name (a hard link)");
}

/** What makes the log unusable, as a Failure: `audit-unsafe`, or `audit-unwritable`. */
export function auditFailure(error: unknown, path: string): Failure {
  if (error instanceof Failure) return error;
  const inTheWay = fileInTheWay(dirname(dirname(path)));
  if (inTheWay !== undefined) return notADirectory(inTheWay);
  const options = { exitCode: EXIT.refused, cause: error };
  if (error instanceof UnsafeFile && error.code !== "missing" && error.code !== "unusable")
    return new Failure("audit-unsafe", `the audit log cannot be trusted: ${error.message}`, {
      ...options,
      fix: error.fix ?? `look at ${path}, and move it away where it is not yours`,
    });
  const message = error instanceof UnsafeFile ? error.message : `${path}: ${describe(error)}`;
  return new Failure("audit-unwritable", `the audit log cannot be used: ${message}`, {
    ...options,
    fix: `make room for ${path}, and let your user write it`,
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
