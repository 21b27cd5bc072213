// The whole command tree. Commands wire; the functions they call behave, and are loaded only when
// they are called.

import type { Command } from "commander";
import type { CliContext } from "./context.ts";
import { allowlistCommand } from "./tree/allowlist.ts";
import { apiCommand } from "./tree/api.ts";
import { storeEntriesOf } from "./store-entries.ts";
import { approvalCommand, approveCommand, denyCommand } from "./tree/approval.ts";
import { auditCommand } from "./tree/audit.ts";
import { explainCommand } from "./tree/explain.ts";
import { gateCommand } from "./tree/gate.ts";
import { gatewayCommand } from "./tree/gateway.ts";
import { harnessCommand } from "./tree/harness.ts";
import { hookCommand } from "./tree/hook.ts";
import { installCommands } from "./tree/install.ts";
import { completionCommand, demoCommand, doctorCommand } from "./tree/machine.ts";
import { policyCommand } from "./tree/policy.ts";
import { sessionCommand } from "./tree/session.ts";
import { type OnExit, rootCommand } from "./tree/wiring.ts";

/** Builds the whole tree. `context` is only touched when a command runs. */
export function buildProgram(context: CliContext, onExit: OnExit): Command {
  const program = rootCommand(context);
  program.addCommand(apiCommand(context, onExit));
  program.addCommand(explainCommand(context, onExit));
  program.addCommand(gateCommand(context, onExit));
  program.addCommand(policyCommand(context, onExit));
  program.addCommand(gatewayCommand(context, onExit));
  program.addCommand(harnessCommand(context, onExit, installCommands(context, onExit)));
  program.addCommand(hookCommand(context, onExit));
  program.addCommand(sessionCommand(context, onExit));
  program.addCommand(approveCommand(context, onExit));
  program.addCommand(denyCommand(context, onExit));
  program.addCommand(approvalCommand(context, onExit));
  program.addCommand(allowlistCommand(context, onExit));
  program.addCommand(auditCommand(context, onExit, storeEntriesOf(context)));
  program.addCommand(doctorCommand(context, onExit));
  program.addCommand(demoCommand(context, onExit));
  program.addCommand(completionCommand(context, onExit, () => program));
  return program;
}
