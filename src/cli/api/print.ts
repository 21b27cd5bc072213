// The one place where an answer of the API is written out.

import type { CliContext } from "../context.ts";
import type { Rendered } from "./output.ts";

/** Writes what was rendered where it belongs. */
export function print({ stdout, stderr }: Rendered, context: CliContext): void {
  if (stderr !== "") context.stderr.write(stderr);
  if (stdout.length > 0) context.stdout.write(stdout);
}
