// The audit log, as a session's host writes to it.
//
// Y1 What callers say is redacted before it is kept. What finds secrets takes a moment to make, so it
//    is made when the command runs already; entries of OWN_WORDS do not wait for it.

import { type AuditLog, openAuditLog } from "../../audit/log.ts";
import { auditDirectory } from "../../audit/places.ts";
import { createRedactor, type Redactor } from "../../audit/redact.ts";
import type { AuditEvent } from "../../policy/audit-entry.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { Clock } from "../../system/clock.ts";
import type { Environment } from "../../system/places.ts";
import type { AuditPort } from "../host/records.ts";

/** Entries in which no caller has a word: made of checked flags, names of ours, and numbers. */
const OWN_WORDS: ReadonlySet<AuditEvent> = new Set([
  "session-started",
  "session-expired",
  "session-spent",
  "session-ended",
]);

export interface SessionLog {
  readonly append: AuditPort;
  /** Makes what finds secrets, for whoever comes next (Y1). */
  readonly prepare: () => void;
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
  let redactor: Redactor | undefined;
  let isOwn = false;
  const redact: Redactor = (text) => {
    if (isOwn) return text;
    redactor ??= createRedactor(world.env, [token]);
    return redactor(text);
  };
  const log = openAuditLog(directory, { now: world.clock.wall, redact });
  return {
    append: (facts) => {
      isOwn = OWN_WORDS.has(facts.event);
      log.append(facts);
    },
    prepare: () => {
      isOwn = false;
      redact("");
    },
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
