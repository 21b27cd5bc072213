#!/usr/bin/env node
// The executable: the real world in, an exit code out.

import { homedir } from "node:os";
import type { CliContext } from "./cli/context.ts";
import { runCli } from "./cli/run.ts";
import { VERSION } from "./version.ts";

const context: CliContext = {
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  version: VERSION,
};

// A reader that goes away (`| head`) is no failure of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

runCli(process.argv.slice(2), context).then(
  (code) => {
    process.exitCode = code;
  },
  () => {
    process.exitCode = 125;
  },
);
