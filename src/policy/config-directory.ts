// What is wrong with the configuration directory itself, said the same by whatever looks there.

import { EXIT } from "./exit-code.ts";
import { Failure } from "./failure.ts";

/** Something that is no directory stands at `path`, where the configuration directory is, or above it. */
export function notADirectory(path: string): Failure {
  return new Failure("config-directory", `the configuration directory ${path} is not a directory`, {
    exitCode: EXIT.refused,
    fix: "set HOLDFAST_CONFIG_DIR to a directory of your own, or remove the file",
  });
}
