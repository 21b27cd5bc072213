// One line on stderr that is rewritten in place, for what takes long, and removed at the end.

import type { CliContext } from "../context.ts";

export interface ProgressLine {
  readonly show: (text: string) => void;
  /** Leaves no trace of it. */
  readonly clear: () => void;
}

/** A progress line; it shows nothing where stderr is no terminal, or under --quiet. */
export function progressLine(stderr: CliContext["stderr"], quiet: boolean): ProgressLine {
  if (quiet || stderr.isTTY !== true) return { show: () => {}, clear: () => {} };
  let length = 0;
  const rewrite = (text: string): void => {
    // A full line would wrap, and a wrapped line cannot be taken back.
    const shown = text.slice(0, Math.max(0, (stderr.columns || 80) - 1));
    stderr.write(`\r${shown.padEnd(length)}`);
    length = Math.max(length, shown.length);
  };
  return {
    show: rewrite,
    clear: () => {
      if (length === 0) return;
      rewrite("");
      stderr.write("\r");
      length = 0;
    },
  };
}
