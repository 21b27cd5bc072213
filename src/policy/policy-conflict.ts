// Two policy files that cannot both be kept.

import { EXIT } from "./exit-code.ts";
import { Failure } from "./failure.ts";

/** The failure: which files, and what to do. */
export function conflict(message: string, fix: string): Failure {
  return new Failure("policy-conflict", message, { exitCode: EXIT.refused, fix });
}
