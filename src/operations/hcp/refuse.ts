// One shape for every request that is refused before anything is sent.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";

/** A Failure with exit code 1, for input that could be read in two ways or must not be sent. */
export function refuse(code: string, message: string, fix?: string): Failure {
  return new Failure(code, message, {
    exitCode: EXIT.usage,
    ...(fix === undefined ? {} : { fix }),
  });
}
