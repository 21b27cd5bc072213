// The audit log, as a session's host writes to it.

import { type AuditLog, openAuditLog } from "../../audit/log.ts";
import { auditDirectory } from "../../audit/places.ts";
import { createRedactor } from "../../audit/redact.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { Clock } from "../../system/clock.ts";
import type { Environment } from "../../system/places.ts";
import type { AuditPort } from "../host/records.ts";

export interface SessionLog {
  readonly append: AuditPort;
  /** Runs what has to be recorded. @throws Failure, exit 125, where it cannot be */
  readonly require: (act: () => void) => void;
  /** `isPrecious`: something was deleted, so that it is forced to the disk first. */
  readonly close: (isPrecious: boolean) => void;
}

/** Opens nothing before the first entry. `token`: the session's, which is never written. */
export function openSessionLog(
  world: { readonly env: Environment; readonly home: string; readonly clock: Clock },
  token: string,
): SessionLog {
  const directory = auditDirectory(world.env, world.home);
  const redact = createRedactor(world.env, [token]);
  const log = openAuditLog(directory, { now: world.clock.wall, redact });
  return {
    append: (facts) => void log.append(facts),
    require: asOurs,
    close: (isPrecious) => {
      if (isPrecious) flush(log);
      log.close();
    },
  };
}

/** It is in the file: only a crash of the machine itself could still lose it. */
function flush(log: AuditLog): void {
  try {
    log.flush();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

/** Nothing runs yet, so it is holdfast itself that fails. */
function asOurs<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, message, fix } = error;
    throw new Failure(code, message, {
      exitCode: EXIT.ownFailure,
      ...(fix === undefined ? {} : { fix }),
      cause: error,
    });
  }
}
