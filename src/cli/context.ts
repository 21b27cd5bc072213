// What every command is given: the world outside, and the flags that all commands share.

import type { Writable } from "node:stream";

/** Flags that work before and after any subcommand. */
export interface GlobalOptions {
  /** One JSON object on stdout; text still goes to stderr. */
  readonly json: boolean;
  readonly markdown: boolean;
  /** Nothing on stdout for mutations, and no prompts. */
  readonly quiet: boolean;
  readonly color: boolean;
  readonly debug: boolean;
  /** Decide and describe; change nothing. */
  readonly dryRun: boolean;
}

/** The outside of one run of the command line; tests and main.ts build it. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly version: string;
}
