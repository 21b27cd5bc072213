// The failures that every store has in common.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { SCHEMA_VERSION } from "./migrations.ts";

/** A store with a schema of the future (M3). */
export function newerSchema(place: string, version: number): Failure {
  return new Failure(
    "approvals-newer",
    `the approvals in ${place} have schema ${version}, and this holdfast knows ${SCHEMA_VERSION}`,
    { exitCode: EXIT.refused, fix: "use the newer holdfast that made it" },
  );
}

/** A row, or a file, that is not what we wrote. */
export function malformed(place: string, what: string, cause?: unknown): Failure {
  return new Failure("approvals-malformed", `the approvals in ${place} are malformed: ${what}`, {
    exitCode: EXIT.refused,
    fix: "restore a backup, or move the store aside to begin with an empty one: what was denied or never concluded is then forgotten",
    cause,
  });
}

/** More than one approver where the store cannot tell people apart. */
export function needsPostgres(place: string, approvers: number): Failure {
  return new Failure(
    "approvals-need-postgres",
    `policy asks for ${approvers} approvers, and ${place} cannot tell one from another: everybody who can open it is the same user`,
    {
      exitCode: EXIT.refused,
      fix: "keep approvals in PostgreSQL (docs/postgresql.md), or ask for one approver",
    },
  );
}

/** Others are always first. */
export function busy(place: string, cause: unknown): Failure {
  return new Failure("approvals-locked", `the approvals in ${place} are too busy`, {
    exitCode: EXIT.refused,
    fix: "try again",
    cause,
  });
}
