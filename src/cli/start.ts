// The real world in, an exit code out.

import { homedir } from "node:os";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { VERSION } from "../version.ts";
import type { CliContext } from "./context.ts";
import { type BuildProgram, runCli } from "./run.ts";

/** A reader that goes away (`| head`) is no failure of ours; what else keeps text from stdout is. */
function tolerant(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (stream.listenerCount("error") === 0)
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE" || stream !== process.stdout || process.exitCode) return;
      process.exitCode = EXIT.ownFailure;
      tolerant(process.stderr).write(`holdfast: cannot write to stdout (${error.code})\n`);
    });
  return stream;
}

/** @throws Failure where the directory was removed under us */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new Failure("no-directory", "the current directory does not exist any more", {
      exitCode: EXIT.usage,
      fix: "cd to one that does",
      cause: error,
    });
  }
}

// Looking at a standard stream opens it, which takes a moment; few commands need all three. Few need
// the current directory, which may be gone.
const context: CliContext = {
  env: process.env,
  get cwd() {
    return currentDirectory();
  },
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
  const code = await runCli(process.argv.slice(2), context, build);
  process.exitCode = code || process.exitCode || EXIT.ok;
}
