// `holdfast explain gate -- COMMAND`, and `holdfast gate --dry-run`: what would be run, and whether.

import type { GateStores } from "../gate/stores.ts";
import { explain } from "../gate/run.ts";
import type { ResolvedCommand } from "../operations/command/to-operation.ts";
import type { CommandFact } from "../policy/allowlist.ts";
import { notBindableBecause } from "../policy/allowlist-match.ts";
import type { ExitCode } from "../policy/exit-code.ts";
import { type GateFlags, openCommand } from "./command-world.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { type ExplanationRow, showExplanation } from "./explanation.ts";

/** Explains it: nothing is run, filed, recorded or made. Exit 7 where it would be refused. */
export async function runExplainGate(
  argv: readonly string[],
  flags: GateFlags,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { resolved, world } = await openCommand(argv, flags, globals, context, false);
  let fact: CommandFact | undefined;
  const stores = async () =>
    listening(await world.stores(), (found) => {
      fact = found;
    });
  try {
    const decision = await explain(resolved.operation, { ...world, stores });
    return await showExplanation(decision, globals, context, [
      ...commandRows(resolved),
      ...standingRows(resolved, fact),
    ]);
  } finally {
    await world.close();
  }
}

/** The same stores; what they know of the command is told. */
function listening(
  stores: GateStores,
  tell: (fact: CommandFact | undefined) => void,
): Pick<GateStores, keyof GateStores> {
  return {
    facts: async (operation, session) => {
      const facts = await stores.facts(operation, session);
      tell(facts.command);
      return facts;
    },
    begin: (decision, session) => stores.begin(decision, session),
    refused: (decision, session) => stores.refused(decision, session),
    file: (decision, facts, describe) => stores.file(decision, facts, describe),
    answered: (waiting, ms) => stores.answered(waiting, ms),
    close: () => stores.close(),
  };
}

/** What the decision's own rows do not say of the command. */
function commandRows({ operation, destroys, notes }: ResolvedCommand): ExplanationRow[] {
  const { calledAs, files } = operation.command;
  return [
    ...(calledAs === undefined ? [] : [["called", calledAs] as const]),
    ...Object.entries(files).map(
      ([path, digest]) => ["file", `${path} (${digest.slice(0, 16)})`] as const,
    ),
    ...(destroys === undefined ? [] : [["known for", destroys] as const]),
    ...notes.map((note) => ["note", note] as const),
  ];
}

/** Whose command it is, and what stands for it without anybody being asked. */
function standingRows(resolved: ResolvedCommand, fact: CommandFact | undefined): ExplanationRow[] {
  const { agent } = resolved.operation.command;
  if (fact === undefined)
    return [
      ["agent", agent],
      ["entry", "not looked for"],
    ];
  const { security, ask, fallback } = fact.knobs;
  return [
    ["agent", `${agent}: security ${security}, ask ${ask}, fallback ${fallback}`],
    ["entry", entryText(resolved, fact)],
  ];
}

function entryText({ operation, destroys }: ResolvedCommand, { entry }: CommandFact): string {
  if (entry !== undefined && destroys === undefined) return `${entry.id}: ${entry.pattern}`;
  if (destroys !== undefined) return "none can cover it: it is known to destroy";
  const obstacle = notBindableBecause(operation.command);
  if (obstacle !== undefined) return `none can cover it: ${obstacle}`;
  if (operation.resourceClass === "unknown")
    return "none can cover it: what would run could not be pinned";
  return operation.command.replaceable === true
    ? "none covers it: only one for exactly this can, for its program could be replaced"
    : "none covers it";
}
