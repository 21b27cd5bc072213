// What a person sees of a kubectl operation before answering, made from the operation alone.

import type { Card } from "../../policy/card.ts";
import type { KubectlOperation } from "../../policy/operation.ts";

/** The card. Its text is as it came: whoever shows it makes it visible. */
export function describeKubectl(operation: KubectlOperation): Card {
  return { question: `${operation.title}?`, rows: [], unknown: [], truncated: true };
}
