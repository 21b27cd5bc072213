// What a session's wildcard, or a grant for one organization, needs to know of a target.

import type { HcpOperation } from "../../policy/operation.ts";
import type { LookUpNeed } from "../../policy/session-grant.ts";
import type { LookUps } from "./look-ups.ts";
import { resolveOrganization, resolveReversibility } from "./resolve.ts";

export interface GrantFacts {
  readonly reversibility?: "reversible" | "irreversible";
  /** Why it is not reversible, as one clause. */
  readonly because?: string;
  readonly organization?: string;
}

/** Looks up what is needed, and no more. @throws what `lookUps` throws */
export async function grantFacts(
  operation: HcpOperation,
  needs: readonly LookUpNeed[],
  lookUps: LookUps,
): Promise<GrantFacts> {
  const [reversibility, organization] = await Promise.all([
    needs.includes("reversibility")
      ? resolveReversibility(operation, lookUps)
      : Promise.resolve(undefined),
    needs.includes("organization")
      ? resolveOrganization(operation, lookUps)
      : Promise.resolve(undefined),
  ]);
  return { ...reversibility, ...(organization === undefined ? {} : { organization }) };
}
