// The gate's world for one run of the command line.

import { type ExecutionResult, prepareHcp } from "../gate/executors/hcp.ts";
import type { GateWorld } from "../gate/run.ts";
import { lazyStores } from "../gate/lazy-stores.ts";
import { type AskingFlags, waitOf } from "./waiting.ts";
import type { Decision } from "../policy/decide.ts";
import type { HcpOperation } from "../policy/operation.ts";
import { openProcesses } from "../system/open-processes.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { describe, type HcpAccess } from "../hcp/access.ts";
import { requestLine } from "../gate/report.ts";

/** The gate as `holdfast api` meets it. */
export type HcpGateWorld = GateWorld<HcpOperation, ExecutionResult>;

/** A world that holds stores open. */
export type Closable<World> = World & { readonly close: () => Promise<void> };

/** Builds it. */
export async function openGateWorld(
  context: CliContext,
  globals: GlobalOptions,
  access: HcpAccess,
  asking: AskingFlags = {},
): Promise<Closable<HcpGateWorld>> {
  const { env, home } = context;
  const standing = { env, home, processes: await openProcesses() };
  const { stores, close } = lazyStores(standing, asking);
  return {
    ...standing,
    ...waitOf(asking, context),
    stores,
    close,
    quiet: globals.quiet,
    lookUp: async (operation, needs) =>
      (await import("../operations/hcp/grant-facts.ts")).grantFacts(
        operation,
        needs,
        access.lookUps,
      ),
    describe: (operation) => describe(operation, access),
    ask: async (card) => (await import("../gate/prompt.ts")).askPerson(card),
    prepare: (operation) => prepareHcp(operation, access.options),
    onGranted: (decision, remaining) => context.stderr.write(grantedText(decision, remaining)),
  };
}

/** Printed for each operation that a grant allowed; --quiet does not silence it. */
export function grantedText(decision: Decision, remaining: number | undefined): string {
  const left = remaining === undefined ? "" : `, ${remaining} left`;
  return `holdfast: ${granterText(decision)} allows ${requestLine(decision.operation)}${left}\n`;
}

function granterText({ reason, session, request, detail }: Decision): string {
  if (reason === "approved") return `request ${request}, approved for this once,`;
  if (reason === "allowlisted") return `allowlist entry ${detail}`;
  return reason === "agent-unrestricted" ? "policy" : `session ${session}`;
}
