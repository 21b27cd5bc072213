// The real world in, an exit code out.

import { homedir } from "node:os";
import { VERSION } from "../version.ts";
import type { CliContext } from "./context.ts";
import { type BuildProgram, runCli } from "./run.ts";

/** A reader that goes away (`| head`), or a terminal that is closed, is no failure of ours. */
function tolerant(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (stream.listenerCount("error") === 0)
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
  return stream;
}

// Looking at a standard stream opens it, which takes a moment; few commands need all three.
const context: CliContext = {
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  get stdin() {
    return process.stdin;
  },
  get stdout() {
    return tolerant(process.stdout);
  },
  get stderr() {
    return tolerant(process.stderr);
  },
  version: VERSION,
};

/** Runs the command line of this process with the commands that `build` makes. */
export async function start(build: BuildProgram): Promise<void> {
  process.exitCode = await runCli(process.argv.slice(2), context, build);
}
