// In which form an answer is shown, and what is shown.

import type { CliContext, GlobalOptions } from "../context.ts";

/** The form of the output, as flags and stdout decide it. */
export interface OutputOptions {
  /** --json. */
  readonly json: boolean;
  /** --markdown. */
  readonly markdown: boolean;
  readonly quiet: boolean;
  /** Whether colour goes to stdout. */
  readonly color: boolean;
  readonly isTTY: boolean;
  /** Width of the terminal in character cells. */
  readonly columns: number;
}

/** What goes where. Bytes are written as they are; text ends with a line end, or is empty. */
export interface Rendered {
  readonly stdout: string | Uint8Array;
  readonly stderr: string;
}

/** The form that the global flags, NO_COLOR and stdout ask for. */
export function outputOptions(
  { json, markdown, quiet, color }: GlobalOptions,
  { stdout, env }: Pick<CliContext, "stdout" | "env">,
): OutputOptions {
  const isTTY = stdout.isTTY === true;
  return {
    json,
    markdown,
    quiet,
    color: color && isTTY && !env.NO_COLOR,
    isTTY,
    columns: stdout.columns || 80,
  };
}
