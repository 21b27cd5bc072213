// Ids that no rule of a file may take: those of built-in rules, and of rules that fields stand for.

import { DEFAULT_RULES } from "./default-rules.ts";
import { ENVIRONMENTS, type Environment } from "./environment.ts";
import { protectionIds } from "./protection-rules.ts";

/** The fields of an environment that are floors. */
export const FLOORS = ["changes", "destroys", "unknown"] as const;

export type Floor = (typeof FLOORS)[number];

/** The id of the rule that a floor stands for: `prod-changes`. */
export const floorId = (environment: Environment, floor: Floor): string =>
  `${environment}-${floor}`;

const RESERVED: ReadonlySet<string> = new Set([
  ...DEFAULT_RULES.map(({ id }) => id),
  ...ENVIRONMENTS.flatMap((each) => [
    ...FLOORS.map((floor) => floorId(each, floor)),
    ...protectionIds(each),
  ]),
]);

/** Whether no rule that a file writes may have it. */
export function isReservedId(id: string): boolean {
  return RESERVED.has(id);
}
