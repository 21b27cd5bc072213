// Failures that a person can act on. Anything else that is thrown is a defect of ours.

import type { ExitCode } from "./exit-code.ts";

/**
 * A failure with a stable name, one line that says what and where, and one that says what to do.
 * The command line prints both lines and exits with `exitCode`; stack traces need --debug.
 */
export class Failure extends Error {
  override readonly name = "Failure";
  /** Stable, kebab-case: part of --json output. */
  readonly code: string;
  readonly exitCode: ExitCode;
  /** What to do about it; a command where one helps. */
  readonly fix: string | undefined;

  constructor(
    code: string,
    message: string,
    options: { readonly exitCode: ExitCode; readonly fix?: string; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = options.exitCode;
    this.fix = options.fix;
  }
}
