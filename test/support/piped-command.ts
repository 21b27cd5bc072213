// Runs a command that was decided on, in a process with something piped into it. The first word is
// JSON: the operation, the variables, and the decision's reason.

import { prepareCommand } from "../../src/gate/executors/command.ts";

const { operation, environment, reason } = JSON.parse(process.argv[2] ?? "");
const means = { environment, resolveAgain: async () => operation };

void prepareCommand(operation, means, reason === undefined ? undefined : { reason })
  .then((act) => act())
  .then(({ exitCode }) => {
    process.exitCode = exitCode;
  });
