// What SQLite can say, as failures that a person can act on.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { malformed } from "./failures.ts";

/** SQLite's primary result codes. */
const CODE = {
  perm: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** A whole-disk error while the shared-memory file grows. */
const IO_SHM_SIZE = 4874;

function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("rawCode" in error && typeof error.rawCode === "number") return error.rawCode;
  // Where the file cannot even be opened, libsql says the code in words only.
  const words = /local database .*: (\d+)"/s.exec(error.message);
  return words === null ? undefined : Number(words[1]);
}

function failure(code: string, message: string, fix: string, cause: unknown): Failure {
  return new Failure(code, message, { exitCode: EXIT.refused, fix, cause });
}

/** The Failure for whatever libsql threw about the file at `path`; anything else as it is. */
export function sqliteFailure(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const full = () =>
    failure(
      "approvals-full",
      `there is no room left to write ${path}`,
      "make room on its disk: nothing was changed",
      error,
    );
  if (code === IO_SHM_SIZE) return full();
  switch (code & 0xff) {
    case CODE.full:
      return full();
    case CODE.busy:
    case CODE.locked:
      return failure(
        "approvals-locked",
        `another process has kept ${path} locked for too long`,
        "look for a holdfast that is stopped (Ctrl-Z), or for another program that has the file open",
        error,
      );
    case CODE.perm:
    case CODE.readOnly:
    case CODE.cannotOpen:
      return failure(
        "approvals-read-only",
        `${path} cannot be written`,
        "make the file and its directory writable, or set HOLDFAST_CONFIG_DIR to a directory that is",
        error,
      );
    case CODE.corrupt:
    case CODE.notADatabase:
      return malformed(path, "SQLite cannot read the file", error);
    case CODE.ioError:
      return failure(
        "approvals-unusable",
        `${path} cannot be read or written: ${(error as Error).message}`,
        "look at the disk that it is on",
        error,
      );
    default:
      // Our own statements are right: what they do not find is not as we made it.
      return malformed(path, (error as Error).message, error);
  }
}
