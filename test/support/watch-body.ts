// `approval watch` as a process of its own, at whatever it is started at.

import { homedir } from "node:os";
import { runApprovalWatch } from "../../src/cli/approval-watch-command.ts";

const words = process.argv.slice(2);

runApprovalWatch(
  {
    json: words.includes("--json"),
    quiet: words.includes("--quiet"),
    markdown: false,
    color: true,
    debug: false,
    dryRun: false,
  },
  {
    env: process.env,
    cwd: "/",
    home: homedir(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    version: "0",
  },
).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 9;
  },
);
