// `holdfast explain`: what the gate would decide, without doing it.

import { explain } from "../gate/run.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { parseAllowDelete } from "../policy/resource-class.ts";
import type { ApiFlags } from "./api/flags.ts";
import { resolveOperation } from "./api-command.ts";
import type { GateFlags } from "./command-world.ts";
import { showClassTable } from "./class-table.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { showExplanation } from "./explanation.ts";
import { openGateWorld } from "./gate-world.ts";
import { openHcpAccess } from "../hcp/access.ts";

/** Explains one request. Exit 7 where it would be refused. @throws Failure for wrong usage */
export async function runExplainApi(
  flags: ApiFlags,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const access = openHcpAccess(context);
  try {
    const operation = await resolveOperation(flags, context, access);
    const world = await openGateWorld(context, globals, access);
    return await showExplanation(await explain(operation, world), globals, context);
  } finally {
    access.close();
  }
}

/** Explains one command. Exit 7 where it would be refused. @throws Failure for wrong usage */
export async function runExplainGate(
  parsed: readonly string[],
  all: readonly string[],
  flags: GateFlags,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { commandWords } = await import("./gate-command.ts");
  const { runExplainGate: show } = await import("./gate-explanation.ts");
  return show(commandWords(parsed, all), flags, globals, context);
}

/** A request is explained as it stands; a session that does not exist is not part of that. */
export function refuseBoth(allowDelete: unknown, other: "api" | "gate"): void {
  if (allowDelete === undefined) return;
  throw new Failure("usage", `--allow-delete: cannot be combined with explain ${other}`, {
    exitCode: EXIT.usage,
    fix: "holdfast explain --allow-delete=CLASSES says what such a session would cover",
  });
}

/** Prints every class as a session with these classes would treat it. @throws Failure for none */
export async function runExplainClasses(
  allowDelete: readonly string[] | undefined,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  if (allowDelete === undefined)
    throw new Failure("usage", "explain: say what to explain", {
      exitCode: EXIT.usage,
      fix: "holdfast explain api PATH -X DELETE, or holdfast explain --allow-delete=CLASSES",
    });
  showClassTable(parseAllowDelete(allowDelete), globals, context);
  return EXIT.ok;
}
