// The gate's world for one run of the command line.

import { setMaxListeners } from "node:events";
import { type ExecutionResult, prepareHcp } from "../gate/executors/hcp.ts";
import type { GateWorld } from "../gate/run.ts";
import { lazyStores } from "./lazy-stores.ts";
import { type AskingFlags, waitOf } from "./waiting.ts";
import type { Card } from "../policy/card.ts";
import type { Decision } from "../policy/decide.ts";
import type { HcpOperation } from "../policy/operation.ts";
import type { LookUpNeed } from "../policy/session-grant.ts";
import type { LookedUp } from "../session/caller/claim.ts";
import { openProcesses } from "../system/open-processes.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import type { HcpAccess } from "./hcp-access.ts";
import { requestLine } from "./report.ts";

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
    lookUp: (operation, needs) => lookUp(operation, needs, access),
    describe: (operation) => describe(operation, access),
    ask: async (card) => (await import("../gate/prompt.ts")).askPerson(card),
    prepare: (operation) => prepareHcp(operation, access.options),
    onGranted: (decision, remaining) => context.stderr.write(grantedText(decision, remaining)),
  };
}

/** The card. Reads that are still under way at its deadline are abandoned, not retried behind the prompt. */
export async function describe(operation: HcpOperation, access: HcpAccess): Promise<Card> {
  const { describeLoss } = await import("../hcp/loss/describe.ts");
  const { lossReader } = await import("../hcp/loss/reader.ts");
  const { createReader } = await import("../hcp/read.ts");
  const reads = new AbortController();
  // One listener for each read under way; a big organization has more than Node thinks normal.
  setMaxListeners(0, reads.signal);
  const reader = createReader({ ...(await access.options()), signal: reads.signal });
  try {
    return await describeLoss(operation, lossReader(reader));
  } finally {
    reads.abort();
    reader.close();
  }
}

async function lookUp(
  operation: HcpOperation,
  needs: readonly LookUpNeed[],
  access: HcpAccess,
): Promise<LookedUp> {
  const { resolveOrganization, resolveReversibility } = await import(
    "../operations/hcp/resolve.ts"
  );
  const [reversibility, organization] = await Promise.all([
    needs.includes("reversibility")
      ? resolveReversibility(operation, access.lookUps)
      : Promise.resolve(undefined),
    needs.includes("organization")
      ? resolveOrganization(operation, access.lookUps)
      : Promise.resolve(undefined),
  ]);
  return { ...reversibility, ...(organization === undefined ? {} : { organization }) };
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
