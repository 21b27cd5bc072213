// What can be got back of what a plan does.

import type { Impact, Reversibility } from "../../policy/operation.ts";
import type { PlannedChange } from "../../policy/planned-change.ts";

/** The impact and reversibility of applying these changes: the strictest of any. */
export function planFloor(_changes: readonly PlannedChange[]): {
  readonly impact: Impact;
  readonly reversibility: Reversibility;
} {
  throw new Error("not built yet");
}
