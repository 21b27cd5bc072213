// One change of a Terraform plan, as a card and a rule see it: never a value, only what happens to what.

/** What can be got back, from the mildest to the one that only a person can tell. */
export const CONSEQUENCES = [
  "reversible",
  "recoverable with effort",
  "recoverable from backup",
  "unrecoverable",
  "needs review",
] as const;

export type Consequence = (typeof CONSEQUENCES)[number];

/** What Terraform does, in its own words, with `replace` for a delete and a create. */
export const PLAN_ACTIONS = [
  "create",
  "update",
  "delete",
  "replace",
  "forget",
  "move",
  "import",
  "read",
] as const;

export type PlanAction = (typeof PLAN_ACTIONS)[number];

export interface PlannedChange {
  /** Terraform's address: `module.db.aws_db_instance.main[0]`. */
  readonly address: string;
  /** `aws_db_instance`. */
  readonly type: string;
  readonly action: PlanAction;
  readonly consequence: Consequence;
  /** Why that consequence: `deletion_protection is false`. Attributes by name, values only where not sensitive. */
  readonly evidence: readonly string[];
  /** A database, a bucket, a disk, a key, a DNS zone. */
  readonly stateful?: true;
  /** A protection that the change switches off: `deletion_protection`. */
  readonly unprotects?: string;
  /** Where it was, for a move. */
  readonly from?: string;
}

/** Whether something that exists is destroyed or let go of. */
export function isDestruction({ action }: Pick<PlannedChange, "action">): boolean {
  return action === "delete" || action === "replace" || action === "forget";
}
