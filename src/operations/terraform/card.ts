// What a person sees of a run of terraform before answering.

import type { Card } from "../../policy/card.ts";
import type { TerraformOperation } from "../../policy/operation.ts";

/** The card of a plan, or of the application of one, from the operation alone. */
export function describeTerraform(_operation: TerraformOperation): Card {
  throw new Error("not built yet");
}
