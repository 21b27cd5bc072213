// Why a plan cannot be applied any more.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { PlanRecord, PlanStatus } from "./record.ts";

const WHY_NOT: Readonly<Record<Exclude<PlanStatus, "planned">, string>> = {
  expired: "has expired",
  applying: "is being applied already",
  applied: "has been applied already",
  failed: "was tried already, and failed",
  unknown: "was begun already, and nobody knows how far it came",
};

/** @throws Failure `plan-expired` or `plan-used`, unless it can still be applied */
export function requirePlanned({ id, expiresAt }: PlanRecord, status: PlanStatus): void {
  if (status === "planned") return;
  const why = WHY_NOT[status];
  throw new Failure(
    status === "expired" ? "plan-expired" : "plan-used",
    `plan ${id} ${why}${status === "expired" ? ` (${expiresAt})` : ""}`,
    {
      exitCode: EXIT.refused,
      fix:
        status === "unknown"
          ? "look at what get_plan shows of it and at what exists, then plan again"
          : "plan again",
    },
  );
}
