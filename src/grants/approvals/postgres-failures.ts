// What PostgreSQL can say, as failures that a person can act on. Nothing that it says is repeated
// but its SQLSTATE and its own sentence, without the password (C1).

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { visible } from "../../system/terminal-text.ts";
import { malformed } from "./failures.ts";
import type { Address } from "./postgres-address.ts";
import { GUARD_STATE } from "./postgres-schema.ts";

/** The code of whatever was thrown: an SQLSTATE, or the driver's or the system's own. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof Error && error.name === "AbortError") return "CONNECT_TIMEOUT";
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return String(error.code);
}

/** Somebody else was first: the same again may do. */
export const AGAIN: ReadonlySet<string> = new Set(["40001", "40P01", GUARD_STATE]);

/** A unique index was in the way. */
export const UNIQUE = "23505";

/** The server cannot be spoken to: it is down, full, being stopped, or not there. */
const UNREACHABLE =
  /^(?:E[A-Z_]+|CONNECT\w*|CONNECTION_\w+|NOT_TAGGED_CALL|57P0\d|08\w{3}|53300|57014|55P03|25P03|CERT_\w+|[A-Z_]*CERT[A-Z_]*)$/;
const DISK_FULL = /^53[1-4]00$/;
const CORRUPT = /^XX00[12]$/;
const NO_ENTRY = /^(?:28\w{3}|3D000)$/;

/** The server's own sentence, for people. */
function said(error: Error, { password, username }: Address): string {
  const clean = [password, username]
    .filter((secret) => secret.length > 2)
    .reduce((text, secret) => text.replaceAll(secret, "***"), error.message);
  return visible(clean.slice(0, 300));
}

export function unreachable(place: string, why: string, cause?: unknown): Failure {
  return new Failure("approvals-unreachable", `${place} cannot be reached: ${why}`, {
    exitCode: EXIT.network,
    fix: "look whether the database is up and this machine may connect; nothing is allowed without it",
    cause,
  });
}

function notPermitted(place: string, why: string): Failure {
  return new Failure("approvals-not-permitted", `${place} does not permit that: ${why}`, {
    exitCode: EXIT.refused,
    fix: "people who approve connect as a member of holdfast_approver, agents as one of holdfast_requester (docs/postgresql.md)",
  });
}

/** The Failure for whatever the driver threw; anything else as it is. */
export function postgresFailure(error: unknown, address: Address): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof Failure) return error;
  const { place } = address;
  const why = said(error as Error, address);
  if (code === "42501") return notPermitted(place, why);
  if (code === "25006")
    return new Failure("approvals-read-only", `${place} is read-only`, {
      exitCode: EXIT.refused,
      fix: "name the primary server in policy's approvals.store",
    });
  if (DISK_FULL.test(code))
    return code === "53300"
      ? unreachable(place, why)
      : new Failure("approvals-full", `${place} has no room left: ${why}`, {
          exitCode: EXIT.refused,
          fix: "make room on the database server: nothing was changed",
        });
  if (CORRUPT.test(code)) return malformed(place, why);
  if (NO_ENTRY.test(code))
    return new Failure("approvals-not-permitted", `${place} does not let us in: ${why}`, {
      exitCode: EXIT.refused,
      fix: "check the user, the password and the database in policy's approvals.store",
    });
  if (AGAIN.has(code))
    return new Failure("approvals-locked", `${place} is too busy: ${why}`, {
      exitCode: EXIT.refused,
      fix: "try again",
    });
  if (UNREACHABLE.test(code)) return unreachable(place, why);
  return new Failure("approvals-unusable", `${place} failed (${visible(code)}): ${why}`, {
    exitCode: EXIT.refused,
    fix: "see docs/postgresql.md for what holdfast needs of the database",
  });
}
