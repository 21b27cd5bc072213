// `approval courier` as a process of its own.

import { homedir } from "node:os";
import { runCourierCommand } from "../../src/cli/courier-command.ts";

runCourierCommand({
  env: process.env,
  cwd: "/",
  home: homedir(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  version: "0",
}).then(
  (code) => {
    process.exitCode = code;
  },
  () => {
    process.exitCode = 9;
  },
);
