// Values of a plan that nobody may see, and the plan without them.

import type { PlanDocument } from "./plan-json.ts";

/** Every sensitive value as text, from 4 characters on, the longest first. */
export function sensitiveValues(_plan: PlanDocument): readonly string[] {
  throw new Error("not built yet");
}

/** The same JSON, every sensitive value replaced by `(sensitive)`. */
export function maskedPlan(_plan: PlanDocument): unknown {
  throw new Error("not built yet");
}
