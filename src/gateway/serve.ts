// `holdfast gateway serve`: the gateway's door for the command line.

import type { ExitCode } from "../policy/exit-code.ts";
import { EXIT } from "../policy/exit-code.ts";

export interface ServeOptions {
  /** As typed: checked here. */
  readonly environment: string | undefined;
  /** Path of one more policy file, as typed. */
  readonly policy?: string;
  /** A port of 127.0.0.1, 0 for any; stdio where it is not given. */
  readonly listen?: string;
}

export interface ServeContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: { write(text: string): unknown };
  readonly version: string;
}

/** Serves until the client goes away, or a signal ends it. @throws Failure, exit 1, at start */
export async function serveGateway(_: ServeOptions, __: ServeContext): Promise<ExitCode> {
  return EXIT.ok;
}
